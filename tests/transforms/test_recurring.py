"""Lines are known by their words; what recurs is decided from counts alone; only runs at the edges go lightly."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import transforms
from backfile.article import Article, Extraction, Line, Rejection, Span, Witness
from transforms import recurring
from transforms.recurring import ASIDE, HEAD, INNER, TAIL, Counts, Evidence, Where
from transforms.rule import clean

PROSE = "Der Rat der kleinen Stadt hat am späten Abend noch lange über die neuen Wege an der Mühle beraten."
OTHER = "Die Gegner des Plans wollen nun vor das Gericht der Nachbarstadt ziehen und dort um Aufschub bitten."
BIO = "Ada Beispiel schreibt seit vielen Jahren aus dem Rathaus und hat mehrere Bücher über die Stadt verfasst."
LABEL = "Mehr aus der Region"


def key(text: str) -> int:
    found = recurring.key(text)
    assert found is not None
    return found


def extraction(*lines: str | Line, witnesses: tuple[Witness, ...] = ()) -> Extraction:
    return Extraction(tuple(each if isinstance(each, Line) else Line(each) for each in lines), witnesses)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("» Mehr aus der Region «", "MEHR AUS DER  REGION"),
        ("12 Kommentare", "3 Kommentare"),
        ("1.204 Kommentare", "88 Kommentare"),
        ("Mehr aus der Region", "Mehr\u00a0aus der Region »»"),
        ("Ｍehr aus der Region", "Mehr aus der Region"),
    ],
)
def test_case_digits_spacing_and_ornaments_make_no_difference(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Mehr aus der Region", "Mehr aus der Welt"), ("Köln", "Koln"), ("速報", "続報")]
)
def test_other_words_are_another_line(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize("text", ["", "___", "12.30", "+++", "Wort " * 121, "x" * 901])
def test_what_has_no_words_or_very_many_is_not_counted(text: str) -> None:
    assert recurring.key(text) is None


@pytest.mark.parametrize(
    ("witnesses", "expected"),
    [
        ([], "source pile"),
        ([Witness("url", "https://www.zeitung.example/a?utm_source=x", "link:canonical")], "zeitung.example"),
        ([Witness("url", "https://m.zeitung.example/a", "column:url")], "zeitung.example"),
        ([Witness("sender", "Post@Zeitung.example", "header:From")], "from post@zeitung.example"),
        (
            [
                Witness("sender", "bounce-17@mailer.example", "header:From"),
                Witness("list-id", "Die Lage <lage.zeitung.example>", "header:List-Id"),
            ],
            "list lage.zeitung.example",
        ),
    ],
)
def test_a_site_is_a_host_a_list_a_sender_or_else_the_source(witnesses: list[Witness], expected: str) -> None:
    assert recurring.site(extraction(PROSE, witnesses=tuple(witnesses)), "pile") == expected


def test_a_line_counts_where_it_stands_and_sub_headings_stand_within() -> None:
    title = Witness("title", "Streit um die Mühle", "h1")
    above = ("Startseite", "Streit um die Mühle")
    below = (Line("Ort 5", "table"), "Über die Autorin", BIO)
    made = extraction(*above, PROSE, "Der Hintergrund", OTHER, *below, witnesses=(title,))

    places = recurring.occurrences(made)

    assert places[key("Startseite")] == HEAD
    assert places[key("Streit um die Mühle")] == ASIDE
    assert places[key("Der Hintergrund")] == INNER
    assert places[key("Ort 5")] == ASIDE
    assert places[key("Über die Autorin")] == TAIL
    assert places[key(BIO)] == TAIL


def seen(documents: int, total: int, **counts: int) -> Evidence:
    """Evidence of a line that stands at the tail unless it is said otherwise."""
    head, inner = counts.get("head", 0), counts.get("inner", 0)
    tail = counts.get("tail", documents - head - inner)
    articles = counts.get("articles", documents)
    return Evidence(
        articles, documents, head, tail, inner, total, bool(counts.get("elsewhere")), bool(counts.get("mixed"))
    )


@pytest.mark.parametrize(
    ("line", "evidence", "expected"),
    [
        # labels and calls at the end
        (LABEL, seen(2, 5), "tail"),
        (LABEL, seen(1, 5), None),
        (LABEL, seen(2, 50), None),  # one more for each power of ten
        (LABEL, seen(40, 10_000), None),  # a hundredth of the site at least
        (LABEL, seen(100, 10_000), "tail"),
        (LABEL, seen(9, 9, articles=1), None),  # nine copies of one article
        (LABEL, seen(50, 100, inner=6), None),  # stands within articles, too
        # above an article, where headlines and kickers stand
        (LABEL, seen(3, 9, head=3), "head"),
        (LABEL, seen(3, 20, head=3), None),
        (LABEL, seen(9, 9, head=4), "edges"),
        # what may be the article's own
        (BIO, seen(2, 5), None),
        (BIO, seen(3, 5), "tail"),
        (BIO, seen(3, 5, elsewhere=1), None),  # an agency's standing paragraph
        (BIO, seen(30, 1000), None),
        ("Die Ermittlungen dauern an.", seen(30, 1000), None),
        ("Wahlkreis 5: 12.345 Stimmen", seen(30, 1000), None),
        ("Frau Beispiel aus dem Rathaus:", seen(80, 100), None),  # a speaker
        ("(Beifall bei der ganzen Versammlung)", seen(80, 100), None),
        # within articles
        ("Empfohlener Inhalt unserer Redaktion", seen(5, 10, inner=5), "anywhere"),
        ("Empfohlener Inhalt unserer Redaktion", seen(3, 10, inner=3), None),
        ("Der Hintergrund", seen(90, 100, inner=90), None),
        # a pile of which nobody knows the sites
        (LABEL, seen(3, 9, mixed=1), "tail"),
        (LABEL, seen(2, 9, mixed=1), None),
        ("Teilen", seen(5, 9, mixed=1), None),
        ("Teilen", seen(6, 9, mixed=1), "tail"),
    ],
)
def test_what_is_beyond_doubt(line: str, evidence: Evidence, expected: Where | None) -> None:
    assert recurring.decide(key(line), evidence) == expected


counts = st.integers(0, 300)


@given(
    line=st.sampled_from([LABEL, BIO, "Teilen", "12 Kommentare"]), tail=counts, inner=counts, total=counts, more=counts
)
def test_a_line_that_is_not_taken_is_not_taken_because_its_site_grew(
    line: str, tail: int, inner: int, total: int, more: int
) -> None:
    total = max(total, tail + inner, 1)
    if recurring.decide(key(line), seen(tail + inner, total, inner=inner)) is None:
        assert recurring.decide(key(line), seen(tail + inner, total + more, inner=inner)) is None


def article(*lines: str) -> Article:
    return Article("s/1", "s", "x", tuple(Span(number, 0, line) for number, line in enumerate(lines)))


def left(lines: list[str], learned: dict[str, Where]) -> list[str]:
    rule = recurring.rule({key(text): where for text, where in learned.items()})
    cleaned = clean(article(*lines), [rule])
    assert isinstance(cleaned, Article)
    return list(cleaned.paragraphs)


@pytest.mark.parametrize(
    ("lines", "learned", "expected"),
    [
        ([PROSE, LABEL], {LABEL: "tail"}, [PROSE]),
        ([LABEL, PROSE], {LABEL: "tail"}, [LABEL, PROSE]),
        ([LABEL, PROSE], {LABEL: "head"}, [PROSE]),
        ([LABEL, PROSE, LABEL], {LABEL: "edges"}, [PROSE]),
        ([PROSE, LABEL, OTHER], {LABEL: "edges"}, [PROSE, LABEL, OTHER]),
        ([PROSE, LABEL, OTHER], {LABEL: "anywhere"}, [PROSE, OTHER]),
        ([PROSE, LABEL, BIO], {LABEL: "tail", BIO: "tail"}, [PROSE]),
        ([PROSE, LABEL, "Drei Tote bei Unfall", BIO], {LABEL: "tail", BIO: "tail"}, [PROSE, "Drei Tote bei Unfall"]),
        (["O Wald", LABEL, "O Tal"], {LABEL: "edges"}, ["O Wald", LABEL, "O Tal"]),  # verses: no running text
        (["O Wald", "O Tal", LABEL], {LABEL: "tail"}, ["O Wald", "O Tal"]),
        ([PROSE, f"{LABEL}: Unfall an der Mühle"], {LABEL: "tail"}, [PROSE, f"{LABEL}: Unfall an der Mühle"]),
    ],
)
def test_runs_at_the_edges_go_and_inner_lines_stay(
    lines: list[str], learned: dict[str, Where], expected: list[str]
) -> None:
    assert left(lines, learned) == expected


lines_of_articles = st.lists(
    st.sampled_from([PROSE, OTHER, BIO, LABEL, "Teilen", "O Wald", "Der Hintergrund"]), max_size=9
)
places: st.SearchStrategy[Where] = st.sampled_from(["head", "tail", "edges", "anywhere"])


@given(lines=lines_of_articles, learned=st.dictionaries(st.sampled_from([BIO, LABEL, "Teilen", "O Wald"]), places))
def test_kept_and_removed_lines_rebuild_the_article_and_twice_is_once(
    lines: list[str], learned: dict[str, Where]
) -> None:
    rule = recurring.rule({key(text): where for text, where in learned.items()})

    once = clean(article(*lines), [rule])

    assert isinstance(once, Article)
    pieces = [(span.line, span.text) for span in once.body] + [(removal.line, removal.text) for removal in once.removed]
    assert [text for _, text in sorted(pieces)] == lines
    assert clean(once, [rule]) == once
    assert {removal.text for removal in once.removed} <= learned.keys()


BYLINE, CREDITED = "Von Ada Beispiel", f"{BIO} (dpa)"  # of the second one a rule leaves the words of BIO
RULED = [PROSE, OTHER, BIO, LABEL, BYLINE, CREDITED, "Foto: dpa", "Teilen", "O Wald", "Newsletter abonnieren"]
told = st.dictionaries(st.sampled_from([key(text) for text in RULED]), places)


def cleaned_with(lines: list[str], learned: dict[int, Where]) -> tuple[Article | Rejection, set[int]]:
    """What all rules make of an article when these lines are learned, and the keys that were looked for."""
    seen: set[int] = set()
    made = transforms.with_recurring(transforms.rules(), recurring.rule(learned, seen))
    return clean(replace(article(*lines), language="de"), made), seen


@given(lines=st.lists(st.sampled_from(RULED), max_size=9), before=told, after=told)
def test_a_decision_on_a_line_that_was_not_seen_changes_nothing(
    lines: list[str], before: dict[int, Where], after: dict[int, Where]
) -> None:
    verdict, seen = cleaned_with(lines, before)
    unseen = {number: where for number, where in after.items() if number not in seen}
    kept = {number: where for number, where in before.items() if number in seen}

    assert cleaned_with(lines, unseen | kept) == (verdict, seen)


def test_what_another_rule_takes_or_cuts_first_is_not_seen() -> None:
    _, signed = cleaned_with([BYLINE, PROSE, "Der Hintergrund", OTHER], {})
    _, cut = cleaned_with([PROSE, OTHER, CREDITED], {})

    assert signed == {key(PROSE), key("Der Hintergrund"), key(OTHER)}
    assert cut == {key(PROSE), key(OTHER)}


@given(st.text(max_size=1000))
def test_no_line_makes_a_key_raise(text: str) -> None:
    number = recurring.key(text)

    assert number is None or -(2**63) <= number < 2**63


def test_an_extraction_of_very_many_lines_is_counted_at_both_ends() -> None:
    letters = "abcdefghij"
    lines = [f"Zeile {letters[n // 100]}{letters[n // 10 % 10]}{letters[n % 10]}" for n in range(1000)]

    places = recurring.occurrences(extraction(*lines))

    assert len(places) == recurring.MOST_LINES
    assert {key("Zeile aaa"), key("Zeile jjj")} <= places.keys()
    assert key("Zeile faa") not in places


def test_what_was_not_counted_is_not_taken_either() -> None:
    lines = [PROSE] * 300 + [LABEL] + [PROSE] * 300 + [LABEL]

    assert left(lines, {LABEL: "anywhere"}) == lines[:-1]


def test_copies_share_their_address_or_most_of_their_paragraphs() -> None:
    url = Witness("url", "https://zeitung.example/1", "link:canonical")
    first = recurring.sketch(extraction(PROSE, OTHER, BIO))
    update = recurring.sketch(extraction("Neu: " + PROSE[::-1] + ".", PROSE, OTHER, BIO))
    another = recurring.sketch(extraction(PROSE[::-1] + ".", OTHER[::-1] + ".", BIO))
    ticker = [recurring.sketch(extraction(text * 2, witnesses=(url,))) for text in (PROSE, OTHER)]

    assert recurring.independent([first, update], key(LABEL)) == 1
    assert recurring.independent([first, another], key(BIO)) == 2
    assert recurring.independent(ticker, key(LABEL)) == 1
    assert recurring.independent([first] * 9, key(LABEL)) == 1


def test_counts_learn_what_recurs_at_its_site_alone() -> None:
    counted = Counts()
    made = [
        ("a.example", extraction(PROSE, LABEL)),
        ("a.example", extraction(OTHER, LABEL)),
        ("b.example", extraction(PROSE[::-1] + ".", "Teilen")),
    ]
    for _, each in made:
        counted.note(recurring.occurrences(each))
    for site, each in made:
        counted.add(site, recurring.occurrences(each), recurring.sketch(each))

    assert counted.learned() == {"a.example": {key(LABEL): "tail"}}


@given(st.text(max_size=60) | st.text("aÄßéÉİıſΣς0123 _-–„“’…\u00a0\u2028ﬁ①", max_size=30))
def test_a_line_has_the_same_words_folded_as_bytes_and_as_characters(text: str) -> None:
    assert recurring._folded(text) == recurring._folded_slowly(text)
