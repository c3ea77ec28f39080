"""The stories of a digest: a newsletter that holds several articles, each under a headline with an address of its own.

What tells a digest from an essay with sub-headings is the addresses: a story's headline is a link, or its text ends
with one (`Read more`), and each leads elsewhere. A sub-heading has none. When the text goes on after such a link, as an
essay does that shows another post in its midst, all of it stays one article.

Every line of the document is a line of one extraction: of a story, or of the frame (story 0) that holds the greeting,
advertisements and the footer. Neither is a line copied nor left out.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urldefrag, urlsplit

from backfile.article import Extraction, Line, Witness
from transforms import hygiene, mail_words, shape
from transforms.extract.mail_block import Block
from transforms.pattern import linear, plain

STORIES = 2  # fewer are no digest
UNLINKED_WORDS = 15  # of running text below a headline that has no address, among stories that have one
# Of headlines that nothing but a link tells from the text: mails have such lines for other ends, too ("View online").
BARE_STORIES = 3
MOST_STORIES = 200  # in one mail; the longest digests looked at have 40
SHORTEST_HEADLINE, LONGEST_HEADLINE = 2, 26  # words, as `transforms.headline` has it; two are sure with a link
HEADLINE_CHARACTERS = 200
LABEL_WORDS = 4  # of the section's name above a headline
LABELS = 2  # such lines above one headline: section, then region or date
TEASER_WORDS = 6  # of the shortest line of running text: "HP goes mad on mountain themes..."
# Running text after the stories' ends, as a share of that within them, above which the text is an essay with links in
# it. Digests written for the tests, in the shape of real ones, have up to a tenth (a sign-off); essays half and more.
STRAY_SHARE = 0.25
LETTERS_OF_KEY = 8  # hex digits

_BYLINE = r"(?i:by|von|par|por|di|door|text:?) (?-i:\p{Lu}).*"
_ADDRESS = re.compile(r"[<(\[]?\s?(https?://[^\s<>()\[\]\"]+)\s?[>)\]]?")
_UNDERLINE = re.compile(r"[-=]{3,}")
_RULED = re.compile(r"[^\w]{3,}")
_LAST_SENTENCE = re.compile(r"[.!?…][\"'“”’»)]*\s+([^.!?…]{3,60})$")
_NUMBERED = re.compile(r"\(?(?:\d{1,2}[.)]|#\d{1,2}|\+{2,}|\*{1,3}|•|>{1,2}|[-–])\s*")


@dataclass(frozen=True, slots=True)
class Story:
    """Where a story stands among the blocks of its mail."""

    start: int  # the section's name above its headline, else the headline
    head: int  # the headline
    end: int  # the first block that is not of the story
    link: str


def split(whole: Extraction, blocks: Sequence[Block]) -> list[Extraction]:
    """The frame and the stories of a digest as extractions of their own; `whole` alone when it is none.

    `blocks` are the lines of `whole`, with what their look tells. A story has the witnesses of its mail but for the
    subject; its headline and address are stated instead, and `story`, the key that its id will end in.
    """
    found = stories(blocks)
    if not found:
        return [whole]
    mine = {at for story in found for at in range(story.start, story.end)}
    rest = tuple(block.line for at, block in enumerate(blocks) if at not in mine)
    made = [replace(whole, lines=rest, witnesses=(*whole.witnesses, Witness("stories", str(len(found)), "digest")))]
    common = tuple(each for each in whole.witnesses if each.field not in {"title", "url", "tag"})
    keys: set[str] = set()
    for number, story in enumerate(found, start=1):
        title = blocks[story.head].line.text
        title = _NUMBERED.sub("", title, count=1) if _NUMBERED.match(title) else title
        said = (
            Witness("title", title, "digest:heading"),
            *([Witness("url", _target(story.link), "digest:link")] if story.link else []),
            Witness("story", key(title, story.link, keys), "digest"),
        )
        lines = tuple(block.line for block in blocks[story.start : story.end])
        made.append(replace(whole, lines=lines, witnesses=(*common, *said), story=number))
    return made


def stories(blocks: Sequence[Block]) -> list[Story]:
    """The stories of a digest, in order; none when the mail is a single article."""
    heads = [at for at, block in enumerate(blocks) if _is_headline(block)]
    found: list[Story] = []
    for number, head in enumerate(heads):
        following = heads[number + 1] if number + 1 < len(heads) else len(blocks)
        story = _story(blocks, head, following, found[-1].end if found else 0)
        if story is None and found and found[-1].end == head and not _closed(blocks, found[-1]):
            end = _end(blocks, found[-1].head, following)  # a sub-heading within the story
            found[-1] = replace(found[-1], end=end)
        elif story is not None:
            found.append(story)
    advertised = [story for story in found if _is_advertised(blocks, story)]
    found = [story for story in found if story not in advertised]
    bare = [story for story in found if _is_bare(blocks[story.head])]
    if len(bare) < BARE_STORIES:
        found = [story for story in found if story not in bare]
    addresses = {urldefrag(_target(story.link))[0] for story in found}
    titles = {hygiene.letters(blocks[story.head].line.text, "NFKC") for story in found}
    if min(len(addresses), len(titles)) < STORIES or len(found) > MOST_STORIES:
        return []
    if len(titles) < len(found) or _stray(blocks, found, advertised) > STRAY_SHARE * _prose(blocks, _places(found)):
        return []
    return _with_unlinked(blocks, heads, found, advertised)


def _with_unlinked(
    blocks: Sequence[Block], heads: Sequence[int], found: Sequence[Story], advertised: Sequence[Story]
) -> list[Story]:
    """The stories of a digest, and with them what stands between or right below them and has no address of its own."""
    taken = {at for story in (*found, *advertised) for at in range(story.start, story.end)}
    ends = {story.end for story in found}
    titles = {hygiene.letters(blocks[story.head].line.text, "NFKC") for story in found}
    made = list(found)
    for number, head in enumerate(heads):
        following = heads[number + 1] if number + 1 < len(heads) else len(blocks)
        if head in taken or _is_bare(blocks[head]) or head < found[0].end:
            continue
        start = _start(blocks, head, found[0].end)
        end = next((at for at in range(head + 1, following) if at in taken), following)
        end = min(end, _end(blocks, head, end))
        above = start
        while above > 0 and _RULED.fullmatch(blocks[above - 1].line.text):
            above -= 1
        story = Story(start, head, end, "")
        title = hygiene.letters(blocks[head].line.text, "NFKC")
        if start in taken or title in titles or not (start < found[-1].start or {start, above} & ends):
            continue
        said = linear(mail_words.OF_THE_MAIL).search(plain(blocks[head].line.text))
        if said or _is_advertised(blocks, story) or _prose(blocks, range(head + 1, end)) < UNLINKED_WORDS:
            continue
        made.append(story)
        titles.add(title)
        taken |= set(range(start, end))
        ends.add(end)
    return sorted(made, key=lambda story: story.start)


def plain_blocks(lines: Iterable[Line]) -> list[Block]:
    """The lines of a plain-text mail as blocks: an address on a line of its own is the link of the text above it.

    A short line counts as loud when it stands at a seam: at the beginning, below a ruled line or below an address; and
    with `**` before it or a ruled line below, as mail services write headings.
    """
    made: list[Block] = []
    seam = True
    lines = list(lines)
    for at, line in enumerate(lines):
        address = _ADDRESS.search(line.text)
        bare = _ADDRESS.sub("", line.text).strip(" :.()[]<>-–")
        ruled = _RULED.fullmatch(line.text) is not None
        alone = address is not None and (not bare or _is_call(bare))
        underlined = at + 1 < len(lines) and _UNDERLINE.fullmatch(lines[at + 1].text) is not None
        loud = (seam or underlined or line.text.startswith("** ")) and not ruled and address is None
        made.append(Block(line, address[1] if alone and address else None, alone, loud))
        label = seam and not ruled and not alone and shape.words(line.text) <= LABEL_WORDS
        ended = address is not None and line.text.rstrip(" >)]").endswith(
            address[1]
        )  # as a paragraph above a headline does
        seam = ruled or alone or label or ended
    return made


def _story(blocks: Sequence[Block], head: int, following: int, free: int) -> Story | None:
    """The story below a headline; None when it has no running text, or no address."""
    end = _end(blocks, head, following)
    if not any(_is_text(block) for block in blocks[head + 1 : end]):
        return None
    called = next((b.link for b in blocks[head + 1 : end] if b.link and _leads_on(b)), None)
    link = blocks[head].link if blocks[head].linked else called
    return Story(_start(blocks, head, free), head, end, link) if link else None


def _start(blocks: Sequence[Block], head: int, free: int) -> int:
    """Where the names of sections above a headline begin; not above `free`."""
    start = head
    while start > free and head - start < LABELS and _is_label(blocks[start - 1]):
        start -= 1
    return start


def _end(blocks: Sequence[Block], head: int, following: int) -> int:
    """The end of the text below a headline: behind the link to all of it, or where the box it stands in ends."""
    box: tuple[int, ...] = ()
    read = False
    for at in range(head + 1, following):
        block = blocks[at]
        sponsored = linear(mail_words.SPONSOR).fullmatch(plain(block.line.text)) is not None
        if sponsored or (read and not _within(block, box)):
            return _above_labels(blocks, at, head)
        if _is_text(block) and not read:
            read = True
            box = _shared(blocks[head].cells, block.cells)
        if read and _leads_on(block):
            return at + 1
    return _above_labels(blocks, following, head) if following < len(blocks) else following


def _above_labels(blocks: Sequence[Block], end: int, head: int) -> int:
    """The end without the name of the next story's section, and without ruled lines."""
    labels = 0
    while end > head + 2 and (_RULED.fullmatch(blocks[end - 1].line.text) or _is_label(blocks[end - 1])):
        labels += 1
        if labels > LABELS:
            break
        end -= 1
    return end


