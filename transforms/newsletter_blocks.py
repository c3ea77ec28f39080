"""What surrounds the text of a newsletter: sponsors' blocks, addresses, the footer from its first line on.

A newsletter tells itself by what it must say: how to leave it. Where its text is plain, ruled lines part it into
blocks, and a block goes as a whole or not at all. A block, or a line at the end, goes when it speaks of the mail,
names an address, or advertises; one paragraph of running text that does none of these keeps its block.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from backfile.article import Article, Span
from transforms import letter, letter_lines, mail_words, related, shape
from transforms.letter import LABEL_WORDS, Page, Row
from transforms.pattern import linear, plain
from transforms.rule import rule

SPONSOR_LINES = 24  # of an advertisement between ruled lines; hard-wrapped ones of ten newsletters have up to 12
SPONSOR_WORDS = 250
OPEN_SPONSOR_LINES = 6  # of one that no ruled line ends
OPEN_SPONSOR_WORDS = 130
SHORT_SPONSOR = 8  # lines down to the ruled line that ends one which no ruled line begins
CONTACT_LINES = 10  # of an address between ruled lines above the text
SITE_LINES = 3  # of the house's name and its address on the web
CONTACT_ROWS = 5  # below `Contact:`
BUTTON_LABEL_WORDS = 5
FOOTER_LINES = 60  # of a block at the end of a newsletter
FOOTER_WORDS = 300  # of a block of a footer
BRIDGED_ROWS = 6  # of names and labels between two lines of a footer that say what they are
BRIDGED_WORDS = 8
BRIDGED_TO_REQUEST = 2  # rows between a footer and what it asks; more would reach the text
LINK_LIST = 8  # lines of nothing but labels above the footer that are a list of links
TEASERS = 2  # short sentences that make a block text
BUTTONS = 3  # times that the same few words stand in a letter, and are no text but a button
HEAD_WORDS = 30  # of such a paragraph, unless it says how to leave
HEAD_ROWS = 24  # above the first paragraph of running text, where a letter says how to see and to leave it
MOST_REPORT_LINES = 60  # of a spam filter's report above a mail

_CONTACT_LABEL = (
    r"(?i)(?:press |media |for further |for more )?(?:contacts?|information|info)(?: information)?|(?:presse)?kontakt"
)
_SPAM_MARK = r"SPAM: .*|SPAM:"
_SPAM_REPORT = r"(?i)spam detection software, running on the system .*"
_SPAM_SCORE = r"\s*-?\d+\.\d\s+[A-Z][A-Z0-9_]{3,}\b.*"


@rule("spam-report", version=1, kind="boilerplate")
def drop_spam_report(article: Article) -> Article:
    """Takes the report that a spam filter wrote above a mail, with its list of points."""
    body = article.body
    first = next((at for at, span in enumerate(body[:3]) if span.text.startswith(("SPAM:", "Spam detection"))), None)
    if first is None:
        return article
    end = first
    if linear(_SPAM_REPORT).fullmatch(plain(body[first].text)):
        scored = [at for at in range(first, min(len(body), MOST_REPORT_LINES)) if _is_scored(body[at])]
        end = scored[-1] + 1 if scored else first
    else:
        while end < len(body) and linear(_SPAM_MARK).fullmatch(plain(body[end].text)):
            end += 1
    return article if end - first < 3 else replace(article, body=(*body[:first], *body[end:]))


def _is_scored(span: Span) -> bool:
    return linear(_SPAM_SCORE).fullmatch(plain(span.text)) is not None


@rule("sponsor-block", version=2, kind="boilerplate")
def drop_sponsor_block(article: Article) -> Article:
    """Takes a block between ruled lines that says it is an advertisement; in a newsletter one that offers and ends."""
    page = letter.page(article)
    return letter.without(article, page, _sponsored(page))


@rule("letter-contact", version=2, kind="boilerplate")
def drop_contact_block(article: Article) -> Article:
    """Takes what a newsletter says of itself above its text: how to see and to leave it, and the sender's address."""
    page = letter.page(article)
    if not page.letter:
        return article
    goes: set[int] = set()
    blocks = page.blocks()
    for block in blocks[:-1]:
        if letter_lines.has_text(page, [at for at in block if at not in goes]):
            break
        rows = [page.rows[at] for at in block]
        led = len(block) <= SITE_LINES and any(not row.words and row.text.strip() for row in rows)
        if led or (len(block) <= CONTACT_LINES and any(letter_lines.is_contact(row) for row in rows)):
            goes |= set(block)
    return letter.without(article, page, _with_text_left(page, goes | set(_above_text(page))))


