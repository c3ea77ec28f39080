"""Rules declared as data: patterns, where they may stand, and the examples that they must take and must spare.

The tables of `transforms/rules/*.toml` and a user's own (`[[source.rule]]`) have one form, described in docs/rules.md.
Patterns are RE2, which cannot backtrack: time is linear in the text, whoever wrote the pattern.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from importlib.resources import files
from typing import Any, Literal, get_args

from backfile.article import Article, Span
from backfile.errors import ConfigError
from transforms import shape
from transforms.language import UNKNOWN
from transforms.rule import Rule, RuleFault

Where = Literal["head", "tail", "edges", "anywhere"]
Part = Literal["line", "prefix", "suffix"]

LONGEST_LINE = 900  # characters; no furniture of a page is longer, and a longer line is not examined as a whole
SHORT_LINE = (
    360  # characters that the short rules' words fill at most; a longer line is compared with the long rules alone
)
SHORT_WORDS = 45
LONGEST_LINK = 3_000  # characters of a line that ends with an address; links of mails that count clicks are long
MOST_SENTENCES = 6  # of a line that is furniture sentence by sentence
EDGE = 240  # characters of a line in which a prefix or suffix is looked for
REMEMBERED = 8_192  # lines whose matches are kept: the passes over one article, and what recurs on every page
RE2_MEMORY = 64 << 20  # bytes a set of patterns may use; what RE2 cannot hold it answers with "no match" (see `_Set`)
CANARY = "\x01\x02\x01"  # a line that no extraction has (hygiene takes control signs out) and that every set matches

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KEYS = {
    "name", "version", "kind", "about", "languages", "where", "part", "pattern", "all", "unless", "max_words",
    "matches", "spares",
}  # fmt: skip
# One character for one, so that offsets stay what they are.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000\t", " "),
        **dict.fromkeys("‘’‚‛ʼ´`", "'"),
        **dict.fromkeys("“”„‟«»", '"'),
        **dict.fromkeys("‐‑", "-"),
    }
)
_UNPLAIN = re.compile("[" + "".join(map(chr, _PLAIN)) + "\ud800-\udfff]")
_ADDRESS_BEHIND = re.compile(r"\s*[(<\[]?https?://[^\s<>]+[\s)\]>.]*$")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_THANKS = re.compile(
    r"(?:(?:vielen|herzlichen|besten|lieben)\s)?dank(?:e)?(?:\s[^.!?]{0,50})?[.!]|"
    r"(?:many )?thank(?:s| you)(?:\s[^.!?]{0,40})?[.!]|"
    r"merci(?:\s[^.!?]{0,40})?[.!]|gracias(?:\s[^.!?]{0,40})?[.!]",
    re.IGNORECASE,
)
_OPEN = ("(?:.", "(?:(?:.", "(?:(?-i:\\p{Lu}).*")
_ORNAMENT_BEFORE = " \t*•·»>→►▶▸|#=_~+✔✅📧📩👉⬇-–—[("
_ORNAMENT_BEHIND = " \t*•·«»>→►▶▸|#=_~-–—:.!…⬇←])"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One rule as data."""

    name: str
    version: int
    kind: str
    about: str
    languages: frozenset[str] | None  # of the articles it is for; None: all
    where: Where
    part: Part
    patterns: tuple[str, ...]  # any of them makes the match
    every: tuple[str, ...]  # `all` in the table: each of them is found somewhere in the line
    unless: tuple[str, ...]  # none of them is found in the line
    max_words: int  # of the line, or of the part that is taken
    matches: tuple[str, ...] = ()  # lines that it must take
    spares: tuple[str, ...] = ()  # lines that it must leave alone

    @property
    def digest(self) -> str:
        """Of all that decides what the rule takes: the examples and the sentence about it do not."""
        stated = replace(self, about="", matches=(), spares=(), languages=None)
        facts = [getattr(stated, name) for name in Pattern.__slots__] + [sorted(self.languages or ())]
        return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Cut:
    """What one rule of a sheet takes of one line."""

    rule: int  # its number in the sheet
    start: int  # characters of the line
    end: int


