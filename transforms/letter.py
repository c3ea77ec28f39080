"""A newsletter as a page: its rows, also those that rules took already, and what tells that it is one.

A newsletter tells itself by what it must say: how to leave it, or why it came. A mail may say it in its header instead
(`mail-newsletter`). Several rules ask for the page of the same article, so the last one is kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any

from backfile.article import Article, Span
from transforms import mail_words, shape
from transforms.pattern import linear, plain, together

MOST_ROWS = 5_000  # of a text; a longer one is no newsletter
WRAPPED = range(45, 100)  # characters of a line that may go on in the next one
LONG_SHARE = 4  # such lines for each longer one, from which on a letter is hard-wrapped
LABEL_WORDS = 4

_RULED = r"[^\pL\pN]{2,}"
# A sponsor's line among others, and a ruled one: without both, a text that is no newsletter has no sponsor's block.
# (No counted repetition of a class like [^\pL]: RE2 runs out of memory on it, and searches ten times as long.)
_ANNOUNCED = (
    r"(?mi)^[ *=_#~<>|:.-]*(?:from |our |today.?s? |this |paid |a |visit |thanks to )*(?:sponsor|anzeige|"
    r"advert|werbung|ad\b|"
    r"together with|presented by|brought to you|in partner|partner content|message from|word from|supported by|"
    r"präsentiert|unterstützt|in kooperation|mit freundlicher|gesponsert|publici|pubblic|reklama)"
)
_RULED_SIGNS = "-=_*~#+.:•·—–─━═ \u00a0"
# How to leave the list, or why the mail came. People unsubscribe in news, too: there nobody is told how.
_LEAVE = (
    r"(?i)(?:^|[.!?|•:(>] ?)(?:to )?(?:subscribe or )?unsubscribe\b|\b(?:click (?:here )?to|please|you (?:can|may)|"
    r"links? to|page to|(?:want|wish|like|how) to) (?:\w+ or )?unsubscribe\b|"
    r"\bunsubscribe (?:here|at any time|from (?:this|these|our|your)|link|instructions)|(?-i:\bTo unsubscribe\b)|"
    r"\b(?:manage|change|update|edit) (?:my |your )?(?:e-?mail )?(?:subscriptions?|preferences)\b|"
    r"\byou(?:'re| are) (?:receiving|getting) (?:this|these|our)|"
    r"\byou(?:'ve| have)? received this (?:e-?mail|newsletter|message)|"
    r"\byou are receiving (?:\w+ ){0,4}(?:e-?mails?|newsletters?|notifications?|alerts)\b|"
    r"\byou(?:'re| are) (?:currently )?subscribed|"
    r"\bthis (?:e-?mail|newsletter|message) (?:was|is) (?:sent|delivered|intended|addressed|mailed) (?:to|for)\b|"
    r"\byou (?:no longer|do not|don't|would rather not) (?:want|wish)? ?(?:to )?(?:receive|get) "
    r"(?:future |these |this |any |more |further )*(?:e-?mails?|newsletters?|messages|updates|mailings)|"
    r"\bstop receiving (?:these|this|our|future|the)\b|\bto get off (?:this|our|the) list\b|"
    r"\bto be (?:removed|taken off)\b|\bremove (?:yourself|your (?:name|e-?mail|address))\b|"
    r"\bopt[ -]out of (?:th|our|fut)|"
    r"\bfor subscription changes\b|\byour subscription is addressed\b|\brather not receive\b|"
    r"(?:edit|manage|view all|cancel) (?:this|your|my) alerts?\b|/mailman/listinfo|\b(?:majordomo|listserv)@|"
    r"[-+](?:unsubscribe|leave|off)@|"
    r"\b(?:not wish|not want|prefer not|rather not|not like) to (?:receive|get|hear) .{0,40}"
    r"\b(?:communications|mailings|e-?mails|newsletters?|messages|updates|from us)\b|"
    r"(?:^|[|•·] ?)(?:newsletter )?(?:abbestellen|abmelden|austragen|se désabonner|me désabonner|darse de baja|"
    r"disiscriviti|uitschrijven|afmelden) ?[(<\[]?(?:https?://|[|•·])|^\W*(?:abbestellen|se désabonner|"
    r"me désinscrire)\W*$|"
    r"\b(?:was|is) this (?:e-?mail|newsletter) forwarded\b|\bforwarded this (?:e-?mail|newsletter)\?|"
    r"\bview (?:(?:this|the) )?(?:e-?mail|newsletter|message|post|issue|it)? ?(?:in (?:your |a )?browser|on the web)\b|"
    r"\bview this (?:e-?mail|newsletter|message) online\b|\b(?:newsletter|e-?mail|"
    r"mail)? ?im browser (?:ansehen|anzeigen|"
    r"lesen|öffnen)\b|\bim web (?:ansehen|lesen)\b|\byou just read issue\b|"
    r"https?://\S*(?:unsub|opt-?out|abmeld|desinscri|désinscri)|\b(?:take|taken) (?:you )?off (?:our|this|the) "
    r"(?:mailing )?list\b|\bthis message was issued to\b|"
    r"\bwhy (?:am i|did i|are you|you are) (?:getting|get|receive|receiving) this\b|\b(?:mailing|"
    r"contact) preferences\b|"
    r"\b(?:sent|sending (?:it|this)) to you because\b|\byou(?:'re| are) on (?:this|our|the) (?:mailing |"
    r"e-?mail )?list\b|"
    r"\bprefer fewer e-?mails\b|\bno longer want (?:these|this|our|to)\b|\bremove me from\b|"
    r"\bkeine (?:post|nachrichten|infos|informationen) mehr von uns\b|\b(?:kein interesse|keine lust) mehr\?|"
    r"\bweil (?:sie|du|ihr) .{0,60}\b(?:angemeldet|eingetragen|abonniert|registriert) (?:haben|hast|habt)\b|"
    r"\baus (?:dem|unserem) verteiler\b|\babmeldelink\b|"
    r"\b(?:du|ihr) (?:erhältst|bekommst|kriegst|erhaltet|bekommt) diese[ns]?\b|\babmeldung vom\b|"
    r"\banmelden (?:und|oder) abmelden\b|\bin unserem (?:newsletter-?)?verteiler\b|"
    r"\bsie (?:erhalten|bekommen) diese[ns]? (?:newsletter|e-?mail|mail|nachricht)|"
    r"\bsie haben diese[ns]? (?:newsletter|e-?mail|mail|nachricht) erhalten|"
    r"\bdiese[rs]? (?:newsletter|e-?mail|mail|nachricht) (?:wurde|ist|geht|ging)\b.{0,60}\b(?:an|versendet|gesendet|"
    r"versandt|verschickt)\b|"
    r"vous recevez (?:cet(?:te)?|ce) (?:lettre|e-?mail|message|newsletter|mail|courriel)|"
    r"(?:recibe|recibes|ha recibido|has recibido) este (?:correo|boletín|mensaje|e-?mail)|"
    r"(?:ricevi|hai ricevuto|ha ricevuto) questa (?:e-?mail|newsletter|mail)|"
    r"\b(?:u|je) ontvang(?:t|st)? deze (?:e-?mail|nieuwsbrief|mail)"
)
# The same where it is said to the reader, or is a link's few words.
_LEAVING = (
    r"(?i)\bremoved from (?:this|our|the) (?:mailing )?list|"
    r"\b(?:newsletter|e-?mails?|mails|abo) (?:wieder |einfach )?ab(?:zu)?(?:bestellen|melden)|"
    r"\bvom newsletter ab|\bnewsletter .{0,40}\b(?:abbestellen|abmelden|abzumelden|abzubestellen)\b|"
    r"\bnewsletter .{0,40}nicht (?:mehr|länger|laenger) (?:beziehen|erhalten|bekommen|empfangen|lesen)\b|"
    r"\baus (?:der|dem|unserer|unserem) \p{L}*(?:liste|verteiler) (?:aus|ab|löschen|loeschen|entfernen)|"
    r"\b(?:möchten|wollen|moechten|möchtest|willst|wünschen|wuenschen) .{0,60}nicht (?:mehr|länger) "
    r"(?:erhalten|bekommen|empfangen)\b|"
    r"\b(?:keine|nicht) .{0,40}(?:mehr|länger) (?:erhalten|bekommen|empfangen|beziehen) (?:möchten|wollen|möchtest|"
    r"willst|moechten)\b|\bkeine (?:e-?mails?|mails|newsletter) mehr von uns\b|"
    r"\b(?:hier|jetzt) ab(?:melden|bestellen)\b|"
    r"\bzum (?:abbestellen|abmelden) .{0,40}\b(?:schicken|senden|klicken|mail)|"
    r"désinscri|désabonn|\bne plus recevoir\b|\bdarse de baja|\bdar(?:te|se) de baja|"
    r"\bcancelar (?:la |su |tu )?suscripci|\bdisiscri|cancellati dalla|\bcancella (?:l')?iscrizione|"
    r"\buitschrijven|\bafmelden\b|\bmeld (?:u|je) .{0,20}\baf\b|\bwypisz|\brezygn.{0,30}newsletter|"
    r"cancelar (?:a )?(?:subscrição|assinatura|inscrição)"
)
_TOLD = r"(?i)://|@|\b(?:please|click|here|bitte|klick\w*|hier|link|cliquez|ici|aquí|clic|qui|tutaj|aqui|hier)\b"
# How a letter ends above its signature.
_FAREWELL = (
    r"(?i)\W*(?:(?:(?:mit|viele|vielen|herzliche|herzlichen|liebe|lieben|beste|besten|schöne|schönen|freundliche|"
    r"freundlichen|sportliche|solidarische|kollegiale|sonnige|frohe|winterliche|und) )*(?:grüße|grüßen|grüsse|gruß|"
    r"gruss|gruesse|gruessen)(?: .{0,40})?|mit .{0,25}(?:gruß|grüßen|dank)|herzlich(?:st)?|ihr|ihre|euer|eure|"
    r"dein|deine|(?:ihr|ihre|euer|"
    r"eure) .{2,40}|"
    r"bis (?:bald|morgen|dann|nächste|zum nächsten|dahin|zur nächsten).{0,30}|"
    r"(?:einen |ein )?(?:schönen?|guten|angenehmen) .{2,30}\bwünsch(?:t|en)\b.{0,30}|.{2,20} wünsch(?:t|en)(?: ihnen)?|"
    r"yours|yours (?:sincerely|truly|faithfully|ever|in .{2,30}|from .{2,40}|,? .{2,30})|sincerely(?: yours)?|"
    r"(?:with |my |our )*(?:best|kind|kindest|warm|warmest|fond|many)(?: (?:regards|wishes|thanks))?|"
    r"with (?:\w+ ){0,2}(?:gratitude|thanks|love|appreciation|hope|affection)|love|much love|cheers|regards|"
    r"ciao|peace|onward|warmly|in solidarity|gratefully|talk soon|take care|"
    r"(?:see|talk to|write) you (?:next|soon|tomorrow|on|then|in|again)\b.{0,30}|until (?:next|then|tomorrow|friday|"
    r"monday|tuesday|wednesday|thursday|saturday|sunday|soon)\b.{0,20}|mind yourselves|"
    r"(?:bien )?cordialement|bien à vous|amicalement|à (?:demain|bientôt|la semaine).{0,20}|bonne (?:journée|soirée|"
    r"lecture|semaine).{0,20}|bon (?:week-end|dimanche).{0,10}|un (?:abrazo|saludo).{0,20}|saludos.{0,20}|"
    r"hasta (?:la|el|pronto|mañana).{0,30}|a presto|un saluto|cordiali saluti|buona (?:giornata|lettura).{0,20}|"
    r"(?:met |hartelijke |vriendelijke )*groet(?:en|jes)?|tot (?:morgen|volgende|snel).{0,20})[\s,.!–-]*"
)
_SIGNED = r"\s*-{1,2} ?\p{Lu}[\pL.]+(?: \p{Lu}[\pL.]+){0,2}\s*"  # `— Mo`; hyphens as `plain` has them
FAREWELL_WORDS = 7
_ADDRESS = r"(?i)[(<\[]?\s*\b(?:https?://|mailto:|www\.)[^\s<>)\]]+\s*[)>\]]?"
_LED = r"(?i)(?:https?://|mailto:|www\.)[^\s<>)\]]+\s*[)>\]]?\s*$"
_ORNAMENTS = " *=-_~#<>+•·|:."


@dataclass(frozen=True, slots=True)
class Row:
    """An extracted line: what it said in full, and which spans of the body are left of it."""

    text: str
    words: str  # without addresses and ornaments
    at: tuple[int, ...]  # positions in the body; empty when all of it is gone
    role: str

    @property
    def ruled(self) -> bool:
        """Whether it is a line of hyphens or the like."""
        return linear(_RULED).fullmatch(self.text) is not None


@dataclass(frozen=True, slots=True)
class Page:
    """All lines of a newsletter, also those that other rules took already."""

    rows: tuple[Row, ...]
    letter: bool  # it says how to leave it
    wrapped: bool = False  # its paragraphs are several rows each

    def blocks(self) -> list[range]:
        """The stretches between ruled lines, the ruled lines left out; an ornamented heading begins a block."""
        cuts = [number for number, row in enumerate(self.rows) if row.ruled]
        edges = [-1, *cuts, len(self.rows)]
        return [range(a + 1, b) for a, b in pairwise(edges) if b > a + 1]

    def paragraphs(self, rows: Sequence[int]) -> Iterator[list[int]]:
        """The rows with those together that are wrapped."""
        held: list[int] = []
        for at in rows:
            before = self.rows[held[-1]].text if held else ""
            row = self.rows[at]
            goes_on = row.words and self._goes_on(before, row.text) and not linear(_LEAVE).match(plain(row.text))
            if held and not goes_on:
                yield held
                held = []
            held.append(at)
        if held:
            yield held

    def _goes_on(self, line: str, following: str) -> bool:
        """Whether a line was wrapped and goes on in the next; behind an address only a small letter says so."""
        if len(line) not in WRAPPED or len(following) >= WRAPPED.stop or shape.ends_like_a_sentence(line):
            return False
        return following[:1].islower() or (self.wrapped and not linear(_LED).search(plain(line)))

    def said(self, paragraph: Sequence[int]) -> tuple[str, str]:
        """A paragraph's text, and its words without addresses."""
        rows = [self.rows[at] for at in paragraph]
        return plain(" ".join(row.text for row in rows)), " ".join(row.words for row in rows).strip()


