"""What surrounds the text of a newsletter: sponsors' blocks, addresses, the footer from its first line on.

A newsletter tells itself by what it must say: how to leave it. Where its text is plain, ruled lines part it into
blocks, and a block goes as a whole or not at all. A block, or a line at the end, goes when it speaks of the mail,
names an address, or advertises; one paragraph of running text that does none of these keeps its block.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any

from backfile.article import Article, Span
from transforms import mail_words, related, shape
from transforms.pattern import linear, plain, together
from transforms.rule import rule

SPONSOR_LINES = 24  # of an advertisement between ruled lines; hard-wrapped ones of ten newsletters have up to 12
SPONSOR_WORDS = 250
OPEN_SPONSOR_LINES = 5  # of one that no ruled line ends
OPEN_SPONSOR_WORDS = 130
CONTACT_LINES = 10  # of an address between ruled lines above the text
FOOTER_LINES = 60  # of a block at the end of a newsletter
PARAGRAPH_WORDS = 15  # from which wrapped lines together are running text, as `shape.is_prose` has it for one
WRAPPED = range(45, 100)  # characters of a line that may go on in the next one
FURNITURE_WORDS = 80  # of a paragraph of a footer; what is longer is text, whatever it says
OFFER_WORDS = 40  # of an advertisement of the house
FOOTER_WORDS = 300  # of a block of a footer
BANNER_WORDS = 8
BAR_LABELS = 3  # of a row of links
MOST_ROWS = 5_000  # of a text; a longer one is no newsletter
LINK_LIST = 8  # lines of nothing but labels above the footer that are a list of links
LABEL_WORDS = 4
MOST_REPORT_LINES = 60  # of a spam filter's report above a mail

_RULED = r"[^\pL\pN]{2,}"
# A sponsor's line among others, and a ruled one: without both, a text that is no newsletter has no sponsor's block.
# (No counted repetition of a class like [^\pL]: RE2 runs out of memory on it, and searches ten times as long.)
_ANNOUNCED = (
    r"(?mi)^[ *=_#~>|:.-]*(?:from |our |today.?s? |this |paid |a )*(?:sponsor|anzeige|advert|werbung|ad\b|"
    r"together with|presented by|brought to you|in partner|partner content|message from|word from|supported by|"
    r"präsentiert|unterstützt|in kooperation|mit freundlicher|gesponsert|publici|pubblic|reklama)"
)
LEAVING_MARK, SPONSOR_MARK = range(2)  # what a text may have of a newsletter
_RULED_LINE = r"(?m)^[-=_*~#+.•·—–─━═ ]+$"
# How to leave the list, or why the mail came. People unsubscribe in news, too: there nobody is told how.
_LEAVE = (
    r"(?i)(?:^|[.!?|•:(>] ?)(?:to )?unsubscribe\b|\b(?:click (?:here )?to|please|you (?:can|may)|links? to|page to|"
    r"(?:want|wish|like|how) to) (?:\w+ or )?unsubscribe\b|"
    r"\bunsubscribe (?:here|at any time|from (?:this|these|our|your)|link|instructions)|"
    r"\b(?:manage|change|update|edit) (?:my |your )?(?:e-?mail )?(?:subscriptions?|preferences)\b|"
    r"\byou(?:'re| are) (?:receiving|getting) this|\byou (?:have )?received this (?:e-?mail|newsletter|message)|"
    r"\byou(?:'re| are) subscribed|\bthis (?:e-?mail|newsletter|message) was (?:sent|delivered) to|"
    r"\byou (?:no longer|do not|don't) (?:want|wish) to (?:receive|get) (?:future |these |this |any )?(?:e-?mails?|"
    r"newsletters?|messages|updates)|\bfor subscription changes\b|"
    r"\bsie (?:erhalten|bekommen) diese[ns]? (?:newsletter|e-?mail|mail|nachricht)|"
    r"\bdiese[rs]? (?:newsletter|e-?mail|mail|nachricht) (?:wurde|ist|geht|ging)\b.{0,60}\b(?:an|versendet|gesendet)\b|"
    r"vous recevez cet(?:te)? (?:lettre|e-?mail|message|newsletter)|recibes? este (?:correo|boletín)"
)
# The same where it is said to the reader, or is a link's few words.
_LEAVING = (
    r"(?i)\bremoved from (?:this|our|the) (?:mailing )?list|"
    r"\b(?:newsletter|e-?mails?|mails|abo) (?:wieder |einfach )?ab(?:zu)?(?:bestellen|melden)|"
    r"\bvom newsletter ab|\bnewsletter .{0,40}\b(?:abbestellen|abmelden|abzumelden|abzubestellen)\b|"
    r"\baus (?:der|dem|unserer|unserem) (?:liste|verteiler|mailverteiler) (?:aus|löschen|loeschen|entfernen)|"
    r"\b(?:möchten|wollen) .{0,60}nicht (?:mehr|länger) (?:erhalten|bekommen|empfangen)\b|"
    r"\b(?:keine|nicht) .{0,40}(?:mehr|länger) (?:erhalten|bekommen|empfangen) (?:möchten|wollen)\b|"
    r"\b(?:hier|jetzt) ab(?:melden|bestellen)\b|"
    r"désinscri|désabonn|\bdarse de baja|\bcancelar (?:la |su )?suscripci|\bdisiscri|cancellati dalla|"
    r"\buitschrijven|\bwypisz|\brezygn.{0,30}newsletter|cancelar (?:a )?(?:subscrição|assinatura|inscrição)"
)
_TOLD = r"(?i)://|@|\b(?:please|click|here|bitte|klick\w*|hier|link|cliquez|ici|aquí|clic|qui|tutaj|aqui)\b"
_LEAVE_BRIEFLY = (
    r"(?i)\W*(?:(?:hier |jetzt |newsletter )?(?:abmelden|abbestellen|austragen)|opt[ -]out|remove me|stop)\W*"
)
_CONTACT = (
    r"(?i)(?:\b(?:tel|telefon|phone|fax|telefax|voice|fon|mobil)\b\.?:? ?[+(\d]|\bmailto:|"
    r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b|\bp\. ?o\. ?box\b|\bpostfach \d|"
    r"\b\d{1,5} (?:[\pL.']+ )?(?:[\pL.']+ )?[\pL.']+ (?:st|street|ave|avenue|road|rd|blvd|lane|suite|floor)\b|"
    r"(?-i:\b[A-Z]{2} \d{5}\b)|(?:straße|strasse|str\.|weg|platz|allee|gasse|ufer|damm) \d{1,4}\b|"
    r"(?-i:\b\d{5} \p{Lu}\p{L}+))"
)
_LEGAL = (
    r"(?i)\bcopyright (?:\(c\)|©|(?:19|20)\d\d|by)|©|\(c\) (?:19|20)\d\d|all rights reserved|alle rechte vorbehalten|"
    r"\bimpressum\b|\bust-?id|\bhrb \d|\bv\.i\.s\.d\.p|\bvertretungsberechtigt"
)
# What an advertisement asks its reader to do; a price alone is none.
_OFFER = (
    r"(?i)\b(?:check out|sign up|join (?:us|the|our|now)|shop now|buy now|order now|try (?:it|one|now|for free)|"
    r"get (?:\d+ ?%|free|yours|started)|apply (?:now|for|today)|register (?:now|today|here)|"
    r"download (?:it|now|our|the free)|click here|learn more|book (?:now|your)|"
    r"special offers?|promo code|use (?:the )?code|free trial|win (?:tickets|a|one)|request a demo|"
    r"jetzt .{0,60}\b(?:bestellen|kaufen|testen|sichern|buchen|anmelden|informieren|bewerben|"
    r"registrieren|entdecken|abonnieren)|hier (?:klicken|bestellen|buchen)|gutschein|gratis|probeabo|"
    r"kostenlos (?:testen|anmelden)|mehr erfahren)\b|\b\d{1,2} ?% (?:off|rabatt|discount)|\bprozent (?:rabatt|auf alle)"
)
# What a letter asks of its reader in a sentence about itself.
_REQUEST = (
    r"(?i)\b(?:please|send|click|visit|contact|reply|forward|share|subscribe|sponsor|support|write to|tell a friend|"
    r"follow|add|bitte|klicken|senden|schreiben|schicken|antworten|besuchen|wenden|empfehlen|unterstützen|folgen|leiten|"
    r"veuillez|cliquez|écrivez|haga clic|escríbanos)"
)
_OF_THE_LETTER = (
    r"(?i)\b(?:newsletters?|e-?mails?|mailing list|inbox|subscri(?:be|ption|ptions|bers?)|feedback|referrals?|"
    r"abonnement|posteingang|spam folder|rundbrief|verteiler)\b"
)
_LABELLED = (
    r"(?i)(?:\W*\b(?:subscribe|sign up|sign in|log ?in|submit a tip|submit a story|advertise|archives?|share|forward|"
    r"read online|view online|listen|home ?page|website|abonnieren|anmelden|archiv|weiterempfehlen|teilen|online lesen|"
    r"facebook|twitter|instagram|linkedin|youtube|whatsapp|telegram|bluesky|mastodon|threads)\b\W*)+"
)
_BANNER = r"(?i)\b(?:banner|logo|header image)\b"
_BARS = r"\s*[|•·]\s*"
_ADDRESS = r"(?i)[(<\[]?\s*\b(?:https?://|mailto:|www\.)[^\s<>)\]]+\s*[)>\]]?"
_SPAM_MARK = r"SPAM: .*|SPAM:"
_SPAM_REPORT = r"(?i)spam detection software, running on the system .*"
_SPAM_SCORE = r"\s*-?\d+\.\d\s+[A-Z][A-Z0-9_]{3,}\b.*"
_ORNAMENTS = " *=-_~#+>•·|:.<"


@dataclass(frozen=True, slots=True)
class _Row:
    """An extracted line: what it said in full, and which spans of the body are left of it."""

    text: str
    words: str  # without addresses and ornaments
    at: tuple[int, ...]  # positions in the body; empty when all of it is gone
    role: str

    @property
    def ruled(self) -> bool:
        return linear(_RULED).fullmatch(self.text) is not None


@dataclass(frozen=True, slots=True)
class _Page:
    """All lines of a newsletter, also those that other rules took already."""

    rows: tuple[_Row, ...]
    letter: bool  # it says how to leave it

    def blocks(self) -> list[range]:
        """The stretches between ruled lines, the ruled lines left out; an ornamented heading begins a block."""
        cuts = [number for number, row in enumerate(self.rows) if row.ruled]
        edges = [-1, *cuts, len(self.rows)]
        return [range(a + 1, b) for a, b in pairwise(edges) if b > a + 1]


class _Reading:
    """The page of the article that was asked for last: several rules ask for the same one."""

    def __init__(self) -> None:
        self._last: tuple[tuple[Span, ...], _Page] | None = None

    def page(self, article: Article) -> _Page:
        last = self._last
        if last is None or last[0] is not article.body:
            last = (article.body, _page(article))
            self._last = last
        return last[1]


_reading = _Reading()


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


@rule("sponsor-block", version=1, kind="boilerplate")
def drop_sponsor_block(article: Article) -> Article:
    """Takes a block between ruled lines that says it is an advertisement; in a newsletter one that offers and ends."""
    page = _reading.page(article)
    return _without(article, page, _sponsored(page))


@rule("letter-contact", version=1, kind="boilerplate")
def drop_contact_block(article: Article) -> Article:
    """Takes the sender's address between ruled lines above a newsletter's text; a block with running text stays."""
    page = _reading.page(article)
    if not page.letter:
        return article
    goes: set[int] = set()
    blocks = page.blocks()
    for block in blocks[:-1]:
        if _has_text(page, block, goes):
            break
        if len(block) <= CONTACT_LINES and any(_is_contact(page.rows[at]) for at in block):
            goes |= set(block)
    return _without(article, page, goes)


@rule("letter-links", version=1, kind="boilerplate")
def drop_link_rows(article: Article) -> Article:
    """Takes rows of a newsletter that are labels of links alone: bars, banners, lists under `More on this topic`."""
    page = _reading.page(article)
    if not page.letter:
        return article
    bars = (at for at, row in enumerate(page.rows) if _is_link_bar(plain(row.text), row.words))
    goes = {at for at in bars if shape.words(page.rows[at].words) > 1}  # `Website: …` alone may be an entry of a list
    for block in page.blocks():
        for at in block:
            text = plain(page.rows[at].words)
            if len(text) > related.LONGEST_HEADING or not linear(related.HEADING).fullmatch(text):
                continue
            below = list(_listed_below(page, range(at + 1, block.stop)))
            if below:
                goes |= {at, *below}
    return _without(article, page, goes)


@rule("letter-footer", version=1, kind="boilerplate")
def drop_letter_footer(article: Article) -> Article:
    """Takes a newsletter's footer: its last blocks, or last lines, that speak of the mail, its sender or an offer."""
    page = _reading.page(article)
    if not page.letter:
        return article
    goes = _sponsored(page)
    for block in reversed(page.blocks()):
        if set(block) <= goes or not any(page.rows[at].at for at in block):
            continue  # what is gone already says nothing
        if not _is_footer(page, block, goes):
            goes |= set(_last_rows(page, block))
            break
        goes |= set(block)
    return _without(article, page, goes)


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
    words = _stripped(last.text)
    call = not words or (
        shape.words(words) <= mail_words.CALL_WORDS and linear(mail_words.CALL).fullmatch(plain(words))
    )
    return replace(article, body=article.body[:-1]) if call else article


