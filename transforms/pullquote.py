"""Pull quotes: a sentence of the text, shown a second time in large type."""

from dataclasses import replace

from backfile.article import Article
from transforms import hygiene
from transforms.rule import rule

LEAST_LETTERS = 24  # letters and figures; a shorter quote ("Nie wieder!") may be said twice


@rule("pull-quote", version=1, kind="boilerplate")
def drop_pull_quote(article: Article) -> Article:
    """Takes a quotation set apart whose words stand in a paragraph as well; one that is said only there stays."""
    if not any(span.role == "quote" for span in article.body):
        return article
    keys = [hygiene.letters(span.text) for span in article.body]
    paragraphs = " ".join(key for key, span in zip(keys, article.body, strict=True) if span.role != "quote")
    kept = tuple(
        span
        for key, span in zip(keys, article.body, strict=True)
        if span.role != "quote" or len(key) < LEAST_LETTERS or key not in paragraphs
    )
    return article if len(kept) == len(article.body) else replace(article, body=kept)
