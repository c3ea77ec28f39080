"""Who wrote and who publishes, told around the text: `Zur Person`, `Jane Doe is a retired surveyor.`"""

import re
from dataclasses import replace
from functools import lru_cache

from backfile.article import Article, Span
from transforms import shape
from transforms.pattern import linear, plain
from transforms.rule import rule

BOX_WORDS = 90  # of a line of the box
BOX_LINES = 4  # below the heading
_HEADING = (
    r"(?i)\W*(?:zur person|(?:über|zu) (?:den autor|die autorin|den autoren|unsere autorin|unseren autor)|"
    r"zum autor|zur autorin|"
    r"about the (?:author|authors|writer|reporter|journalist|contributor)|(?:à propos de |sur )l'aut(?:eur|rice)|"
    r"sobre (?:el autor|la autora|o autor|a autora)|l'autore|l'autrice|over de auteur|o autorze|o autorce)\W*"
)
_IS = (
    r"(?i:,? (?:jahrgang|geboren|born|\(\d\d\)).{0,40})?,?\s"
    r"(?i:ist|schreibt|arbeitet|lebt|berichtet|war|is an?|is the|"
    r"is our|writes|covers|works|reports|lives|joined|est|écrit|es|escribe)\b"
)

NOTE_WORDS = 95  # of a note about a contributor or the house
NOTE_FROM = 8  # words; a shorter one is a caption or a headline more often
NOTE_OPENING = 260  # characters in which it says what the person does
PARAGRAPHS_LEFT = 2  # of running text; a text of fewer may be about that person
_PARTICLES = ("von", "van", "de", "da", "di", "der", "den", "el", "al")  # of names
_NAME = rf"(?:\p{{Lu}}[\p{{L}}\p{{M}}'.-]*\s){{1,3}}(?:(?:{'|'.join(_PARTICLES)})\s){{0,2}}\p{{Lu}}[\p{{L}}\p{{M}}'-]+"
_OFFICE = (
    r"(?:reporter|correspondent|columnist|journalist|editor|staff writer|senior writer|freelance writer|content writer|"
    r"freelancer|producer|contributor|contributing (?:writer|editor|opinion writer)|photojournalist|copywriter|blogger|"
    r"news ?writer|critic|fellow at|fellow of|professor (?:of|at|for|emeritus)|lecturer (?:in|at)|researcher at|"
    r"research associate|author of|published author|host of|co-?host of|intern at|"
    r"marketing manager|content (?:manager|strategist|marketer))\b"
)
# What a person does for a house; many are called so in the news, too. So it counts only where the note goes on about
# the person, or says for how many years.
_POST = (
    r"(?:specialist|manager|executive|director|officer|strategist|consultant|engineer|expert|analyst|advisor|adviser|"
    r"founder|co-?founder|partner|president|dean|head|lead|developer|coach|trainer|designer|recruiter|nutritionist|"
    r"dietitian|therapist|writer|editor|attorney|lawyer|scientist)\b"
)
_OFFICE_DE = (
    r"(?:\p{L}*(?:redakteur|reporter|korrespondent|journalist|kolumnist|volont[äa]r|autor|publizist|blogger)(?:in)?"
    r"|professor(?:in)? (?:für|an|am|der|in)|dozent(?:in)? (?:für|an|am)|(?:senior )?fellow (?:bei|am|an|der)|"
    r"wissenschaftliche[r]? mitarbeiter(?:in)?|ressortleiter(?:in)?|chef(?:in)? vom dienst)\b"
)
_GOES_ON = (
    r"(?i:(?:with (?:over |more than )?\d+\+? years|\. (?:he|she|they|his|her|their)\b|, where (?:he|she|they)\b))"
)
_CONTRIBUTOR = (
    rf"(?:Dr\.? |Prof\.? |Professor )*({_NAME}),?\s(?:\([^)]{{2,40}}\),?\s)?"
    rf"(?:(?i:is|was|has been|works as|currently serves as|joined|serves as)\b(?i:.{{0,140}}?\b{_OFFICE})|"
    rf"(?i:ist|war|arbeitet|schreibt|berichtet)\b(?i:.{{0,120}}?\b{_OFFICE_DE})|"
    r"(?i:covers|writes about|reports on|writes on|covered) .{3,120}? "
    r"(?i:for (?:the |our )?\p{L}|, |and|at the)|"
    r"(?i:schreibt|berichtet) (?i:für|über|aus|seit).{3,120}? (?i:für|bei|als|beim) )"
)
_POSTED = (
    rf"(?:Dr\.? |Prof\.? |Professor )*({_NAME}|\p{{Lu}}\p{{Ll}}+),?\s(?:[^.]{{2,90}},\s)?"
    rf"(?i:is|works as|serves as|specializes|has)\b(?i:.{{0,140}}?\b{_POST})(?i:.{{0,160}}?){_GOES_ON}"
)
# One of them stands in all that `_GOES_ON` matches.
_GOES_ON_SIGNS = (" years", ". He", ". She", ". They", ". His", ". Her", ". Their", ", where ")
_HOUSE = (
    r"(?:The )?\p{Lu}[\p{L}\p{N}'&.-]*(?: [\p{L}\p{N}'&.-]+){0,5}(?:,? .{0,30},)? "
    r"(?i:is an?|is the|ist eine?|ist das) (?i:(?:[\p{L}-]+,? ){0,6}(?:"
    r"news ?(?:organi[sz]ation|room|site|outlet|agency|service|publication|magazine|website)|"
    r"(?:digital )?media (?:company|organi[sz]ation|outlet|brand|house)|(?:news|online|weekly|monthly)?magazine|"
    r"nachrichten(?:agentur|portal|seite|magazin)|(?:online-?)?magazin|(?:\S+ )?recherche(?:zentrum|netzwerk)"
    r")\b)"
)
# … is in talks, is based on, is set to: what somebody or something does, and no office.
_DOES = re.compile(r",? (?:is|was|has been) (?:in|on|at|to|due|set|said|about|\w+(?:ed|ing))\b", re.IGNORECASE)
_HOUSE_IS = ("is a", "is the", "ist ein", "ist das")  # one of them stands in all that `_HOUSE` matches