@rule("letter-links", version=2, kind="boilerplate")
def drop_link_rows(article: Article) -> Article:
    """Takes rows of a newsletter that are labels of links alone: bars, banners, lists under `More on this topic`."""
    page = letter.page(article)
    if not page.letter:
        return article
    bars = (at for at, row in enumerate(page.rows) if letter_lines.is_link_bar(plain(row.text), row.words))
    goes = {at for at in bars if shape.words(page.rows[at].words) > 1}  # `Website: …` alone may be an entry of a list
    for block in page.blocks():
        for at in block:
            text = plain(page.rows[at].words)
            if len(text) > related.LONGEST_HEADING or not linear(related.HEADING).fullmatch(text):
                continue
            below = list(_listed_below(page, range(at + 1, block.stop)))
            if below:
                goes |= {at, *below}
    return letter.without(article, page, goes)


@rule("letter-calls", version=1, kind="boilerplate")
def drop_calls(article: Article) -> Article:
    """Takes buttons of a newsletter: what leads to the rest of a story, asks to book or give, or stands there often."""
    page = letter.page(article)
    if not page.letter:
        return article
    often = Counter(row.words for row in page.rows if _may_be_button(row))
    goes = set()
    for at, row in enumerate(page.rows):
        led = "://" in row.text
        if letter_lines.is_call(row):
            if led or shape.words(row.words) <= LABEL_WORDS:
                goes.add(at)
        elif (
            letter_lines.asks_to_act(row)
            or _is_link_below(page, at)
            or (_may_be_button(row) and often[row.words] >= (BUTTONS - 1 if led else BUTTONS))
        ):
            goes.add(at)
    return letter.without(article, page, goes)


@rule("letter-appeal", version=1, kind="boilerplate")
def drop_appeals(article: Article) -> Article:
    """Takes what a newsletter asks its reader outright between its paragraphs: to give, to join; reports of it stay."""
    page = letter.page(article)
    if not page.letter:
        return article
    goes: set[int] = set()
    begun = False
    for paragraph in page.paragraphs(range(len(page.rows))):
        text, words = page.said(paragraph)
        first = page.rows[paragraph[0]]
        above = paragraph[0] - 1
        beside = above in goes or (above >= 0 and letter_lines.asks_to_act(page.rows[above]))
        if begun and first.role not in {"heading", "quote"} and letter_lines.is_plea(text, words, beside=beside):
            goes |= set(paragraph)
            if page.rows[above].role == "heading":
                goes.add(above)  # of the appeal
        begun = begun or letter_lines.is_running(text, words)
    return letter.without(article, page, goes)


@rule("letter-footer", version=2, kind="boilerplate")
def drop_letter_footer(article: Article) -> Article:
    """Takes a newsletter's footer: its last blocks, or last lines, that speak of the mail, its sender or an offer."""
    page = letter.page(article)
    if not page.letter:
        return article
    goes = _sponsored(page)
    blocks = page.blocks()
    last = len(blocks)
    for number, block in reversed(list(enumerate(blocks))):
        if set(block) <= goes or not any(page.rows[at].at for at in block):
            continue  # what is gone already says nothing
        last = number
        if not _is_footer(page, block, goes):
            goes |= set(_last_rows(page, block))
            break
        goes |= set(block)
    for block in blocks[:last]:
        if _asks_alone(page, [at for at in block if at not in goes]):
            goes |= set(block)
    return letter.without(article, page, _with_text_left(page, goes))


@rule("story-label", version=1, kind="boilerplate")
def drop_story_label(article: Article) -> Article:
    """Takes the name of the section above the headline of a story in a digest; other articles keep what they have."""
    if article.parent is None or not article.title:
        return article
    said = {removal.line for removal in article.removed if removal.kind == "title"}
    above = min(said, default=0)
    body = tuple(span for span in article.body if span.line >= above or shape.words(span.text) > LABEL_WORDS)
    return article if len(body) == len(article.body) else replace(article, body=body)


@rule("story-link", version=1, kind="boilerplate")
def drop_story_link(article: Article) -> Article:
    """Takes the line below a story of a digest that leads to all of it, and the bare address of a plain-text one."""
    if article.parent is None or not article.body:
        return article
    last = article.body[-1]
    words = letter.stripped(last.text)
    call = not words or (
        shape.words(words) <= mail_words.CALL_WORDS and linear(mail_words.CALL).fullmatch(plain(words))
    )
    return replace(article, body=article.body[:-1]) if call else article