class Sheet:
    """Rules as data that are looked for together: one look at a line says which of them match it.

    Nothing is compiled before the first article. `loose` sheets see a line without its ornaments (`» Anzeige «`).
    """

    def __init__(self, patterns: Sequence[Pattern], *, loose: bool) -> None:
        self.patterns = tuple(patterns)
        self.loose = loose
        self._named = frozenset(language for each in self.patterns for language in each.languages or ())
        tongues = dict.fromkeys(each.languages for each in self.patterns)
        self._kin = {tongue: _Kin(self._rules_of(tongue)) for tongue in tongues}
        self._spoken: dict[str, _Spoken] = {}
        self._last: tuple[tuple[Span, ...], tuple[str, ...], dict[int, dict[int, Cut]]] | None = None
        self._looked: tuple[Article, dict[int, dict[int, Cut]]] | None = None  # the same, of the very article
        self._cuts = lru_cache(REMEMBERED)(self._examined)
        self._requests = lru_cache(REMEMBERED)(self._asked)

    def rules(self) -> tuple[Rule, ...]:
        """The rules of the sheet, in its order."""
        return tuple(
            Rule(
                each.name,
                each.version,
                each.kind,
                each.languages,
                each.about,
                partial(self._apply, number),
                each.digest,
            )
            for number, each in enumerate(self.patterns)
        )

    def takes(self, number: int, line: str) -> bool:
        """Whether the rule takes something of the line, wherever that stands."""
        spoken = min(self.patterns[number].languages or {""})
        return any(cut.rule == number for cut in (*self._cuts(line, spoken), *self._requests(line, spoken)))

    def _apply(self, number: int, article: Article) -> Article:
        last = self._looked
        cuts = (last[1] if last is not None and last[0] is article else self._plan(article)).get(number)
        if cuts is None:
            return article
        body: list[Span] = []
        for at, span in enumerate(article.body):
            body.extend(span.without(cuts[at].start, cuts[at].end) if at in cuts else (span,))
        return replace(article, body=tuple(body))

    def _plan(self, article: Article) -> dict[int, dict[int, Cut]]:
        """For each rule that takes something of this body: position → cut. Remembered for the rules that follow."""
        last = self._last
        languages = (article.language, *article.spoken)
        if last is None or last[0] is not article.body or last[1] != languages:
            plan: dict[int, dict[int, Cut]] = {}
            for at, cut in self._found(article.body, languages):
                plan.setdefault(cut.rule, {}).setdefault(at, cut)
            last = self._last = (article.body, languages, plan)
        self._looked = (article, last[2])
        return last[2]

    def _found(self, body: tuple[Span, ...], languages: tuple[str, ...]) -> Iterator[tuple[int, Cut]]:
        # One language after the other: the rules of each are compiled once, whichever it stands beside.
        named = tuple(each for each in languages if each in self._named or each == UNKNOWN) or ("",)

        def taken(text: str, look: Callable[[str, str], tuple[Cut, ...]]) -> tuple[Cut, ...]:
            if len(named) == 1:
                return look(text, named[0])
            return tuple(dict.fromkeys(cut for spoken in named for cut in look(text, spoken)))

        cuts = [taken(span.text, self._cuts) for span in body]

        def goes(at: int, zone: Where) -> bool:
            whole = len(body[at].text)
            return any(
                cut.start == 0 and cut.end == whole and self.patterns[cut.rule].where in {zone, "edges", "anywhere"}
                for found in (cuts[at], taken(body[at].text, self._requests))
                for cut in found
            )

        above = shape.head(body, lambda at: goes(at, "head"))
        below = shape.tail(body, lambda at: goes(at, "tail"))
        for at, span in enumerate(body):
            found = cuts[at]
            if at in above or at in below:
                found += taken(span.text, self._requests)
            if found:
                zones = {
                    "anywhere",
                    *(("head", "edges") if at in above else ()),
                    *(("tail", "edges") if at in below else ()),
                }
                yield from ((at, cut) for cut in found if self.patterns[cut.rule].where in zones)

    def _rules_of(self, tongues: frozenset[str] | None) -> list[tuple[int, Pattern]]:
        return [(number, each) for number, each in enumerate(self.patterns) if each.languages == tongues]

    def _rules_for(self, spoken: str) -> "_Spoken":
        """The rules for articles of a language, "" for those that are for all, `und` for every rule; made once."""
        if spoken not in self._spoken:
            concerned = (
                kin for tongues, kin in self._kin.items() if tongues is None or spoken == UNKNOWN or spoken in tongues
            )
            self._spoken[spoken] = _Spoken(tuple(concerned))
        return self._spoken[spoken]

    def _examined(self, text: str, spoken: str) -> tuple[Cut, ...]:
        """What the rules that look at a whole line, its beginning or its end take of it."""
        rules = self._rules_for(spoken)
        flat = plain(text) if len(text) <= LONGEST_LINE else plain(text[:EDGE]) + plain(text[-EDGE:])
        found: list[Cut] = []
        for line in self._whole_lines(text, flat):
            whole = rules.whole if len(line) <= SHORT_LINE else rules.long
            found += [Cut(number, 0, len(text)) for each in whole for number in each.matching(line)]
        for number in rules.prefixes.matching(flat[:EDGE]):
            end = _end(self._compiled(number).match(flat[:EDGE]))
            found.append(Cut(number, 0, end))
        for number in rules.suffixes.matching(flat[-EDGE:]):
            start = self._compiled(number).search(flat[-EDGE:]).start()
            found.append(Cut(number, max(0, len(text) - EDGE) + start, len(text)))
        if not found:
            return ()
        return tuple(cut for cut in found if cut.start < cut.end and self._fits(cut, text, flat))

    def _whole_lines(self, text: str, flat: str) -> Iterator[str]:
        """The line as patterns of whole lines see it; and without the address at its end, as mails spell out links."""
        if len(text) <= LONGEST_LINE and (line := self._bare(flat)):
            yield line
        if not self.loose or "://" not in text or len(text) > LONGEST_LINK:
            return
        if (match := _ADDRESS_BEHIND.search(text)) and match.start():
            words = plain(text[: match.start()])
            if len(words) <= LONGEST_LINE and (line := self._bare(words)):
                yield line

    def _asked(self, text: str, spoken: str) -> tuple[Cut, ...]:
        """What the rules that need several things in one line take of it, and lines of nothing but such sentences."""
        if len(text) > LONGEST_LINE:
            return ()
        flat = plain(text)
        found: tuple[Cut, ...] = ()
        if asking := self._rules_for(spoken).asking.matching(flat):
            cuts = (Cut(number, 0, len(text)) for number in asking if self._has_all(number, flat))
            found = tuple(cut for cut in cuts if self._fits(cut, text, flat))
        return found or (self._sentence_by_sentence(text, spoken) if self.loose and len(text) <= SHORT_LINE else ())

    def _sentence_by_sentence(self, text: str, spoken: str) -> tuple[Cut, ...]:
        """What takes the line because each of its sentences would be taken alone; the first one's rule answers for it.

        `3 comments. Log in to join the conversation.` A word of thanks among them does not count.
        """
        stated = _SENTENCE_END.split(text)
        if not 2 <= len(stated) <= MOST_SENTENCES:
            return ()
        sentences = [each for each in stated if not _THANKS.fullmatch(each)]
        whole = {
            each: tuple(cut for cut in self._cuts(each, spoken) if (cut.start, cut.end) == (0, len(each)))
            for each in sorted(sentences, key=len)[:1]  # the shortest first, for most texts that is the end of it
        }
        if not sentences or not all(whole.values()):
            return ()
        for each in sentences:
            whole[each] = tuple(cut for cut in self._cuts(each, spoken) if (cut.start, cut.end) == (0, len(each)))
            if not whole[each]:
                return ()
        return tuple(Cut(cut.rule, 0, len(text)) for cut in whole[sentences[0]])

    def _has_all(self, number: int, flat: str) -> bool:
        return all(_search(each, flat) for each in self.patterns[number].every[1:])  # the first is known to be there

    def _fits(self, cut: Cut, text: str, flat: str) -> bool:
        pattern = self.patterns[cut.rule]
        if shape.words(text[cut.start : cut.end]) > pattern.max_words:
            return False
        return not any(_search(each, flat) for each in pattern.unless)

    def _bare(self, flat: str) -> str:
        line = " ".join(flat.split())
        return line.lstrip(_ORNAMENT_BEFORE).rstrip(_ORNAMENT_BEHIND) or line if self.loose else line

    def _compiled(self, number: int) -> Any:
        pattern = self.patterns[number]
        body = "|".join(f"(?:{each})" for each in pattern.patterns)
        return _compiled(f"(?:{body})$" if pattern.part == "suffix" else f"(?:{body})")