def _page(article: Article) -> _Page:
    """The page of an article; an empty one when nothing in it can be told to be a newsletter's."""
    pieces: list[tuple[int, int, str, int, str]] = [
        (span.line, span.start, span.text, at, span.role) for at, span in enumerate(article.body)
    ]
    pieces += [(removal.line, removal.start, removal.text, -1, "") for removal in article.removed]
    if len(pieces) > MOST_ROWS:
        return _Page((), letter=False)
    whole = _flat("\n".join(piece[2] for piece in pieces))
    said = _marks().matching(whole)  # one look for all: most articles have none of them
    leaving = LEAVING_MARK in said
    if not leaving and not (said and linear(_RULED_LINE).search(whole)):
        return _Page((), letter=False)
    rows: list[_Row] = []
    last = -1
    for line, _, text, at, role in sorted(pieces, key=lambda piece: piece[:2]):
        here = (at,) if at >= 0 else ()
        if line == last:
            before = rows[-1]
            said = before.text + text
            rows[-1] = _Row(said, _stripped(said), before.at + here, before.role or role)
        else:
            rows.append(_Row(text, _stripped(text), here, role))
        last = line
    return _Page(tuple(rows), leaving and any(_leaves(plain(row.text), row.words) for row in rows))


@cache
def _marks() -> Any:
    stated = [(LEAVING_MARK, f"(?m){_LEAVE}"), (LEAVING_MARK, _LEAVING), (SPONSOR_MARK, _ANNOUNCED)]
    return together(stated, anywhere=True)