def _sponsored(page: Page) -> set[int]:
    """The rows of advertisements."""
    found: set[int] = set()
    for at, row in enumerate(page.rows):
        if at in found or len(row.text) > 160 or not linear(mail_words.SPONSOR).fullmatch(plain(row.words)):
            continue
        end = _ruled_end(page, at)
        opened = at == 0 or page.rows[at - 1].ruled or row.text[:3].strip("-=*_~#<>") == ""
        near = end is not None and (opened or (page.letter and end - at <= SHORT_SPONSOR))
        if end is not None and near and _is_of_one_piece(page, at, end):
            found |= set(range(at, end))
        elif page.letter:
            found |= set(_open_sponsor(page, at))
    return found


def _ruled_end(page: Page, start: int) -> int | None:
    """The ruled line that ends an advertisement which begins at `start`; None when none is near."""
    at = start + 1
    while at < len(page.rows) and page.rows[at].ruled:
        at += 1
    for end in range(at, min(len(page.rows), start + SPONSOR_LINES)):
        if page.rows[end].ruled:
            return end
    return None


def _is_of_one_piece(page: Page, start: int, end: int) -> bool:
    """Whether the block is short enough for an advertisement."""
    rows = page.rows[start:end]
    return sum(shape.words(row.words) for row in rows) <= SPONSOR_WORDS


def _open_sponsor(page: Page, start: int) -> Iterator[int]:
    """The rows of an advertisement that no ruled line ends: up to the last one that offers something, or its button."""
    words = 0
    last = start
    for at in range(start + 1, min(len(page.rows), start + 1 + OPEN_SPONSOR_LINES)):
        row = page.rows[at]
        words += shape.words(row.words)
        if words > OPEN_SPONSOR_WORDS or row.ruled or (row.role == "heading" and at > start + 1):
            break
        if letter.leaves(plain(row.text), row.words):
            break
        if letter_lines.is_button(row):
            last = at
            break
        if letter_lines.is_call(row) and row.at and at > start + 1 and not letter_lines.offers(row):
            break  # it leads to the rest of a story: nothing was left of the advertisement but the word for it
        if letter_lines.offers(row):
            last = at
        elif last > start and shape.is_prose(row.text):
            break
        if letter.ends_with_address(row):
            last = at
            break
    if last > start:
        yield from range(start, last + 1)


def _above_text(page: Page) -> Iterator[int]:
    """The rows above a newsletter's first running text that say how to see or leave it, and whom to ask."""
    head: list[int] = []
    for paragraph in page.paragraphs(range(min(len(page.rows), HEAD_ROWS))):
        if letter_lines.is_running(*page.said(paragraph)):
            break
        head += paragraph
    for paragraph in page.paragraphs(head):
        text, words = page.said(paragraph)
        if not words or page.rows[paragraph[0]].role == "heading":
            continue
        if not (letter_lines.is_furniture(text, words) or letter_lines.is_offer(text, words)):
            continue
        if shape.words(words) <= HEAD_WORDS or letter.leaves(text, words):
            yield from paragraph
    yield from (at for at in head if letter_lines.is_logo(page.rows[at]))
    for at in head:
        if linear(_CONTACT_LABEL).fullmatch(plain(page.rows[at].words)):
            below = [n for n in head if at < n <= at + CONTACT_ROWS]
            ends = [n for n in below if letter_lines.is_contact(page.rows[n])]
            yield from range(at, ends[-1] + 1 if ends else at + 1)


def _is_link_below(page: Page, at: int) -> bool:
    """Whether the row is a link of a few words below running text, or the second of two; more of them are a list."""

    def led(number: int) -> bool:
        row = page.rows[number] if number < len(page.rows) else None
        return row is not None and 0 < shape.words(row.words) <= LABEL_WORDS and letter.ends_with_address(row)

    if not led(at) or page.rows[at].role == "heading":
        return False
    first = at - 1 if at and led(at - 1) else at
    last = at + 1 if led(at + 1) else at
    if first == 0 or last - first > 1 or not shape.is_prose(page.rows[first - 1].text):
        return False
    return last + 1 == len(page.rows) or not shape.is_prose(page.rows[last + 1].text)


def _with_text_left(page: Page, goes: set[int]) -> set[int]:
    """What of these rows may go: of a letter that speaks of nothing but itself its paragraphs are the text."""
    rows = page.rows
    if any(shape.is_prose(row.text) for at, row in enumerate(rows) if row.at and at not in goes):
        return goes
    text = {at for at in goes if shape.is_prose(rows[at].text)}
    return goes - {at for at in text if not letter.leaves(plain(rows[at].text), rows[at].words)}


