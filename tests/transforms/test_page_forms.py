"""Pages in the forms that people keep them in, German and English: of each the article is kept, and nothing else.

A form is a file in `cases/forms/`: markup in the shape of real pages, with names of texts in double brackets, and in
its first line the texts that its article has, in order. Texts are ours, in `cases/forms/texts.toml`.
"""

import re
import tomllib
from pathlib import Path

import pytest

from backfile.article import Article, Document
from tests.transforms.pages import verdict
from transforms.extract import extract

FORMS = Path(__file__).parent / "cases" / "forms"
TEXTS = tomllib.loads((FORMS / "texts.toml").read_text(encoding="utf-8"))
CASES = [(form.stem, language) for form in sorted(FORMS.glob("*.html")) for language in TEXTS]


@pytest.mark.parametrize(("form", "language"), CASES)
def test_of_each_form_of_page_the_article_is_kept_and_nothing_else(form: str, language: str) -> None:
    first, _, markup = (FORMS / f"{form}.html").read_text(encoding="utf-8").partition("\n")
    texts = TEXTS[language]
    wanted = [_filled(each, texts) for each in first.removeprefix("<!-- article:").removesuffix("-->").split(";")]
    [extraction] = extract(Document("page.html", "", html=_filled(markup, texts)))
    article = verdict(extraction)

    assert isinstance(article, Article)
    assert "\n".join(wanted) == "\n".join(article.text.split("\n\n"))


def _filled(markup: str, texts: dict[str, str]) -> str:
    return re.sub(r"\[\[(\w+)\]\]", lambda match: texts[match[1]], markup).strip()
