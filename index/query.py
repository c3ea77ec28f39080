"""Our query language: one string into a few nodes that know their place in it.

No input raises, but for the limits named here. What cannot be read as grammar is read as text. OR joins its two
neighbours and binds tighter than the blank: `cats OR dogs food` is `(cats OR dogs) food`.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from typing import Literal

from backfile.errors import QueryError
from index.dates import OpenSpan, parse_dates

MAX_LENGTH = 4_000  # characters; a pasted paragraph is a query, a pasted page is a mistake
MAX_WORDS = 256  # words and phrases' words; each costs a look into the index per language
MAX_DEPTH = 32  # brackets in brackets
MAX_DISTANCE = 2  # edits of word~2; three edits make any short word out of any other
MAX_SLOP = 1_000  # words in between for "…"~1000; more is no longer nearness

WORD_FIELDS = frozenset({"title", "author", "publisher", "tag", "url", "place"})
KEY_FIELDS = frozenset({"source", "lang", "id"})
FIELDS = tuple(sorted(WORD_FIELDS | KEY_FIELDS | {"date"}))

Kind = Literal["any", "exact", "prefix", "fuzzy"]


@dataclass(frozen=True, slots=True)
class Word:
    """A run of text without blanks; analysis may find several words in it, or none."""

    text: str
    start: int  # characters of the query, `end` is behind the last
    end: int
    kind: Kind = "any"
    distance: int = 0  # edits, for "fuzzy"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand in this order."""

    text: str
    start: int
    end: int
    slop: int = 0  # other words allowed in between