class _Spoken:
    """The rules of a sheet that concern articles of one language: those of its own, and those for all languages."""

    def __init__(self, kin: "Sequence[_Kin]") -> None:
        self._kin = kin

    @cached_property
    def asking(self) -> "_Sets":
        return _Sets([each.asking for each in self._kin])

    @cached_property
    def whole(self) -> tuple["_Sets", "_Sets"]:
        return _Sets([each.whole[0] for each in self._kin]), _Sets([each.whole[1] for each in self._kin])

    @cached_property
    def long(self) -> tuple["_Sets", "_Sets"]:
        return _Sets([each.long[0] for each in self._kin]), _Sets([each.long[1] for each in self._kin])

    @cached_property
    def prefixes(self) -> "_Sets":
        return _Sets([each.prefixes for each in self._kin])

    @cached_property
    def suffixes(self) -> "_Sets":
        return _Sets([each.suffixes for each in self._kin])


class _Kin:
    """The rules of a sheet that are for the same languages, as sets; none is compiled before it is needed.

    Each language's apart: compiled together with those for all, as every language needs them, two languages took half
    as long again, and nine 200 MB.
    """

    def __init__(self, rules: Sequence[tuple[int, Pattern]]) -> None:
        self._rules = rules

    @cached_property
    def asking(self) -> "_Set":
        """By the first of the expressions that each rule with `all` asks for; the others are looked for one by one."""
        return _Set([(number, f"(?:{each.every[0]})") for number, each in self._rules if each.every], "search")

    @cached_property
    def whole(self) -> tuple["_Set", "_Set"]:
        return self._lines(above=0)

    @cached_property
    def long(self) -> tuple["_Set", "_Set"]:
        return self._lines(above=SHORT_WORDS)

    @cached_property
    def prefixes(self) -> "_Set":
        return self._set("prefix", "start")

    @cached_property
    def suffixes(self) -> "_Set":
        return self._set("suffix", "search")

    def _lines(self, *, above: int) -> tuple["_Set", "_Set"]:
        """The patterns of whole lines, apart those that begin with any text: together they need ten times as long."""
        stated = [
            (number, f"(?:{each})")
            for number, pattern in self._rules
            if pattern.part == "line" and pattern.max_words > above
            for each in pattern.patterns
        ]
        open_ones = [pair for pair in stated if pair[1].startswith(_OPEN)]
        return _Set([pair for pair in stated if pair not in open_ones], "full"), _Set(open_ones, "full")

    def _set(self, part: Part, anchor: Literal["start", "search"]) -> "_Set":
        end = "$" if part == "suffix" else ""
        stated = [
            (number, f"(?:{each}){end}")
            for number, pattern in self._rules
            if pattern.part == part
            for each in pattern.patterns
        ]
        return _Set(stated, anchor)


