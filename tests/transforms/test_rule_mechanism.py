"""The mechanism: what a rule may do, and what is written down about it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import pytest

from backfile.article import Article, Rejection, Removal, Span
from backfile.errors import ConfigError, Reason
from tests.transforms.shaped import PROSE, article, rebuilt
from transforms import pattern
from transforms.pattern import declared
from transforms.rule import RuleFault, clean, fingerprint, rule


@rule("drop-stars", version=2, kind="boilerplate", languages={"de"})
def drop_stars(article: Article) -> Article:
    """Takes lines of stars.

    The rest of the docstring is for programmers.
    """
    return replace(article, body=tuple(span for span in article.body if set(span.text) != {"*"}))


@rule("drop-prefix", version=1, kind="dateline")
def drop_prefix(article: Article) -> Article:
    """Takes a leading mark."""
    body = [part for span in article.body for part in (span.without(0, 2) if span.text.startswith(">>") else (span,))]
    return replace(article, body=tuple(body))


def test_a_rule_is_known_by_name_and_version_and_its_first_sentence() -> None:
    assert (drop_stars.id, drop_stars.about) == ("drop-stars/2", "Takes lines of stars.")


def test_what_a_rule_takes_is_written_down_by_the_caller() -> None:
    result = clean(article(["***", "Ein Satz."]), [drop_stars])

    assert isinstance(result, Article)
    assert (Removal(0, 0, 3, "***", "boilerplate", "drop-stars/2"),) == result.removed


def test_the_blank_at_a_cut_goes_with_the_cut() -> None:
    lines = [">>  Ein Satz."]
    result = clean(article(lines), [drop_prefix])

    assert isinstance(result, Article)
    assert result.text == "Ein Satz."
    assert result.removed[0].text == ">>  "
    assert lines == rebuilt(lines, result)


def test_a_rule_of_one_language_leaves_others_alone_but_runs_where_none_is_known() -> None:
    kept = {language: bool(clean(article(["***"], language), [drop_stars]).body) for language in ("de", "en", "und")}  # type: ignore[union-attr]

    assert kept == {"de": False, "en": True, "und": False}


def test_a_rejection_names_its_rule() -> None:
    @rule("never", version=1, kind="boilerplate")
    def never(article: Article) -> Article | Rejection:
        """Rejects all."""
        return Rejection(Reason.NOT_ARTICLE, 1.0)

    assert Rejection(Reason.NOT_ARTICLE, 1.0, "never/1") == clean(article(["x"]), [never])


@pytest.mark.parametrize(
    "body",
    [
        (Span(0, 0, "Anderer Text."),),
        (Span(0, 0, "Ein Satz."), Span(1, 0, "Neu.")),
        (Span(0, 0, "Ein Satz. Und mehr."),),
        (Span(0, 4, "Satz."), Span(0, 0, "Ein ")),
    ],
    ids=["changed", "line added", "text added", "reordered"],
)
def test_a_rule_that_does_more_than_shorten_is_a_fault(body: tuple[Span, ...]) -> None:
    @rule("forger", version=1, kind="boilerplate")
    def forger(article: Article) -> Article:
        """Forges."""
        return replace(article, body=body)

    with pytest.raises(RuleFault, match="forger/1"):
        clean(article(["Ein Satz."]), [forger])


def test_a_rule_may_not_write_the_record_itself() -> None:
    @rule("clerk", version=1, kind="boilerplate")
    def clerk(article: Article) -> Article:
        """Writes."""
        return replace(article, removed=(Removal(0, 0, 1, "E", "x", "clerk/1"),))

    with pytest.raises(RuleFault, match="clerk/1"):
        clean(article(["Ein Satz."]), [clerk])


def test_a_version_changes_the_fingerprint_and_so_does_the_order() -> None:
    assert (
        len(
            {
                fingerprint(r)
                for r in (
                    [drop_stars, drop_prefix],
                    [drop_prefix, drop_stars],
                    [replace(drop_stars, version=3), drop_prefix],
                )
            }
        )
        == 3
    )


def test_a_declared_rule_takes_whole_lines_where_it_says() -> None:
    quiz = declared([{"name": "quiz", "pattern": "Zum Quiz.*", "where": "tail", "kind": "boilerplate"}], where="test")
    prose = PROSE["de"]
    lines = [
        "Zum Quiz der Woche",
        *prose[:2],
        "Zum Quiz der Woche",
        *prose[2:],
        "Zum Quiz der Woche",
        "Zum Quiz des Tages",
    ]

    result = clean(article(lines), quiz)

    assert isinstance(result, Article)
    assert [removal.line for removal in result.removed] == [6, 7]


def test_a_declared_rule_takes_the_beginning_or_the_end_of_a_line() -> None:
    both = declared(
        [
            {"name": "mark", "pattern": "EXKLUSIV:?", "part": "prefix"},
            {"name": "sign", "pattern": "[(]red[)]", "part": "suffix", "kind": "credit"},
        ],
        where="test",
    )
    result = clean(article(["EXKLUSIV: Ein Satz. (red)"]), both)

    assert isinstance(result, Article)
    assert result.text == "Ein Satz."
    assert [(r.text, r.rule) for r in result.removed] == [("EXKLUSIV: ", "mark/1"), (" (red)", "sign/1")]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"pattern": "x"}, "name: lower-case"),
        ({"name": "Quiz!", "pattern": "x"}, "name: lower-case"),
        ({"name": "quiz"}, "one of pattern and all"),
        ({"name": "quiz", "pattern": "("}, "no RE2 expression"),
        ({"name": "quiz", "pattern": "(?=x)"}, "no RE2 expression"),
        ({"name": "quiz", "pattern": ".*"}, "empty line"),
        ({"name": "quiz", "pattern": 3}, "pattern: a string"),
        ({"name": "quiz", "pattern": "x", "where": "foot"}, "where: head, tail, edges, anywhere"),
        ({"name": "quiz", "pattern": "x", "version": 0}, "version: a whole number"),
        ({"name": "quiz", "pattern": "x", "max_words": True}, "max_words: a whole number"),
        ({"name": "quiz", "pattern": "x", "patern": "y"}, "patern: unknown key"),
        ({"name": "quiz", "all": ["x"], "where": "anywhere"}, "where: a rule with all"),
        ("quiz", "a table"),
    ],
)
def test_a_fault_in_a_declared_rule_names_its_place_and_what_is_allowed(table: object, said: str) -> None:
    with pytest.raises(ConfigError) as fault:
        declared([table], where='backfile.toml: source "taz"')  # type: ignore[list-item]

    assert str(fault.value).startswith('backfile.toml: source "taz": rule[0]')
    assert said in str(fault.value)


def test_two_declared_rules_need_two_names() -> None:
    with pytest.raises(ConfigError, match="stands twice"):
        declared([{"name": "quiz", "pattern": "x"}, {"name": "quiz", "pattern": "y"}], where="test")


def test_rules_that_do_not_fit_into_memory_are_a_fault_and_never_a_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = [{"name": f"quiz-{number}", "pattern": f"zum quiz {number} .{{3,200}}"} for number in range(40)]
    heard: set[bool | str] = set()
    for kilobytes in (16, 64, 256, 1_024, 4_096, 16_384):
        monkeypatch.setattr(pattern, "RE2_MEMORY", kilobytes << 10)
        rules = pattern.Sheet([pattern._pattern(table, "test") for table in tables], loose=False).rules()
        try:
            result = clean(article(["Zum Quiz 3 der Woche", "Ein Satz."]), rules)
        except RuleFault as fault:
            heard.add(f"{kilobytes << 10:,} bytes" in str(fault))
        else:
            assert isinstance(result, Article)
            heard.add("taken" if result.text == "Ein Satz." else "silence")

    assert heard == {True, "taken"}


def test_rules_of_another_language_are_not_even_looked_for() -> None:
    languages: tuple[list[str], ...] = (["de"], ["pl"], [])
    tables = [{"name": f"quiz-{at}", "pattern": "quiz", "languages": each} for at, each in enumerate(languages)]
    sheet = pattern.Sheet([pattern._pattern(table, "test") for table in tables], loose=True)
    for language in ("de", "fr", "und"):
        clean(article(["Quiz"], language), sheet.rules())

    assert {spoken: each.whole[0].owners for spoken, each in sheet._spoken.items()} == {
        "de": (0, 2),
        "": (2,),
        "und": (0, 1, 2),
    }


def test_what_is_for_all_languages_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    made = pattern._Set.__init__

    def watched(self: pattern._Set, stated: Sequence[tuple[int, str]], anchor: Literal["full"]) -> None:
        compiled.extend(each for _, each in stated)
        made(self, stated, anchor)

    monkeypatch.setattr(pattern._Set, "__init__", watched)
    tables: list[dict[str, object]] = [{"name": "quiz", "pattern": "quiz"}]
    tables.append({"name": "puzzle", "pattern": "rätsel", "languages": ["de"]})
    rules = pattern.Sheet([pattern._pattern(table, "test") for table in tables], loose=False).rules()
    for language in ("de", "fr", "und", "de"):
        clean(article(["Quiz", "Ein Satz."], language), rules)

    assert set(compiled) == {"(?:quiz)", "(?:rätsel)"}
    assert compiled.count("(?:quiz)") == compiled.count("(?:rätsel)")


def test_a_rule_that_has_seen_the_article_as_it_is_is_not_asked_again() -> None:
    asked: list[str] = []

    @rule("watch", version=1, kind="boilerplate")
    def watch(article: Article) -> Article:
        """Takes nothing."""
        asked.append(article.text)
        return article

    @rule("first-stars", version=1, kind="boilerplate")
    def first_stars(article: Article) -> Article:
        """Takes a first line of stars; another article is given back as it is."""
        return replace(article, body=article.body[1:]) if article.body[0].text == "***" else article

    clean(article(["***", "Ein Satz."]), [first_stars, watch])

    assert asked == ["Ein Satz."]


def test_a_rule_behind_is_asked_again_when_a_later_pass_takes_something() -> None:
    @rule("first-line", version=1, kind="boilerplate")
    def first_line(article: Article) -> Article:
        """Takes a first line of three signs, one in each pass."""
        return replace(article, body=article.body[1:]) if len(article.body[0].text) == 3 else article

    @rule("alone", version=1, kind="boilerplate")
    def alone(article: Article) -> Article:
        """Takes the last line when two are left."""
        return replace(article, body=article.body[:1]) if len(article.body) == 2 else article

    result = clean(article(["***", "+++", "Ein Satz.", "Ende."]), [first_line, alone])

    assert isinstance(result, Article)
    assert result.text == "Ein Satz."
