"""What follows an article under a heading such as `Mehr zum Thema`: headlines of other articles."""

from dataclasses import replace

from backfile.article import Article
from transforms import shape
from transforms.pattern import linear, plain
from transforms.rule import rule

TEASER_WORDS = 32  # of a line below the heading; a longer one is a paragraph, and all stays
LONGEST_HEADING = 60  # characters

HEADING = (
    r"(?i)\W*(?:mehr zum thema|lesen sie (?:auch|mehr|mehr zum thema|hierzu auch|dazu auch)|das könnte (?:sie|"
    r"dich) (?:auch )?interessieren|"
    r"auch interessant|weitere (?:themen|artikel|beiträge|nachrichten|meldungen)|ähnliche (?:artikel|beiträge)|"
    r"verwandte (?:artikel|beiträge)|meistgelesen|meist gelesen|am meisten gelesen|empfehlungen(?: der redaktion)?|"
    r"aktuelle (?:nachrichten|meldungen|artikel)|neueste (?:nachrichten|meldungen|artikel|beiträge)|"
    r"mehr (?:nachrichten|artikel|aus dem web|aus (?:der|dem|ihrer) .{2,30})|"
    r"(?:außerdem|und sonst|was sonst noch)(?: (?:am|im|in|bei|heute|wichtig|lesenswert|interessant|noch)\b.{0,20})?|"
    r"in other news|other (?:news|stories|headlines)|"
    r"neues aus der redaktion|"
    r"read more|read next|read also|also read|more (?:stories|news|articles|top stories|headlines|"
    r"related posts)|related(?: (?:articles|stories|posts|content|news|topics|coverage|reading))?|"
    r"recommended(?: (?:for you|stories|articles|reading|from editorial))?|you (?:may|might) also (?:like|"
    r"be interested in)|trending(?: now| stories)?|"
    r"most (?:read|popular|viewed|shared)|latest (?:news|stories|articles|posts|headlines)|top stories|"
    r"popular (?:posts|stories|articles)|"
    r"recent (?:posts|articles|news)|featured (?:posts|articles|stories)|editor'?s'? picks?|further reading|"
    r"what to read next|up next|"
    r"more (?:from|on|in|about) .{2,30}|more related posts|"
    r"à lire aussi|sur le même sujet|la rédaction vous conseille|les plus lus|articles similaires|"
    r"noticias relacionadas|artículos relacionados|te puede interesar|lo más (?:leído|visto)|más noticias|"
    r"leggi anche|articoli correlati|notizie correlate|ti potrebbe interessare|potrebbe interessarti(?: anche)?|"
    r"i più letti|altre notizie|lees ook|meest gelezen|gerelateerde artikelen|meer over dit onderwerp|laatste nieuws|"
    r"czytaj (?:też|także|również)|zobacz (?:też|także|również)|polecamy|podobne artykuły|najczęściej czytane|"
    r"leia também|veja também|notícias relacionadas|(?:as )?mais lidas|últimas notícias)\W*"
)


@rule("related-block", version=2, kind="boilerplate")
def drop_related_block(article: Article) -> Article:
    """Takes a heading such as `Mehr zum Thema` below an article with the headlines under it; paragraphs stay."""
    body = article.body
    start = len(body)
    for at in range(len(body) - 1, 0, -1):
        text = body[at].text
        if shape.is_prose(text) or shape.words(text) > TEASER_WORDS:
            break
        if len(text) <= LONGEST_HEADING and linear(HEADING).fullmatch(plain(text)):
            start = at
    if not any(shape.is_prose(span.text) for span in body[:start]):
        return article
    return article if start == len(body) else replace(article, body=body[:start])