def _flat(text: str) -> str:
    """As `plain`, as far as the patterns above need it: that takes a hundred times as long for a whole text."""
    text = text.replace("’", "'").replace("\u00a0", " ")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _stripped(text: str) -> str:
    return str(linear(_ADDRESS).sub(" ", plain(text))).strip(_ORNAMENTS)


def _without(article: Article, page: _Page, goes: set[int]) -> Article:
    """The article without what is left of these rows."""
    places = {place for at in goes for place in page.rows[at].at}
    if not places:
        return article
    return replace(article, body=tuple(span for at, span in enumerate(article.body) if at not in places))


def _sponsored(page: _Page) -> set[int]:
    """The rows of advertisements."""
    found: set[int] = set()
    for at, row in enumerate(page.rows):
        if at in found or len(row.text) > 160 or not linear(mail_words.SPONSOR).fullmatch(plain(row.words)):
            continue
        end = _ruled_end(page, at)
        opened = at == 0 or page.rows[at - 1].ruled or row.text[:3].strip("-=*_~#") == ""
        if end is not None and (opened or page.letter) and _is_of_one_piece(page, at, end):
            found |= set(range(at, end))
        elif page.letter:
            found |= set(_open_sponsor(page, at))
    return found


def _ruled_end(page: _Page, start: int) -> int | None:
    """The ruled line that ends an advertisement which begins at `start`; None when none is near."""
    at = start + 1
    while at < len(page.rows) and page.rows[at].ruled:
        at += 1
    for end in range(at, min(len(page.rows), start + SPONSOR_LINES)):
        if page.rows[end].ruled:
            return end
    return None


