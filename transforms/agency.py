"""News agencies, and the credit at the end of a report (`(dpa)`, `sak/Reuters`)."""

import re
from dataclasses import replace
from typing import Any

from backfile.article import Article
from transforms import shape
from transforms.pattern import linear, plain
from transforms.rule import rule

# As they sign, and as they are written. Only what cannot be taken for a word or a place.
AGENCIES = {
    "dpa": "dpa",
    "dpa-AFX": "dpa-AFX",
    "dpa-tmn": "dpa-tmn",
    "dpa-infocom": "dpa",
    "AFP": "AFP",
    "afp": "AFP",
    "AP": "AP",
    "Reuters": "Reuters",
    "REUTERS": "Reuters",
    "reuters": "Reuters",
    "rtr": "Reuters",
    "KNA": "KNA",
    "epd": "epd",
    "APA": "APA",
    "sda": "sda",
    "SDA": "sda",
    "Keystone-SDA": "Keystone-SDA",
    "SID": "SID",
    "sid": "SID",
    "dts": "dts",
    "ots": "ots",
    "dapd": "dapd",
    "ddp": "ddp",
    "DPA": "dpa",
    "PTI": "PTI",
    "ANI": "ANI",
    "IANS": "IANS",
    "Xinhua": "Xinhua",
    "TASS": "TASS",
    "Interfax": "Interfax",
    "EFE": "EFE",
    "Europa Press": "Europa Press",
    "ANSA": "ANSA",
    "UPI": "UPI",
    "Bloomberg": "Bloomberg",
    "AAP": "AAP",
    "Belga": "Belga",
    "belga": "Belga",
    "ANP": "ANP",
    "Kyodo": "Kyodo",
    "Jiji": "Jiji",
    "Yonhap": "Yonhap",
    "NTB": "NTB",
    "PAP": "PAP",
    "ČTK": "ČTK",
    "CTK": "ČTK",
    "Ukrinform": "Ukrinform",
    "Anadolu": "Anadolu",
    "The Canadian Press": "The Canadian Press",
    "CNA": "CNA",
    "Bernama": "Bernama",
    "SANA": "SANA",
    "IRNA": "IRNA",
    "WAM": "WAM",
    "dpa/AFP": "dpa",
    "AFP/dpa": "AFP",
    "EUROPA PRESS": "Europa Press",
    "askanews": "askanews",
    "Askanews": "askanews",
    "Adnkronos": "Adnkronos",
    "LaPresse": "LaPresse",
    "Italpress": "Italpress",
    "Lusa": "Lusa",
    "LUSA": "Lusa",
    "Ritzau": "Ritzau",
    "BELGA": "Belga",
    "ANSA.it": "ANSA",
    "ТАСС": "TASS",
    "Интерфакс": "Interfax",
    "Укрінформ": "Ukrinform",
    "AAP Newswire": "AAP",
    "Kyodo News": "Kyodo",
    "Yonhap News": "Yonhap",
    "XINHUA": "Xinhua",
    "BERNAMA": "Bernama",
    "dpa-tmn/dpa": "dpa-tmn",
    "Agerpres": "Agerpres",
    "AGERPRES": "Agerpres",
    "MTI": "MTI",
    "TASR": "TASR",
}
# Signs that elsewhere are initials, a state or a word: agencies only behind the place that opens a report.
AT_PLACE = {"AA": "Anadolu", "TT": "TT", "PA": "PA Media", "CP": "The Canadian Press", "AGI": "AGI"}
_NAME = "|".join(sorted((re.escape(name) for name in AGENCIES), key=len, reverse=True))
_SIGNED = rf"(?:[a-z]{{2,5}}\s?[/,]\s?){{0,3}}(?:{_NAME})(?:\s?[/,]\s?(?:{_NAME}|[a-z]{{2,5}}))*"
_BEHIND = rf"\s*[(\[]\s?(?P<signed>{_SIGNED})\s?[)\]]\s*$"
_ALONE = (
    rf"\s*[(\[]?\s?(?:(?:Quellen?|Sources?|Agentur|Text)\s?:\s*|(?:[Mm]it (?:Material|Informationen) (?:von|der)|"
    rf"[Ww]ith (?:reporting|files|material) (?:from|by)) )?(?P<signed>{_SIGNED})\s?[)\]]?\.?\s*"
)
# "(mab)", "(lbe/dpa)": brackets and small letters, else it is a word.
_INITIALS = re.compile(r"\s*\([a-zäöü]{2,4}(?:\s?[/,]\s?(?:[a-zäöü]{2,5}|[A-Z]{2,4}))*\)\s*")
_CONTRIBUTED = (
    r"\s*(?:The )?(?P<signed>Associated Press|Agence France-Presse|Reuters|Bloomberg|[A-Z]{2,4})(?: \([A-Z]{2,4}\))? "
    r"contributed (?:to this (?:report|story|article)|reporting)\.?\s*"
)
_LONG_NAMES = {"Associated Press": "AP", "Agence France-Presse": "AFP"}
LONGEST_LINE = 90  # characters of a line that is only a credit
LONGEST_CREDIT = 60  # characters at the end of a line that are looked at


