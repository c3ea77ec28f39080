"""Buttons that show by an arrow at the end that they lead elsewhere: `Ontdek je voordeel ›`, `Next →`."""

import re
from dataclasses import replace

from backfile.article import Article
from transforms import shape
from transforms.rule import rule

BUTTON_WORDS = 8
_ARROWS = "›→➔►▶❯➜⟶"
_SIGNS = frozenset(_ARROWS + "»>")
_LEADS = re.compile(rf"[^{_ARROWS}«»‹<>\"„“”.!?:;\d]+(?:\s?[{_ARROWS}]|\s»|\s?>>)\s*")


@rule("arrow-button", version=1, kind="boilerplate")
def drop_arrow_button(article: Article) -> Article:
    """Takes a few words that end with an arrow; a quotation that ends with its mark, a way and a sentence stay."""
    kept = tuple(span for span in article.body if not _is_button(span.text))
    return article if len(kept) == len(article.body) else replace(article, body=kept)


def _is_button(text: str) -> bool:
    if text[-1:] not in _SIGNS:
        return False
    return _LEADS.fullmatch(text) is not None and 0 < shape.words(text) - 1 <= BUTTON_WORDS