def _is_of_one_piece(page: _Page, start: int, end: int) -> bool:
    """Whether the block is short enough, and has no headline of its own in its midst."""
    rows = page.rows[start:end]
    return sum(shape.words(row.words) for row in rows) <= SPONSOR_WORDS


def _open_sponsor(page: _Page, start: int) -> Iterator[int]:
    """The rows of an advertisement that no ruled line ends: up to the last one that offers something."""
    words = 0
    last = start
    for at in range(start + 1, min(len(page.rows), start + 1 + OPEN_SPONSOR_LINES)):
        row = page.rows[at]
        words += shape.words(row.words)
        if words > OPEN_SPONSOR_WORDS or (row.role == "heading" and at > start + 1):
            break
        if _offers(row):
            last = at
    if last > start:
        yield from range(start, last + 1)


def _offers(row: _Row) -> bool:
    return linear(_OFFER).search(plain(row.text)) is not None


def _is_contact(row: _Row) -> bool:
    return any(linear(each).search(plain(row.text)) for each in (_CONTACT, _LEGAL))


def _leaves(text: str, words: str) -> bool:
    """Whether the text tells its reader how to leave the list, or why the mail came."""
    if linear(_LEAVE).search(text):
        return True
    if not linear(_LEAVING).search(text):
        return False
    told = linear(_TOLD).search(text) or linear(mail_words.TO_THE_READER).search(words)
    return told is not None or shape.words(words) <= LABEL_WORDS


