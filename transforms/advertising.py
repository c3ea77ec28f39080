"""The advertisement that stands below the word that announces it."""

from dataclasses import replace

from backfile.article import Article
from transforms import shape
from transforms.pattern import linear, plain
from transforms.rule import rule

LONGEST_MARK = 30  # characters
OFFER_WORDS = 20  # of a line that is one advertisement
_MARK = (
    r"(?i)\W*(?:anzeige|werbung|advertisement|advertising|sponsored|publicité|publicidade?|pubblicità|advertentie|"
    r"reklama|ad)\W*"
)
_OFFER = (
    r"(?i)\d ?%|\bprozent\b|\bpercent\b|\d ?(?:€|euro\b)|[€$£]\d|\bgratis\b|kostenlos|\brabatt|\bfree\b|\bsale\b|"
    r"\bhalf-price\b|\bsparen\b|\bgewinnen\b|\bgratuit|\boffert|"
    r"\bdarmo|\bzniżk|\bkorting|\bscont[oi]\b|\bdesconto|\bdescuento|\d ?zł|r\$ ?\d"
)


@rule("advertised", version=2, kind="boilerplate")
def drop_advertised_offer(article: Article) -> Article:
    """Takes an announced advertisement of one line that offers something and cries out; text that goes on stays."""
    body = article.body
    for at in range(len(body) - 1):
        if len(body[at].text) > LONGEST_MARK or not linear(_MARK).fullmatch(plain(body[at].text)):
            continue
        offer = plain(body[at + 1].text).rstrip()
        if offer.endswith("!") and shape.words(offer) <= OFFER_WORDS and linear(_OFFER).search(offer):
            return replace(article, body=(*body[:at], *body[at + 2 :]))
    return article
