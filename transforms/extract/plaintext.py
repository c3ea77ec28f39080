"""Plain text as lines: a paragraph each, with wrapped lines joined and nothing else joined."""

import re
from collections.abc import Iterator
from itertools import pairwise

from backfile.article import Line, Role
from backfile.errors import Reason, UnreadableInput
from transforms import hygiene
from transforms.extract.guard import MAX_LINES, MAX_TEXT

EXTRACTOR = "text/2"

WRAP_MIN, WRAP_MAX = 50, 90  # columns of the longest line of a hard-wrapped text: mail is wrapped at 72 to 80
WRAP_FULL = 0.7  # share of the width that a line which continues has at least: the next word did not fit any more
WRAP_SHARE = 0.6  # share of such lines among those that are followed by another
WRAP_LINES = 3  # fewer lines prove nothing
# Outside these columns a paragraph may be a line, and lines may be verses or a list: then it takes blank lines between
# paragraphs, nearly no line that had room for the next word, and most lines in the middle of a sentence.
WIDE_MIN, WIDE_MAX = 30, 200
WIDE_SHARE = 0.9
WIDE_MID_SENTENCE = 0.6
WIDE_FOLLOWED = 5  # lines that another follows
LONGEST_RULE = 200  # characters of a line that are looked at to tell a ruled one
LONGEST_WORD = 80  # characters of a line's end in which its last word is looked for

_LINE_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_OTHER_BREAK = re.compile(r"[\r\x0b\x0c\x85\u2028\u2029]")
_QUOTE = re.compile(r"(?:>\s?)+")
_ITEM = re.compile(r"(?:[-*•‣▪–+]|\(?\d{1,3}[.)]|[a-z]\))\s+\S")  # never joined to what is before it
_BULLET = re.compile(r"[*•‣▪]\s+\S")  # a figure or dash at the beginning may be a date, or speech
_MARKS = ">#*•‣▪"  # what a line begins with that says what it is
_HEADING_MARK = re.compile(r"#{1,6}\s+\S")
_RULE = re.compile(r"[-=_*~#+.\s]{3,}")
_RULE_SIGNS = "-=_*~#+."
_RULED_TITLE = re.compile(r"[-=_*~#+<>]{3,}[^-=_*~#+<>]{1,60}[-=_*~#+<>]{3,}")  # `---- Anzeige ----`
_LONE_ADDRESS = re.compile(r"\s*[<(\[]?https?://\S+\s*")
_TABLE_MARK = re.compile(r"\S\s*[|\t]\s*\S.*[|\t]")
_END = re.compile(r"[.!?:;…][\"'“”’»«)\]]*$")
_HYPHENATED = re.compile(r"[a-zäöüß]{2}-$")
_CONTINUED = re.compile(r"[a-zäöüß]{2,}")
_AND = re.compile(r"(?:und|oder|bzw|sowie|als|bis|and|or|to|und/oder)\b")  # "Nah- \n und Fernverkehr" keeps its hyphen


def lines(text: str, *, flowed: bool = False, delsp: bool = False) -> list[Line]:
    """The text's paragraphs, headings and items, each as one tidy line.

    Blank lines separate paragraphs. In a text without any, and in a paragraph whose lines are not wrapped, each line is
    a paragraph. Lines are joined only where most of them are as long as the width of the text (hard-wrapped at 50 to 90
    columns; at 30 to 200 where that is certain) or the mail says `format=flowed` (`flowed`, with `delsp` as
    RFC 3676 has it).

    Raises:
        UnreadableInput: the text is over the limit.
    """
    if len(text) > MAX_TEXT:
        raise UnreadableInput(Reason.TOO_LARGE, f"{len(text):,} characters of text; the limit is {MAX_TEXT:,}")
    raw = _LINE_BREAK.split(text) if _OTHER_BREAK.search(text) else text.split("\n")
    if len(raw) > MAX_LINES:
        raise UnreadableInput(Reason.TOO_LARGE, f"{len(raw):,} lines of text; the limit is {MAX_LINES:,}")
    if flowed:
        raw = list(_unflow(raw, delsp=delsp))
    width = _width(raw)
    found: list[Line] = []
    for block in _blocks(raw):
        for line in _joined(block, width) if width else block:
            clean = hygiene.clean(line)
            if clean:
                found.append(Line(clean, _role(clean)))
    return found