def _shared(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    depth = 0
    while depth < min(len(one), len(other)) and one[depth] == other[depth]:
        depth += 1
    return one[:depth]


def _within(block: Block, box: tuple[int, ...]) -> bool:
    return block.cells[: len(box)] == box


def _closed(blocks: Sequence[Block], story: Story) -> bool:
    return _leads_on(blocks[story.end - 1])


def _is_headline(block: Block) -> bool:
    text = block.line.text
    if not (block.line.role == "heading" or block.loud or block.linked) or len(text) > HEADLINE_CHARACTERS:
        return False
    if not SHORTEST_HEADLINE <= shape.words(text) <= LONGEST_HEADLINE or _RULED.fullmatch(text):
        return False
    if text.rstrip("\"'”“’»«)").endswith((".", ",", ";", ":")) and not text.endswith(("...", "…")):
        return False
    flat = plain(text)
    if _is_bare(block) and linear(mail_words.OF_THE_MAIL).search(flat):
        return False
    return not (_is_call(text) or linear(_BYLINE).fullmatch(flat) or linear(mail_words.SPONSOR).fullmatch(flat))


def _is_bare(block: Block) -> bool:
    return block.line.role != "heading" and not block.loud


def _is_text(block: Block) -> bool:
    """Whether the block is running text, if only a teaser of one sentence."""
    text = block.line.text
    if block.linked or block.line.role == "heading" or shape.words(text) < TEASER_WORDS:
        return False
    if not (shape.ends_like_a_sentence(text) or len(text) > HEADLINE_CHARACTERS or _ends_with_call(block)):
        return False
    flat = plain(text[:HEADLINE_CHARACTERS])
    return not (linear(mail_words.OF_THE_MAIL).search(flat) and linear(mail_words.TO_THE_READER).search(flat))


def _is_label(block: Block) -> bool:
    text = block.line.text
    if block.linked or block.link or shape.words(text) > LABEL_WORDS or _RULED.fullmatch(text):
        return False
    return not shape.ends_like_a_sentence(text) and not linear(mail_words.SPONSOR).fullmatch(plain(text))


def _is_call(text: str) -> bool:
    words = _ADDRESS.sub("", text).strip()
    if not words:
        return True
    if len(words) > HEADLINE_CHARACTERS or shape.words(words) > mail_words.CALL_WORDS:
        return False
    return linear(mail_words.CALL).fullmatch(plain(words)) is not None


def _leads_on(block: Block) -> bool:
    """Whether the block leads to the whole story: it is a link that says so, or ends with one."""
    return (block.linked and _is_call(block.line.text)) or _ends_with_call(block)


def _ends_with_call(block: Block) -> bool:
    """Whether words that lead on stand behind the last sentence of a paragraph: `… said on Monday. Read more`."""
    if block.linked or not block.link:
        return False
    last = _LAST_SENTENCE.search(block.line.text[-HEADLINE_CHARACTERS:])
    return last is not None and _is_call(last[1])


def _is_advertised(blocks: Sequence[Block], story: Story) -> bool:
    """Whether the word that announces an advertisement stands above the headline, or within the two lines above it."""
    above = range(max(0, story.start - 1), story.head)
    return any(linear(mail_words.SPONSOR).fullmatch(plain(blocks[at].line.text)) for at in above)


def _places(found: Sequence[Story]) -> Iterator[int]:
    for story in found:
        yield from range(story.head + 1, story.end)


def _prose(blocks: Sequence[Block], places: Iterable[int]) -> int:
    """Words of running text at these places."""
    return sum(shape.words(blocks[at].line.text) for at in places if _is_text(blocks[at]))


def _stray(blocks: Sequence[Block], found: Sequence[Story], advertised: Sequence[Story]) -> int:
    """Words of paragraphs between the stories; a greeting stands above the first, a footer below the last."""
    mine = set(_places([*found, *advertised]))
    between = (at for at in range(found[0].end, found[-1].start) if at not in mine)
    return sum(shape.words(blocks[at].line.text) for at in between if shape.is_prose(blocks[at].line.text))


def _target(link: str) -> str:
    """The address itself, or the one that it carries as a parameter, as services that count clicks write it."""
    try:
        pairs = parse_qsl(urlsplit(link).query, max_num_fields=50)
    except ValueError:
        return link
    return next((value for _, value in pairs if re.match(r"https?://[^\s/]+\.[^\s/]+", value)), link)


def key(title: str, link: str, taken: set[str]) -> str:
    """What identifies a story within its mail, whatever stands above it: of its headline, else of its address."""
    said = hygiene.letters(title, "NFKC") or link
    for number in range(MOST_STORIES + 1):
        text = f"{said} {number}" if number else said
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:LETTERS_OF_KEY]
        if key not in taken:
            break
    taken.add(key)
    return key
