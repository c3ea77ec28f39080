"""Pages that are no articles: the error page and the stub that is left where an article cannot be shown."""

from backfile.article import Article, Rejection
from backfile.errors import Reason
from transforms import shape
from transforms.pattern import linear, plain
from transforms.rule import rule

FEWEST_WORDS = 5  # left of a text from which boilerplate was taken; a shorter one says nothing without a title
# Of running text in what a digest holds beside its stories, or in a story: a greeting has fewer, an editorial more.
DIGEST_REST_WORDS = 40
ERROR_PAGE_WORDS = 60  # an error page has no more; an article about one does

_ERROR = (
    r"(?i)\W*(?:(?:http |error |fehler |erreur )?\(?(?:400|401|403|404|410|429|451|500|502|503|504)\)?(?: error|"
    r" fehler)?\W*"
    r"(?:bad request|unauthorized|forbidden|not found|gone|too many requests|internal server error|bad gateway|"
    r"service (?:temporarily )?unavailable|gateway time-?out|seite nicht gefunden|page not found|"
    r"unavailable for legal reasons)?|"
    r"(?:page|seite|site) (?:not found|nicht gefunden|wurde nicht gefunden)|access denied|zugriff verweigert|"
    r"just a moment|attention required! \| cloudflare|checking your browser.{0,60}|are you a robot|"
    r"die (?:angeforderte|gesuchte) seite (?:wurde|konnte) nicht gefunden(?: werden)?|page introuvable|"
    r"página no encontrada)\W*"
)
_FURNITURE = frozenset({"boilerplate", "credit"})


@rule("error-page", version=1, kind="boilerplate")
def reject_error_page(article: Article) -> Article | Rejection:
    """Rejects a page that is only a server's error message (`404 Not Found`); a longer report about one stays."""
    first = article.title or (article.body[0].text if article.body else "")
    if len(first) > 120 or not linear(_ERROR).fullmatch(plain(first)) or not any(sign.isalpha() for sign in first):
        return article
    if sum(shape.words(span.text) for span in article.body) > ERROR_PAGE_WORDS:
        return article
    return Rejection(Reason.NOT_ARTICLE, 0.95)


@rule("nothing-left", version=1, kind="boilerplate")
def reject_stub(article: Article) -> Article | Rejection:
    """Rejects a text without title of which only boilerplate was made; a short text that lost nothing stays."""
    if article.title is not None or not any(removal.kind in _FURNITURE for removal in article.removed):
        return article
    if sum(shape.words(span.text) for span in article.body) >= FEWEST_WORDS:
        return article
    return Rejection(Reason.NOT_ARTICLE, 0.9)


@rule("digest-rest", version=1, kind="boilerplate")
def reject_digest_rest(article: Article) -> Article | Rejection:
    """Rejects what a digest holds beside its stories when that is a greeting at most; an editorial stays.

    It runs on the parts of a digest alone. Of a story it asks only that something is left.
    """
    if article.parent is not None:
        return article if article.body else Rejection(Reason.NOT_ARTICLE, 0.9)
    left = sum(shape.words(span.text) for span in article.body if shape.is_prose(span.text))
    return article if left >= DIGEST_REST_WORDS else Rejection(Reason.NOT_ARTICLE, 0.9)