class _Reading:
    """The page of the article that was asked for last: several rules ask for the same one."""

    def __init__(self) -> None:
        self._last: tuple[tuple[Span, ...], Page] | None = None

    def page(self, article: Article) -> Page:
        last = self._last
        if last is None or last[0] is not article.body:
            last = (article.body, _page(article))
            self._last = last
        return last[1]


_reading = _Reading()


def page(article: Article) -> Page:
    """The page of an article; an empty one when nothing in it can be told to be a newsletter's."""
    return _reading.page(article)


def without(article: Article, read: Page, goes: set[int]) -> Article:
    """The article without what is left of these rows."""
    places = {place for at in goes for place in read.rows[at].at}
    if not places:
        return article
    return replace(article, body=tuple(span for at, span in enumerate(article.body) if at not in places))


def ends_with_address(row: Row) -> bool:
    """Whether the row's last word is a web or mail address."""
    return linear(_LED).search(plain(row.text)) is not None


def takes_leave(row: Row) -> bool:
    """Whether the row is what a letter says above its signature."""
    if shape.words(row.words) > FAREWELL_WORDS:
        return False
    said = linear(_FAREWELL).fullmatch(plain(row.words)) or linear(_SIGNED).fullmatch(plain(row.text))
    return said is not None


def leaves(text: str, words: str) -> bool:
    """Whether the text tells its reader how to leave the list, or why the mail came."""
    if linear(_LEAVE).search(text):
        return True
    if not linear(_LEAVING).search(text):
        return False
    told = linear(_TOLD).search(text) or linear(mail_words.TO_THE_READER).search(words)
    return told is not None or shape.words(words) <= LABEL_WORDS