class _Sets:
    """Sets that are asked as if they were one."""

    def __init__(self, sets: "Sequence[_Set]") -> None:
        self._sets = [each for each in sets if each.owners]
        self.owners = tuple(sorted(owner for each in self._sets for owner in each.owners))

    def matching(self, text: str) -> list[int]:
        """The owners of the patterns that match, in order."""
        found = [owner for each in self._sets for owner in each.matching(text)]
        found.sort()
        return found


class _Set:
    """Patterns matched in one go. `owners` are the numbers of the rules that the patterns belong to.

    A set that does not fit into `RE2_MEMORY` matches nothing and says nothing, so each has a line to recognise.

    Raises:
        RuleFault: it does not recognise that line.
    """

    def __init__(self, stated: Sequence[tuple[int, str]], anchor: Literal["full", "start", "search"]) -> None:
        self.owners = tuple(number for number, _ in stated)
        self._set: Any = None
        if stated:
            import re2  # noqa: PLC0415  (slow to load; a search must not wait for it)

            make = {"full": re2.Set.FullMatchSet, "start": re2.Set.MatchSet, "search": re2.Set.SearchSet}[anchor]
            self._set = make(_options())
            for _, pattern in stated:
                self._set.Add(pattern)
            canary = self._set.Add(CANARY)
            try:
                self._set.Compile()
                fits = canary in (self._set.Match(CANARY) or ())
            except re2.error:
                fits = False
            if not fits:
                raise RuleFault(f"{len(stated)} patterns need more than the {RE2_MEMORY:,} bytes that a set may use")

    def matching(self, text: str) -> list[int]:
        """The owners of the patterns that match, in order."""
        if self._set is None:
            return []
        found = self._set.Match(text)
        return sorted({self.owners[index] for index in found}) if found else []


