"""What is no article is told from what is one, in the languages of the archive; when in doubt it is one."""

import gzip
import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pytest

from backfile.article import Article, Document, Extraction, Line, Rejection, Witness
from backfile.errors import Reason
from tests.transforms.pages import Case, cases, judged, named, verdict
from tests.transforms.shaped import PROSE
from transforms import notice, pattern
from transforms.extract import extract
from transforms.notice import Kind, confidence, kinds

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
NO_ARTICLES, ARTICLES = cases("no-articles"), cases("articles-all-the-same")
NESTED = '{"@type":' * 20_000
MISTAKEN = 1 / 200  # of real articles, at most


def said(which: str) -> list[tuple[Kind, str]]:
    return [(kind, line) for kind in kinds() for line in getattr(kind, which)]


def text(*lines: str, **stated: str) -> Extraction:
    return Extraction(
        tuple(map(Line, lines)), tuple(Witness(name, value, "column:x") for name, value in stated.items())
    )


def test_there_are_more_than_eighty_cases_of_each_sort_and_every_kind_has_some() -> None:
    assert min(len(NO_ARTICLES), len(ARTICLES)) > 80
    assert {kind.kind for kind in kinds()} <= {case["kind"] for case in NO_ARTICLES}


@pytest.mark.parametrize("case", NO_ARTICLES, ids=named)
def test_what_is_no_article_is_rejected_as_what_it_is(case: Case) -> None:
    result = judged(case)

    assert isinstance(result, Rejection)
    assert (Reason.NOT_ARTICLE, case["kind"]) == (result.reason, result.what)


@pytest.mark.xfail(strict=True, reason="says what it is in words that no pattern has, and nothing else tells it")
@pytest.mark.parametrize("case", cases("no-articles-missed"), ids=named)
def test_what_is_no_article_and_cannot_be_told_yet(case: Case) -> None:
    result = judged(case)

    assert isinstance(result, Rejection)
    assert (Reason.NOT_ARTICLE, case["kind"]) == (result.reason, result.what)


@pytest.mark.parametrize("case", ARTICLES, ids=named)
def test_what_looks_like_no_article_and_is_one_stays(case: Case) -> None:
    assert isinstance(judged(case), Article)


@pytest.mark.parametrize(("kind", "line"), said("matches"), ids=lambda each: str(getattr(each, "rule", each))[:50])
def test_a_text_of_one_such_sentence_is_a_page_of_its_kind(kind: Kind, line: str) -> None:
    result = verdict(text(line))

    assert isinstance(result, Rejection)
    assert result.reason == Reason.NOT_ARTICLE


@pytest.mark.parametrize(("kind", "line"), said("spares"), ids=lambda each: str(getattr(each, "rule", each))[:50])
def test_a_text_of_one_sentence_about_such_a_page_is_an_article(kind: Kind, line: str) -> None:
    assert isinstance(verdict(text(line)), Article)


@pytest.mark.parametrize(("kind", "line"), said("matches"), ids=lambda each: str(getattr(each, "rule", each))[:50])
def test_an_article_may_hold_any_such_sentence(kind: Kind, line: str) -> None:
    assert isinstance(verdict(text(line, *PROSE["de"])), Article)
    assert isinstance(verdict(text(*PROSE["en"], line)), Article)


def test_every_kind_of_page_has_examples_of_both_sorts() -> None:
    assert [each.rule for each in kinds() if len(each.matches) < 3 or len(each.spares) < 3] == []


def test_what_two_threads_ask_for_at_once_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[int] = []

    def together(stated: list[tuple[int, str]], *, anywhere: bool = False) -> object:
        compiled.append(len(stated))
        time.sleep(0)  # another thread's turn
        return pattern.together(stated, anywhere=anywhere)

    monkeypatch.setattr(notice, "together", together)
    notice._compiled.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(notice.prepare) for _ in range(4)]:
            done.result()

    assert compiled == [sum(len(getattr(kind, which)) for kind in kinds()) for which in ("says", "beside")]


def test_more_signs_give_more_confidence_and_never_certainty() -> None:
    found = [confidence(signs) for signs in range(1, 12)]

    assert found == sorted(found)
    assert 0.5 < found[0] < found[-1] < 1


def test_a_page_that_says_it_twice_is_surer_than_one_that_says_it_once() -> None:
    once = verdict(text("Please log in to continue."))
    twice = verdict(text("Please log in to continue.", "Don't have an account?"))
    titled = verdict(text("Please log in to continue.", "Don't have an account?", title="Sign in"))

    assert isinstance(once, Rejection)
    assert isinstance(twice, Rejection)
    assert isinstance(titled, Rejection)
    assert once.confidence < twice.confidence < titled.confidence


def test_a_verdict_is_kept_in_three_words() -> None:
    result = verdict(text("Please log in to continue."))

    assert isinstance(result, Rejection)
    assert result.detail.split() == ["login", f"{result.confidence:.2f}", "login-page/1"]


def test_a_page_that_has_no_text_and_does_not_say_what_it_is_has_no_text() -> None:
    [extraction] = extract(Document("a.html", "", html="<title>Foto des Tages</title><img src='a.jpg'>"))
    result = verdict(extraction)

    assert isinstance(result, Rejection)
    assert (result.reason, result.what) == (Reason.NO_TEXT, "")


def test_a_story_of_a_digest_is_never_a_page() -> None:
    from transforms import normalise, rules  # noqa: PLC0415
    from transforms.rule import clean  # noqa: PLC0415

    begun = normalise.begin(text("Please log in to continue."), id="a", source="a", uri="a")
    object.__setattr__(begun, "parent", "digest")

    assert isinstance(clean(begun, rules()), Article)


@pytest.mark.parametrize(
    "html",
    [
        "<a href='/x'>one headline of several words</a>" * 60_000,
        "<p>Please log in to continue.</p>" * 60_000,
        f"<p>{'Please log in. ' * 60_000}</p>",
        f"<title>{'404 Not Found ' * 20_000}</title>",
        f"<script type='application/ld+json'>{NESTED}</script><p>x</p>",
    ],
    ids=["links", "sentences", "one paragraph", "title", "json-ld"],
)
def test_a_hostile_page_is_judged_in_bounded_time(html: str) -> None:
    extracted = extract(Document("a.html", "", html=html))
    began = time.process_time()
    for extraction in extracted:
        verdict(extraction)

    assert time.process_time() - began < 10


@pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data")
def test_of_real_texts_hardly_one_is_mistaken() -> None:
    with gzip.open(DATA / "speed" / "articles-10k.jsonl.gz", "rt", encoding="utf-8") as rows:
        read = [json.loads(row) for row in islice(rows, 0, None, 20)]
    mistaken = [row["id"] for row in read if isinstance(verdict(text(*row["text"].split("\n\n"))), Rejection)]

    assert len(mistaken) < MISTAKEN * len(read)


@pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data")
@pytest.mark.parametrize("name", ["news", "articles", "german_web", "publishers"])
def test_of_real_pages_none_is_mistaken(name: str) -> None:
    mistaken = []
    for file in sorted((DATA / "pages" / name / "html").glob("*.gz"))[::6]:
        html = gzip.decompress(file.read_bytes()).decode("utf-8", "replace")
        for extraction in extract(Document(file.name, "", html=html)):
            mistaken += [file.name] if isinstance(verdict(extraction), Rejection) else []

    assert mistaken == []