def stripped(text: str) -> str:
    """The words of a row: without addresses, and without ornaments at the edges."""
    return str(linear(_ADDRESS).sub(" ", plain(text))).strip(_ORNAMENTS)


def bare(text: str) -> str:
    """The text without ornaments at the edges, its addresses included."""
    return plain(text).strip(_ORNAMENTS)


def _page(article: Article) -> Page:
    pieces: list[tuple[int, int, str, int, str]] = [
        (span.line, span.start, span.text, at, span.role) for at, span in enumerate(article.body)
    ]
    pieces += [(removal.line, removal.start, removal.text, -1, "") for removal in article.removed]
    if len(pieces) > MOST_ROWS:
        return Page((), letter=False)
    whole = _flat("\n".join(piece[2] for piece in pieces))
    stated = any(sign.field == "mail-newsletter" for sign in article.signs)
    leaving = bool(_leaving().matching(whole))  # one look for all: most articles have none of them
    if not (leaving or stated):
        ruled = any(not text.strip(_RULED_SIGNS) for _, _, text, _, _ in pieces if text)
        if not (ruled and linear(_ANNOUNCED).search(whole)):
            return Page((), letter=False)
    rows: list[Row] = []
    last = -1
    for line, _, text, at, role in sorted(pieces, key=lambda piece: piece[:2]):
        here = (at,) if at >= 0 else ()
        if line == last:
            before = rows[-1]
            said = before.text + text
            rows[-1] = Row(said, stripped(said), before.at + here, before.role or role)
        else:
            rows.append(Row(text, stripped(text), here, role))
        last = line
    told = stated or (leaving and any(leaves(plain(row.text), row.words) for row in rows))
    return Page(tuple(rows), told, _is_wrapped(rows))


def _is_wrapped(rows: Sequence[Row]) -> bool:
    """Whether few rows are longer than a hard-wrapped line, their addresses aside."""
    long = sum(len(row.words) >= WRAPPED.stop for row in rows)
    return LONG_SHARE * long < sum(len(row.words) in WRAPPED for row in rows)


@cache
def _leaving() -> Any:
    return together([(0, f"(?m){_LEAVE}"), (0, _LEAVING)], anywhere=True)


def _flat(text: str) -> str:
    """As `plain`, as far as the patterns above need it: that takes a hundred times as long for a whole text."""
    text = text.replace("’", "'").replace("\u00a0", " ")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