def together(stated: Sequence[tuple[int, str]], *, anywhere: bool = False) -> _Set:
    """Expressions that are looked for in one go, each with the number of what it belongs to.

    They describe a whole line, or something `anywhere` in it.
    """
    return _Set([(number, f"(?:{each})") for number, each in stated], "search" if anywhere else "full")


def load(language: str) -> tuple[Pattern, ...]:
    """The rules of `transforms/rules/<language>.toml`.

    Raises:
        ConfigError: a table is not what it should be.
    """
    name = f"{language}.toml"
    tables = tomllib.loads(files("transforms").joinpath("rules", name).read_text(encoding="utf-8"))
    languages = tables.get("languages")
    return tuple(
        _pattern({"languages": languages, **table} if languages else table, f"transforms/rules/{name}: rule[{number}]")
        for number, table in enumerate(tables["rule"])
    )


def declared(rules: Iterable[Mapping[str, object]], *, where: str) -> tuple[Rule, ...]:
    """Rules from the tables of a user's configuration; `where` names the place, as in `backfile.toml: source "taz"`.

    A table has `name` and `pattern` (RE2; a string or a list), and may have `version` (1), `kind` (boilerplate),
    `where` (anywhere), `part` (line), `max_words`, `languages`, `about`, `all`, `unless`.

    >>> rules = [{"name": "quiz", "pattern": "Zum Quiz der Woche.*", "where": "tail"}]
    >>> [rule.id for rule in declared(rules, where="backfile.toml")]
    ['quiz/1']

    Raises:
        ConfigError: names `where`, the key, and what is allowed.
    """
    return Sheet(checked(rules, where=where), loose=False).rules()


def checked(rules: Iterable[Mapping[str, object]], *, where: str) -> tuple[Pattern, ...]:
    """The rules of tables, their expressions tried; `where` names the place.

    Raises:
        ConfigError: as `declared`.
    """
    patterns = tuple(_checked(table, f"{where}: rule[{number}]") for number, table in enumerate(rules))
    names = [pattern.name for pattern in patterns]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"{where}: name: {name!r} stands twice; each rule has a name of its own")
    return patterns


def _checked(table: Mapping[str, object], where: str) -> Pattern:
    """The rule of a user's table: its expressions are compiled at once, so that a fault is found when it is read."""
    import re2  # noqa: PLC0415  (slow to load)

    pattern = _pattern(table, where)
    for key, texts in (("pattern", pattern.patterns), ("all", pattern.every), ("unless", pattern.unless)):
        for each in texts:
            try:
                empty = _compiled(f"(?:{each})").fullmatch("") is not None
            except re2.error as fault:
                raise ConfigError(f"{where}: {key}: {each!r} is no RE2 expression: {_reason(fault)}") from fault
            if empty:
                raise ConfigError(f"{where}: {key}: {each!r} matches an empty line; it must need a character at least")
    return pattern