def _is_furniture(text: str, words: str) -> bool:
    """Whether a row or paragraph has a footer's words. `words` are its text without addresses."""
    count = shape.words(words)
    if count > FURNITURE_WORDS:
        return False
    if _leaves(text, words) or linear(_LEAVE_BRIEFLY).fullmatch(words) or linear(_LEGAL).search(text):
        return True
    asked = count <= OFFER_WORDS and linear(_REQUEST).search(words) is not None
    if linear(_CONTACT).search(text) and (asked or not shape.is_prose(text)):
        return True  # news name addresses, too, in sentences
    if _is_bar(words) or _is_link_bar(text, words):
        return True
    if not linear(_OF_THE_LETTER).search(words):
        return False
    return count <= 2 * LABEL_WORDS or (
        linear(mail_words.TO_THE_READER).search(words) is not None and linear(_REQUEST).search(words) is not None
    )


def _is_offer(text: str, words: str) -> bool:
    """Whether a paragraph is an advertisement of the house: it asks for something, and speaks to the reader."""
    if shape.words(words) > OFFER_WORDS or not linear(_OFFER).search(text):
        return False
    return "!" in text or "://" in text or linear(mail_words.TO_THE_READER).search(words) is not None


def _is_bar(words: str) -> bool:
    labels = [label for label in linear(_BARS).split(words) if label]
    return len(labels) >= BAR_LABELS and all(shape.words(label) <= LABEL_WORDS for label in labels)