@rule("contributor-note", version=2, kind="boilerplate")
def drop_contributor_note(article: Article) -> Article:
    """Takes a note of who contributes or publishes around a text; somebody whom the text speaks of stays in it."""
    body = article.body
    ahead, behind = _outside(body, range(len(body))), _outside(body, range(len(body) - 1, -1, -1))
    notes = {at for at in (*ahead, *behind) if _is_note(body[at].text) and _is_apart(body, at)}
    if not notes or sum(shape.is_prose(span.text) for at, span in enumerate(body) if at not in notes) < PARAGRAPHS_LEFT:
        return article
    return replace(article, body=tuple(span for at, span in enumerate(body) if at not in notes))


def _outside(body: tuple[Span, ...], order: range) -> list[int]:
    """Positions from one end up to the first paragraph of running text that is no note."""
    found: list[int] = []
    for at in order:
        if shape.is_prose(body[at].text) and not _is_note(body[at].text):
            break
        found.append(at)
    return found


@lru_cache(shape.REMEMBERED)
def _is_note(text: str) -> bool:
    """Whether the line begins with a name and says what office its bearer has, or what house it is."""
    if not text[:1].isupper() or not NOTE_FROM <= shape.words(text) <= NOTE_WORDS:
        return False
    opening = plain(text[:NOTE_OPENING])
    housed = any(each in opening.casefold() for each in _HOUSE_IS)
    return _named(opening) is not None or bool(housed and linear(_HOUSE).match(opening))


def _named(opening: str) -> str | None:
    """The name of the person whose office or post the note states; None when it states none."""
    second = (*opening.split(maxsplit=2)[1:2], "")[0]
    found = None
    if second[:1].isupper() or second in _PARTICLES:  # else `_CONTRIBUTOR`, which is slow, cannot match
        found = linear(_CONTRIBUTOR).match(opening)
    if found is None and any(sign in opening for sign in _GOES_ON_SIGNS):  # else `_POSTED` cannot match
        found = linear(_POSTED).match(opening)
    return None if found is None or _DOES.match(opening, found.end(1)) else found[1]


def _is_apart(body: tuple[Span, ...], at: int) -> bool:
    """Whether running text elsewhere does not name the person: then the article is not about him or her."""
    name = _named(plain(body[at].text[:NOTE_OPENING]))
    if name is None:
        return True
    surname = re.compile(rf"\b{re.escape(name.split()[-1])}\b")
    return not any(
        surname.search(span.text) and shape.is_prose(span.text) and not _is_note(span.text)
        for number, span in enumerate(body)
        if number != at
    )


@rule("author-box", version=2, kind="boilerplate")
def drop_author_box(article: Article) -> Article:
    """Takes what tells below a text who its known author is; a portrait or a box about somebody else stays."""
    if not article.authors:
        return article
    body = article.body
    above = next((at for at, span in enumerate(body) if shape.is_prose(span.text)), len(body))
    for at in shape.tail(body, lambda at: _is_about(body[at].text, article.authors)):
        if at <= above:
            continue
        heading = len(body[at].text) <= 60 and linear(_HEADING).fullmatch(plain(body[at].text)) is not None
        first = at + heading
        if first < len(body) and len(body) - at <= BOX_LINES + 1 and _is_about(body[first].text, article.authors):
            return replace(article, body=(*body[:at], *body[first + 1 :]))
    return article


def _is_about(text: str, authors: tuple[str, ...]) -> bool:
    """Whether the line begins with the author's whole name and says what he or she is."""
    if shape.words(text) > BOX_WORDS:
        return False
    return any(
        text.startswith(author) and linear(_IS).match(plain(text[len(author) : len(author) + 120]))
        for author in authors
        if re.search(r"\s", author)
    )