@dataclass(frozen=True, slots=True)
class Field:
    """What is looked for in one field only; `name` is one of `FIELDS` but "date"."""

    name: str
    node: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Dates:
    """Published in this span of days, open where None."""

    first: int | None
    last: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    nodes: tuple["Node", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Or:
    """One of them."""

    nodes: tuple["Node", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Not:
    """None of that."""

    node: "Node"
    start: int
    end: int


Node = Word | Phrase | Field | Dates | And | Or | Not


@dataclass(frozen=True, slots=True)
class Query:
    """What was understood."""

    text: str
    node: Node | None  # None: nothing to look for
    notes: tuple[str, ...] = ()  # one sentence each, for people


def parse(text: str, *, now: date) -> Query:
    """The query in `text`. Raises `QueryError` over a limit, else never; `now` is what `2w..` counts from."""
    if len(text) > MAX_LENGTH:
        raise QueryError(f"the query has {len(text)} characters, {MAX_LENGTH} are allowed")
    parser = _Parser(_tokens(text), now)
    node = parser.query()
    if node is not None and not _positive(node):
        parser.notes.append("a query that only excludes has nothing to exclude from; its words are searched for")
        node = _as_text(text)
    return Query(text=text, node=node, notes=tuple(dict.fromkeys(parser.notes)))


# --- Tokens -------------------------------------------------------------------------------------------------------

Sign = Literal["text", "phrase", "field", "open", "close", "minus", "not", "or"]


@dataclass(frozen=True, slots=True)
class _Token:
    sign: Sign
    text: str
    start: int
    end: int
    slop: int = 0


_FIELD = re.compile(r"([A-Za-z]+):(?=[^\s:])")
_SLOP = re.compile(r"~(\d{1,6})(?=[\s)]|$)")
_STOP = re.compile(r"[\s()\"]")


def _tokens(text: str) -> list[_Token]:
    opens, closes = _brackets(text)
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _token(text, at, opens, closes)
        tokens.append(token)
        at = token.end
    return tokens


def _token(text: str, at: int, opens: frozenset[int], closes: frozenset[int]) -> _Token:
    if at in opens:
        return _Token("open", "(", at, at + 1)
    if at in closes:
        return _Token("close", ")", at, at + 1)
    if text[at] == '"' and (end := text.find('"', at + 1)) > 0:
        slop = _SLOP.match(text, end + 1)
        behind = slop.end() if slop else end + 1
        return _Token("phrase", text[at + 1 : end], at, behind, min(int(slop.group(1)), MAX_SLOP) if slop else 0)
    if text[at] in "-−" and _signs(text, at):
        return _Token("minus", text[at], at, at + 1)
    if named := _FIELD.match(text, at):
        name = named.group(1).casefold()
        if name in FIELDS:
            return _Token("field", name, at, named.end())
    return _run(text, at, closes)


def _signs(text: str, at: int) -> bool:
    """Whether the minus at `at` excludes what follows: at the beginning of a word, and not one of several."""
    before, behind = text[at - 1 : at] if at else " ", text[at + 1 : at + 2]
    return (before.isspace() or before == "(") and bool(behind) and not behind.isspace() and behind not in "-−"


def _run(text: str, at: int, closes: frozenset[int]) -> _Token:
    end = at + 1
    while end < len(text) and end not in closes and not text[end].isspace():
        if text[end] == '"' and text.find('"', end + 1) > 0 and not text[end - 1].isalnum():
            break
        end += 1
    run = text[at:end]
    signs: dict[str, Sign] = {"OR": "or", "NOT": "not"}
    return _Token(signs.get(run, "text"), run, at, end)


def _brackets(text: str) -> tuple[frozenset[int], frozenset[int]]:
    """The places of brackets that group: an opening one at the beginning of a word, with its closing one."""
    opens: set[int] = set()
    closes: set[int] = set()
    stack: list[int | None] = []  # None: a bracket inside a word, whose partner is text too
    quoted_until = -1
    for at, letter in enumerate(text):
        if at <= quoted_until:
            continue
        if letter == '"':
            quoted_until = text.find('"', at + 1)
        elif letter == "(":
            groups = at == 0 or text[at - 1].isspace() or text[at - 1] in "(-−:"
            stack.append(at if groups else None)
        elif letter == ")" and stack:
            partner = stack.pop()
            if partner is not None:
                opens.add(partner)
                closes.add(at)
    return frozenset(opens), frozenset(closes)


# --- Parser -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Parser:
    tokens: list[_Token]
    now: date
    notes: list[str] = field(default_factory=list)
    at: int = 0
    depth: int = 0
    words: int = 0

    def query(self) -> Node | None:
        parts: list[Node] = []
        while self.at < len(self.tokens):
            group = self.group()
            if group is not None:
                parts.append(group)
            if self.peek("close"):
                self.at += 1
        return _joined(parts)

    def peek(self, sign: Sign) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at].sign == sign

    def group(self) -> Node | None:
        """Everything up to the closing bracket or the end."""
        parts: list[Node] = []
        while self.at < len(self.tokens) and not self.peek("close"):
            alternatives = self.alternatives(first=not parts)
            if alternatives is not None:
                parts.append(alternatives)
        return _joined(parts)

    def alternatives(self, *, first: bool) -> Node | None:
        """One part and what OR joins to it; an OR without neighbours is a word."""
        node = self.part() if not (self.peek("or") and first) else self.literal()
        nodes = [node] if node is not None else []
        while self.peek("or"):
            follows = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
            if follows is None or follows.sign in {"close", "or"} or not nodes:
                other = self.literal()
                return _joined([*_one(nodes), *([other] if other else [])])
            self.at += 1
            other = self.part()
            if other is not None:
                nodes.append(other)
        return _one(nodes)[0] if nodes else None

    def part(self) -> Node | None:
        """A term, with the signs before it."""
        token = self.tokens[self.at]
        negations = 0
        while self.peek("minus") or self.peek("not"):
            follows = self.tokens[self.at + 1].sign if self.at + 1 < len(self.tokens) else "close"
            if follows in {"close", "or"}:
                return self.literal()
            negations += 1
            self.at += 1
        node = self.term()
        if node is None or negations % 2 == 0:
            return node
        return Not(node, token.start, node.end)

    def term(self) -> Node | None:
        token = self.tokens[self.at]
        match token.sign:
            case "open":
                return self.bracket()
            case "field":
                return self.in_field()
            case "phrase":
                self.at += 1
                return self.phrase(token)
            case _:
                self.at += 1
                return self.text(token)

    def bracket(self) -> Node | None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise QueryError(
                f"brackets are nested deeper than {MAX_DEPTH}, from character {self.tokens[self.at].start + 1} on"
            )
        self.at += 1
        node = self.group()
        if self.peek("close"):
            self.at += 1
        self.depth -= 1
        return node

    def in_field(self) -> Node | None:
        token = self.tokens[self.at]
        follows = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        if follows is None or follows.start != token.end or follows.sign not in {"text", "phrase", "open", "or", "not"}:
            return self.literal()
        self.at += 1
        if token.text == "date":
            return self.dates(token)
        if follows.sign == "open":
            node = self.bracket()
        else:
            self.at += 1
            node = self.phrase(follows) if follows.sign == "phrase" else self.text(follows)
        return None if node is None else Field(token.text, node, token.start, node.end)

    def dates(self, token: _Token) -> Node | None:
        value = self.tokens[self.at]
        span: OpenSpan | None = parse_dates(value.text, now=self.now) if value.sign in {"text", "phrase"} else None
        if span is None:
            self.notes.append(
                f"“{value.text}” is no date, so it is looked for as text; "
                "dates are 2024, 2024-11, 2024-11-25, 25.11.2024, 2w.., A..B, >=A"
            )
            return self.term()
        self.at += 1
        return Dates(*span, token.start, value.end)

    def literal(self) -> Node | None:
        """The token at hand as text, whatever it means otherwise."""
        token = self.tokens[self.at]
        self.at += 1
        return self.text(replace(token, sign="text"))

    def phrase(self, token: _Token) -> Node | None:
        self.count(token.text, token)
        return Phrase(token.text, token.start, token.end, token.slop) if _letters(token.text) else None

    def text(self, token: _Token) -> Node | None:
        self.look_for_field(token)
        self.count(token.text, token)
        return _word(token) if _letters(token.text) else None

    def count(self, text: str, token: _Token) -> None:
        self.words += len(text.split())
        if self.words > MAX_WORDS:
            raise QueryError(f"the query has more than {MAX_WORDS} words, from character {token.start + 1} on")

    def look_for_field(self, token: _Token) -> None:
        named = _FIELD.match(token.text)
        if named is None or token.text[named.end() :].startswith("//"):
            return
        name = named.group(1)
        near = get_close_matches(name.casefold(), FIELDS, n=1, cutoff=0.5)
        hint = f"; did you mean “{near[0]}:”?" if near else f"; fields are {', '.join(FIELDS)}"
        self.notes.append(f"there is no field “{name}:”, so “{token.text}” is looked for as text{hint}")


_FUZZY = re.compile(r"(.+?)~(\d{0,3})", re.DOTALL)


def _word(token: _Token) -> Word:
    text = token.text
    bare = text.rstrip(").,;:!?")
    if bare.endswith("*") and _letters(bare[:-1]) and "*" not in bare[:-1]:
        return Word(bare[:-1], token.start, token.end, "prefix")
    if (found := _FUZZY.fullmatch(bare)) and _letters(found.group(1)):
        distance = int(found.group(2) or 1)
        kind: Kind = "fuzzy" if distance else "exact"
        return Word(found.group(1), token.start, token.end, kind, min(distance, MAX_DISTANCE))
    if text.startswith("=") and _letters(text):
        return Word(text[1:], token.start, token.end, "exact")
    return Word(text, token.start, token.end)


def _letters(text: str) -> bool:
    return any(letter.isalnum() or letter == "§" for letter in text)


def _one(nodes: list[Node]) -> list[Node]:
    if len(nodes) < 2:
        return nodes
    return [Or(tuple(nodes), nodes[0].start, nodes[-1].end)]


def _joined(parts: list[Node]) -> Node | None:
    """All of them; brackets around words that are wanted anyway change nothing."""
    parts = [node for part in parts for node in (part.nodes if isinstance(part, And) else (part,))]
    if len(parts) < 2:
        return parts[0] if parts else None
    return And(tuple(parts), parts[0].start, parts[-1].end)


def _positive(node: Node) -> bool:
    """Whether it asks for something, and does not merely exclude."""
    match node:
        case Not():
            return False
        case And(nodes):
            return any(_positive(part) for part in nodes)
        case Or(nodes):
            return all(_positive(part) for part in nodes)
        case Field(_, inner):
            return _positive(inner)
        case Word() | Phrase() | Dates():
            return True


def _as_text(text: str) -> Node | None:
    """A query that only excludes has no hits to exclude from; its words are looked for."""
    found = re.finditer(r"[^\s()\"]+", text)
    words: list[Node] = [Word(run.group(), run.start(), run.end()) for run in found if _letters(run.group())]
    return _joined(words)