def named(stated: str) -> tuple[str, ...]:
    """The agencies that a credit such as `dpa/AFP` names, each once, as they are commonly written.

    >>> named("sak/Reuters, dpa")
    ('Reuters', 'dpa')
    """
    found = (
        AGENCIES.get(part.strip()) or AT_PLACE.get(part.strip())
        for part in re.split(r"[/,]|\s(?:und|and|with|mit)\s", stated)
    )
    return tuple(dict.fromkeys(agency for agency in found if agency))


@rule("agency-credit", version=2, kind="credit")
def take_agency_credit(article: Article) -> Article:
    """Takes the agency that signs the end of a report (`(dpa)`, `sak/Reuters`); one that a sentence names stays."""
    for at in reversed(shape.tail(article.body)):
        span = article.body[at]
        if len(span.text) <= LONGEST_LINE and (match := _whole_line(plain(span.text))):
            start = 0
        elif match := linear(_BEHIND).search(plain(span.text[-LONGEST_CREDIT:])):
            start = max(0, len(span.text) - LONGEST_CREDIT) + match.start()
        else:
            continue
        body = (*article.body[:at], *span.without(start, len(span.text)), *article.body[at + 1 :])
        signed = _LONG_NAMES.get(match["signed"], match["signed"])
        return with_agencies(replace(article, body=body), signed, f"text:line {span.line + 1}")
    return article


def _whole_line(text: str) -> Any:
    return linear(_ALONE).fullmatch(text) or linear(_CONTRIBUTED).fullmatch(text)


def is_initials(text: str) -> bool:
    """Whether a line is nothing but the initials that sign a report: `(mab)`, `(dpa/mab)`."""
    return bool(_INITIALS.fullmatch(text[:LONGEST_CREDIT]))


@rule("initials", version=1, kind="credit")
def take_initials(article: Article) -> Article:
    """Takes the initials in brackets that sign a report, alone in a line (`(mab)`); within a paragraph they stay."""
    goes = {at for at in shape.tail(article.body) if is_initials(article.body[at].text)}
    if not goes or goes == set(range(len(article.body))):
        return article
    return replace(article, body=tuple(span for at, span in enumerate(article.body) if at not in goes))


def with_agencies(article: Article, stated: str, said: str) -> Article:
    """The article with the agencies that are named in `stated` added to those it has."""
    known = {agency.casefold() for agency in article.agencies}
    new = tuple(agency for agency in named(stated) if agency.casefold() not in known)
    if not new:
        return article
    provenance = article.provenance if article.agencies else {**article.provenance, "agencies": said}
    return replace(article, agencies=article.agencies + new, provenance=provenance)
