"""Our query language: one string into a few nodes that know their place in it.

No input raises, but for the limits named here. What cannot be read as grammar is read as text. OR joins its two
neighbours and binds tighter than the blank: `cats OR dogs food` is `(cats OR dogs) food`.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from backfile.errors import QueryError
from index import habits
from index.dates import DATES, OpenSpan, parse_dates
from index.notes import Note
from index.tokens import Sign, Token, tokens

MAX_LENGTH = 4_000  # characters; a pasted paragraph is a query, a pasted page is a mistake
MAX_WORDS = 256  # words and phrases' words; each costs a look into the index per language
MAX_DEPTH = 32  # brackets in brackets
MAX_DISTANCE = 2  # edits of word~2; three edits make any short word out of any other

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
    notes: tuple[Note, ...] = ()


def parse(text: str, *, now: date) -> Query:
    """The query in `text`. Raises `QueryError` over a limit, else never; `now` is what `2w..` counts from."""
    if len(text) > MAX_LENGTH:
        raise QueryError(f"the query has {len(text):,} characters, {MAX_LENGTH:,} are allowed", MAX_LENGTH, len(text))
    found = tokens(text, FIELDS)
    parser = _Parser(found, now, notes=list(habits.remarks(text, found, FIELDS)))
    node = parser.query()
    if node is not None and not _positive(node):
        parser.notes.append(
            Note("nothing is asked for, only excluded; all of it is read as text", node.start, node.end)
        )
        node = _as_text(text)
    notes = sorted(dict.fromkeys(parser.notes), key=lambda note: note.start or 0)
    return Query(text=text, node=node, notes=tuple(notes))


# --- Parser -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Parser:
    tokens: list[Token]
    now: date
    notes: list[Note] = field(default_factory=list)
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
        node = self.part() if not (self.peek("or") and first) else self.stray_or("before it")
        nodes = [node] if node is not None else []
        while self.peek("or"):
            follows = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
            if follows is None or follows.sign in {"close", "or"} or not nodes:
                other = self.stray_or("after it")
                return _joined([*_one(nodes), *([other] if other else [])])
            self.at += 1
            other = self.part()
            if other is not None:
                nodes.append(other)
        return _one(nodes)[0] if nodes else None

    def stray_or(self, where: str) -> Node | None:
        token = self.tokens[self.at]
        self.notes.append(Note(f"OR has nothing {where}, so it is read as text", token.start, token.end))
        return self.literal()

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
            at = self.tokens[self.at]
            raise QueryError(f"brackets are nested more than {MAX_DEPTH} deep", at.start, at.end)
        begin = self.tokens[self.at].start
        self.at += 1
        node = self.group()
        end = self.tokens[self.at].end if self.peek("close") else None
        if end is not None:
            self.at += 1
        self.depth -= 1
        return replace(node, start=begin, end=end) if isinstance(node, Or) and end is not None else node

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

    def dates(self, token: Token) -> Node | None:
        value = self.tokens[self.at]
        span: OpenSpan | None = parse_dates(value.text, now=self.now) if value.sign in {"text", "phrase"} else None
        if span is None:
            self.notes.append(
                Note(f"“{value.text}” is no date, so it is read as text; {DATES}", value.start, value.end)
            )
            return self.term()
        if span[0] is not None and span[1] is not None and span[0] > span[1]:
            self.notes.append(Note(f"“{value.text}” ends before it begins", value.start, value.end))
        self.at += 1
        return Dates(*span, token.start, value.end)

    def literal(self) -> Node | None:
        """The token at hand as text, whatever it means otherwise."""
        token = self.tokens[self.at]
        self.at += 1
        return self.text(replace(token, sign="text"))

    def phrase(self, token: Token) -> Node | None:
        self.count(token.text, token)
        return Phrase(token.text, token.start, token.end, token.slop) if _letters(token.text) else None

    def text(self, token: Token) -> Node | None:
        self.count(token.text, token)
        return _word(token) if _letters(token.text) else None

    def count(self, text: str, token: Token) -> None:
        self.words += len(text.split())
        if self.words > MAX_WORDS:
            raise QueryError(f"the query has more than {MAX_WORDS} words", token.start, token.end)


_FUZZY = re.compile(r"(.+?)~(\d{0,3})", re.DOTALL)


def _word(token: Token) -> Word:
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