def _pattern(table: Mapping[str, object], where: str) -> Pattern:
    if not isinstance(table, Mapping):
        raise ConfigError(f"{where}: a table with name and pattern is expected, not {table!r}")
    if unknown := sorted(set(table) - _KEYS):
        raise ConfigError(f"{where}: {unknown[0]}: unknown key; allowed are {', '.join(sorted(_KEYS))}")
    name = _word(table, "name", None, where)
    part = _choice(table, "part", "line", get_args(Part), where)
    position = _choice(table, "where", "anywhere", get_args(Where), where)
    patterns = _texts(table, "pattern", where)
    every = _texts(table, "all", where)
    languages = _texts(table, "languages", where)
    if bool(patterns) == bool(every):
        raise ConfigError(f"{where}: pattern: one of pattern and all is needed: RE2 expressions, a string or a list")
    if every and (position == "anywhere" or part != "line"):
        raise ConfigError(f"{where}: where: a rule with all takes whole lines at head, tail or edges")
    about = table.get("about", f"Takes what matches the pattern that {where.partition(': rule[')[0]} declares.")
    if not isinstance(about, str):
        raise ConfigError(f"{where}: about: a sentence is expected, not {about!r}")
    return Pattern(
        name=name,
        version=_number(table, "version", 1, where),
        kind=_word(table, "kind", "boilerplate", where),
        about=about,
        languages=frozenset(languages) or None,
        where=position,
        part=part,
        patterns=patterns,
        every=every,
        unless=_texts(table, "unless", where),
        max_words=_number(table, "max_words", 200, where),
        matches=_texts(table, "matches", where),
        spares=_texts(table, "spares", where),
    )


def _word(table: Mapping[str, object], key: str, default: str | None, where: str) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ConfigError(f"{where}: {key}: lower-case letters, digits and single hyphens are allowed, not {value!r}")
    return value


def _number(table: Mapping[str, object], key: str, default: int, where: str) -> int:
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ConfigError(f"{where}: {key}: a whole number from 1 on is allowed, not {value!r}")
    return value


def _choice(table: Mapping[str, object], key: str, default: str, allowed: tuple[str, ...], where: str) -> Any:
    value = table.get(key, default)
    if value not in allowed:
        raise ConfigError(f"{where}: {key}: {', '.join(allowed)} are allowed, not {value!r}")
    return value


def _texts(table: Mapping[str, object], key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, ())
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or not all(isinstance(each, str) for each in listed):
        raise ConfigError(f"{where}: {key}: a string or a list of strings is allowed, not {value!r}")
    return tuple(listed)


def _reason(fault: Exception) -> str:
    said = fault.args[0] if fault.args else fault
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


@lru_cache(256)
def linear(expression: str) -> Any:
    r"""The RE2 expression compiled, letter case counting, for rules in code: a line of text can make `re` hang.

    In RE2 `\w`, `\s` and `\b` know ASCII only: say `\p{L}`, and match against `plain(text)`.
    """
    import re2  # noqa: PLC0415  (slow to load)

    options = re2.Options()
    options.log_errors = False  # else RE2 tells the terminal when a line makes it take its slower way
    return re2.compile(expression, options)


def _options() -> Any:
    import re2  # noqa: PLC0415  (slow to load)

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.never_capture = True
    options.max_mem = RE2_MEMORY
    return options


@lru_cache(4_096)
def _compiled(pattern: str) -> Any:
    import re2  # noqa: PLC0415  (slow to load)

    return re2.compile(pattern, _options())


def plain(text: str) -> str:
    """The text with plain blanks, quotes and hyphens, sign for sign; what UTF-8 cannot hold becomes a question mark."""
    return _plain(text) if len(text) <= LONGEST_LINE else _plain.__wrapped__(text)


@lru_cache(shape.REMEMBERED)
def _plain(text: str) -> str:
    if not _UNPLAIN.search(text):
        return text
    return text.translate(_PLAIN).encode("utf-8", "replace").decode()


def _search(pattern: str, text: str) -> bool:
    return _compiled(f"(?:{pattern})").search(text) is not None


def _end(match: Any) -> int:
    return int(match.end()) if match else 0