def _may_be_button(row: Row) -> bool:
    """Whether the row looks like one: a few words that neither end a sentence nor announce something."""
    text = row.text.rstrip()
    return (
        bool(row.words)
        and shape.words(row.words) <= BUTTON_LABEL_WORDS
        and not text.endswith((":", ",", "?"))
        and not shape.ends_like_a_sentence(text)
        and not any(character.isdigit() for character in row.words)
    )


def _is_footer(page: Page, block: range, besides: set[int]) -> bool:
    """Whether a block at the end of a newsletter is of the footer: it says so somewhere, and has no running text."""
    said = [page.said(paragraph) for paragraph in page.paragraphs([at for at in block if at not in besides])]
    if len(block) > FOOTER_LINES or sum(shape.words(words) for _, words in said) > FOOTER_WORDS:
        return False
    others = [each for each in said if not _is_of_the_frame(*each)]
    if any(letter_lines.is_running(*each) for each in others):
        return False
    if sum(_is_teaser(*each) for each in others) >= TEASERS and not letter_lines.has_text(page, range(block.start)):
        return False  # a letter of headlines, with a sentence below each
    told = any(letter_lines.is_furniture(*each) or letter_lines.is_request(*each) for each in said)
    if not told:
        buttons = [row for at in block if (row := page.rows[at]).words and letter_lines.is_button(row)]
        named = [row for at in block if (row := page.rows[at]).words and row not in buttons]
        return len(buttons) >= BUTTONS and all(letter_lines.is_label(row) for row in named)
    return told


def _is_of_the_frame(text: str, words: str) -> bool:
    return any(of(text, words) for of in (letter_lines.is_furniture, letter_lines.is_request, letter_lines.is_offer))


def _is_teaser(text: str, words: str) -> bool:
    """Whether the row is a headline, or the short sentence below one: two of them are a digest's text."""
    return shape.words(words) > (LABEL_WORDS if shape.ends_like_a_sentence(text) else LABEL_WORDS + 1)


def _asks_alone(page: Page, rows: list[int]) -> bool:
    """Whether a block between others does nothing but ask something of the reader, or speak of the mail."""
    said = [page.said(paragraph) for paragraph in page.paragraphs(rows)]
    said = [each for each in said if each[1]]
    asked = [each for each in said if letter_lines.is_furniture(*each) or letter_lines.is_request(*each)]
    others = [words for text, words in said if (text, words) not in asked and not letter_lines.is_offer(text, words)]
    return bool(asked) and all(shape.words(words) <= LABEL_WORDS for words in others)


def _last_rows(page: Page, block: range) -> Iterator[int]:
    """The rows at the end of a block that are the footer, and a list of links above them.

    Between two lines of a footer that say what they are stand names and labels that do not. A farewell ends it.
    """
    start = block.stop
    bridged = 0
    for paragraph in reversed(list(page.paragraphs(block))):
        text, words = page.said(paragraph)
        if not words or not any(page.rows[at].at for at in paragraph):
            continue  # an address belongs to what stands above it; what is gone already says nothing
        if any(letter.takes_leave(page.rows[at]) for at in paragraph):
            break
        if letter_lines.is_furniture(text, words) or (
            bridged <= BRIDGED_TO_REQUEST
            and (letter_lines.is_offer(text, words) or letter_lines.is_request(text, words))
        ):
            start = paragraph[0]
            bridged = 0
        elif all(letter_lines.is_button(page.rows[at]) for at in paragraph):
            continue  # of a row of buttons: no text, and no sign of where the footer begins
        elif not bridged and start < block.stop and page.rows[paragraph[-1]].role == "heading":
            start = paragraph[0]  # there is nothing below it but the footer
        else:
            bridged += len(paragraph)
            if bridged > BRIDGED_ROWS or not _is_bridge(text, words):
                break
    above = start
    while above > block.start and letter_lines.is_label(page.rows[above - 1]):
        above -= 1
    yield from range(above if start < block.stop and start - above >= LINK_LIST else start, block.stop)


def _is_bridge(text: str, words: str) -> bool:
    """Whether the line may stand within a footer: a name, a label, a line of an address."""
    count = shape.words(words)
    return count <= LABEL_WORDS or (count <= BRIDGED_WORDS and not shape.ends_like_a_sentence(text))


def _listed_below(page: Page, rows: range) -> Iterator[int]:
    """The rows below a heading that each lead elsewhere: an arrow before them, or an address behind."""
    for at in rows:
        row, following = page.rows[at], page.rows[at + 1] if at + 1 < len(page.rows) else None
        led = row.text.startswith((">", "→", "»", "►")) or not row.words or row.words != letter.bare(row.text)
        wrapped = following is not None and not following.words and bool(following.text.strip())
        if not (led or wrapped) or shape.words(row.words) > related.TEASER_WORDS:
            return
        yield at