def _is_link_bar(text: str, words: str) -> bool:
    """Whether the row is labels of links, or the name of a banner, with their addresses spelled out."""
    led = "://" in text or "mailto:" in text
    if not words or not (led or len(linear(_BARS).split(words)) > 1):
        return False
    count = shape.words(words)
    if led and count <= BANNER_WORDS and linear(_BANNER).search(words):
        return True
    return count <= BANNER_WORDS and linear(_LABELLED).fullmatch(words) is not None


def _paragraphs(page: _Page, block: Sequence[int]) -> Iterator[list[int]]:
    """The rows of a block with those together that are wrapped."""
    held: list[int] = []
    for at in block:
        before = page.rows[held[-1]].text if held else ""
        row = page.rows[at]
        goes_on = len(before) in WRAPPED and not shape.ends_like_a_sentence(before) and row.words
        if held and (not goes_on or linear(_LEAVE).match(plain(row.text))):
            yield held
            held = []
        held.append(at)
    if held:
        yield held


def _said(page: _Page, paragraph: Sequence[int]) -> tuple[str, str]:
    """A paragraph's text, and its words without addresses."""
    rows = [page.rows[at] for at in paragraph]
    return plain(" ".join(row.text for row in rows)), " ".join(row.words for row in rows).strip()


def _is_running(page: _Page, paragraph: Sequence[int]) -> bool:
    """Whether the rows together are running text of an article: nothing of the mail, no address, no offer."""
    text, words = _said(page, paragraph)
    if shape.words(words) < PARAGRAPH_WORDS:
        return False
    return not (_is_furniture(text, words) or _is_offer(text, words))


def _has_text(page: _Page, block: Sequence[int], besides: set[int]) -> bool:
    rows = [at for at in block if at not in besides]
    return any(_is_running(page, paragraph) for paragraph in _paragraphs(page, rows))


def _is_footer(page: _Page, block: range, besides: set[int]) -> bool:
    """Whether a block at the end of a newsletter is of the footer: it says so somewhere, and has no running text."""
    said = [_said(page, paragraph) for paragraph in _paragraphs(page, [at for at in block if at not in besides])]
    if len(block) > FOOTER_LINES or sum(shape.words(words) for _, words in said) > FOOTER_WORDS:
        return False
    return any(_is_furniture(*each) for each in said) and not _has_text(page, block, besides)


def _last_rows(page: _Page, block: range) -> Iterator[int]:
    """The rows at the end of a block that are the footer, and a list of links above them."""
    start = block.stop
    for paragraph in reversed(list(_paragraphs(page, block))):
        text, words = _said(page, paragraph)
        if not words or not any(page.rows[at].at for at in paragraph):
            continue  # an address belongs to what stands above it; what is gone already says nothing
        if not (_is_furniture(text, words) or _is_offer(text, words)):
            break
        start = paragraph[0]
    above = start
    while above > block.start and _is_label(page.rows[above - 1]):
        above -= 1
    yield from range(above if start < block.stop and start - above >= LINK_LIST else start, block.stop)


def _is_label(row: _Row) -> bool:
    text = row.words
    if not text or shape.words(text) > LABEL_WORDS or text != row.text.strip(" :."):
        return False
    return not shape.ends_like_a_sentence(row.text) or row.text.endswith("?")


def _listed_below(page: _Page, rows: range) -> Iterator[int]:
    """The rows below a heading that each lead elsewhere: an arrow before them, or an address behind."""
    for at in rows:
        row, following = page.rows[at], page.rows[at + 1] if at + 1 < len(page.rows) else None
        led = row.text.startswith((">", "→", "»", "►")) or not row.words or row.words != _bare(row.text)
        wrapped = following is not None and not following.words and bool(following.text.strip())
        if not (led or wrapped) or shape.words(row.words) > related.TEASER_WORDS:
            return
        yield at


def _bare(text: str) -> str:
    return plain(text).strip(_ORNAMENTS)