def _unflow(raw: list[str], *, delsp: bool) -> Iterator[str]:
    """RFC 3676: a line that ends in a blank goes on in the next one of the same quote depth; "-- " does not."""
    held = ""
    for line in raw:
        mark = _QUOTE.match(line)
        depth = mark[0].count(">") if mark else 0
        body = line[mark.end() :] if mark else line.removeprefix(" ")
        quote = "> " * depth
        if held and held.count(">", 0, len(_quote(held))) == depth and body != "-- ":
            body = held[len(_quote(held)) :] + body
        elif held:
            yield held.rstrip()
        held = ""
        if body.endswith(" ") and body != "-- ":
            held = quote + (body[:-1] if delsp else body)
        else:
            yield quote + body
    if held:
        yield held.rstrip()


def _quote(line: str) -> str:
    mark = _QUOTE.match(line)
    return mark[0] if mark else ""


def _blocks(raw: list[str]) -> Iterator[list[str]]:
    """Runs of lines between blank ones."""
    block: list[str] = []
    for line in raw:
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _width(raw: list[str]) -> int:
    """The column at which the text is hard-wrapped, ruled lines and addresses left out of account; 0 when it is not."""
    apart = any(not line.strip() for line in raw[1:-1])
    raw = ["" if _is_ruled(line) else line for line in raw]
    wordy = (line for line in raw if line.strip() and not ("://" in line and _LONE_ADDRESS.fullmatch(line)))
    lengths = [len(line.expandtabs().rstrip()) for line in wordy]
    if len(lengths) < WRAP_LINES:
        return 0
    ordered = sorted(lengths)
    width = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]  # a long address must not hide the width
    if not WIDE_MIN <= width <= WIDE_MAX:
        return 0
    followed = full = open_ended = 0
    for block in _blocks(raw):
        if max(len(line.expandtabs().rstrip()) for line in block) < WRAP_FULL * width:
            continue  # an address, a list, a header: lines that are short tell nothing of the width
        for line, following in pairwise(block):
            followed += 1
            open_ended += not _END.search(line.rstrip()[-LONGEST_WORD:])
            room = width - len(line.expandtabs().rstrip())
            # A wrapped line is one that had no room for the word that follows.
            full += room < len(following.split(maxsplit=1)[0]) + 1 and room <= width * (1 - WRAP_FULL)
    if WRAP_MIN <= width <= WRAP_MAX:
        return width if followed >= WRAP_LINES - 1 and full >= WRAP_SHARE * followed else 0
    certain = full >= WIDE_SHARE * followed and open_ended >= WIDE_MID_SENTENCE * followed
    return width if apart and followed >= WIDE_FOLLOWED and certain else 0


def _is_ruled(line: str) -> bool:
    start = line[:LONGEST_RULE].strip()
    return start[:1] in _RULE_SIGNS and _RULE.fullmatch(start) is not None


def _joined(block: list[str], width: int) -> Iterator[str]:
    """The block's lines with those joined that were wrapped."""
    parts: list[str] = []
    for number, line in enumerate(block):
        text = line.strip()
        if not parts:
            parts = [text]
        elif _continues(block[number - 1], line, width):
            _append(parts, text.removeprefix(_quote(text)))
        else:
            yield "".join(parts)
            parts = [text]
    yield "".join(parts)


def _continues(line: str, following: str, width: int) -> bool:
    """Whether `following` is the rest of a sentence or paragraph that began in `line`."""
    here, there = line.strip(), following.strip()
    if _quote(here).count(">") != _quote(there).count(">"):
        return False
    here, there = here.removeprefix(_quote(here)), there.removeprefix(_quote(there))
    if not here or not there or _ITEM.match(there) or _RULE.fullmatch(here) or _RULE.fullmatch(there):
        return False
    if _RULED_TITLE.fullmatch(here) or _RULED_TITLE.fullmatch(there):
        return False
    if _TABLE_MARK.match(here) or _TABLE_MARK.match(there) or _HEADING_MARK.match(here):
        return False
    full = len(line.expandtabs().rstrip()) + len(there.split(maxsplit=1)[0]) + 1 > width
    return full and not (_END.search(here) and following[:1].isspace() and not line[:1].isspace())


def _append(parts: list[str], text: str) -> None:
    """Add the rest of a paragraph; a hyphen at the break goes only when it can be nothing but the break's."""
    first = text.split(maxsplit=1)[0]
    if _HYPHENATED.search(parts[-1][-LONGEST_WORD:]) and _CONTINUED.match(first) and not _AND.match(first):
        parts[-1] = parts[-1][:-1]
        parts.append(text)
    else:
        parts.append(f" {text}")


def _role(line: str) -> Role:
    """What the line's own marks say it is; a heading without marks stays text, for that is a guess."""
    if line[0] not in _MARKS:
        return "text"
    if line.startswith("> "):
        return "quote"
    if _HEADING_MARK.match(line):
        return "heading"
    if _BULLET.match(line):
        return "item"
    return "text"
