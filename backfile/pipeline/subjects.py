"""What an article is about, from the article alone; no store is known here, so that it is made where articles are."""

import calendar
from datetime import date
from hashlib import blake2b
from urllib.parse import urlsplit

from backfile.article import Article
from backfile.stories import HOUSE, About
from transforms.metadata import urls
from transforms.story import terms

UNKNOWN = bytes(HOUSE)


def about(article: Article, text: str | None = None) -> About:
    """What an article is about; `text` is `article.text` where the caller has it already."""
    text = article.text if text is None else text
    told = terms.terms(article.title, text, article.language, places=article.place, tags=article.tags)
    begins, ends = days_of(article)
    return About(terms.VERSION, begins, ends, told.packed() + house_of(article))


def house_of(article: Article) -> bytes:
    """Who brought an article: the registered part of its address's host, else its publisher; 8 bytes, 0 if unknown."""
    try:
        host = urlsplit(article.url).hostname if article.url else None
    except ValueError:
        host = None
    name = urls.domain(host) if host else (article.publisher or "").casefold()
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=HOUSE).digest() if name else UNKNOWN


def days_of(article: Article) -> tuple[int | None, int | None]:
    """The first and the last day that an article may have been published on, as ordinals; None when it is undated."""
    stated = article.published or ""
    try:
        parts = [int(part) for part in stated[:10].split("-")] if stated else []
        match parts:
            case [year]:
                return date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            case [year, month]:
                last = calendar.monthrange(year, month)[1]
                return date(year, month, 1).toordinal(), date(year, month, last).toordinal()
            case [year, month, day]:
                return (only := date(year, month, day).toordinal()), only
    except ValueError:
        pass
    return None, None
