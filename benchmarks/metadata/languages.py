"""Languages: `id, cls, lang, text` (JSON Lines), ISO 639-1; the Norwegian and Chinese ones count as one each.

<class>  the share of the texts of a class (headline, sentence, paragraph, article …) whose language was told
und      how many were left open, which counts as wrong
"""

from collections.abc import Mapping, Sequence

from benchmarks.metadata.score import Row, Score, Task

_ONE = {"nb": "no", "nn": "no"}


def ours(rows: Sequence[Row]) -> dict[str, str]:
    """The language of each text, told without any hint."""
    from transforms import language  # noqa: PLC0415

    return {row["id"]: language.detect(row["text"]) for row in rows}


def langdetect(rows: Sequence[Row]) -> dict[str, str]:
    """As langdetect tells it, seeded."""
    from langdetect import DetectorFactory, detect  # noqa: PLC0415
    from langdetect.lang_detect_exception import LangDetectException  # noqa: PLC0415

    DetectorFactory.seed = 0
    read: dict[str, str] = {}
    for row in rows:
        try:
            read[row["id"]] = detect(row["text"])
        except LangDetectException:
            continue
    return read


def lingua(rows: Sequence[Row]) -> dict[str, str]:
    """As lingua tells it, with all of its languages."""
    from lingua import LanguageDetectorBuilder  # type: ignore[import-not-found]  # noqa: PLC0415

    detector = LanguageDetectorBuilder.from_all_languages().build()
    found = ((row["id"], detector.detect_language_of(row["text"])) for row in rows)
    return {id_: language.iso_code_639_1.name.lower() for id_, language in found if language}


def score(rows: Sequence[Row], read: Mapping[str, str]) -> Score:
    """Whether the language is the one expected."""
    result = Score()
    for row in rows:
        got = _primary(read.get(row["id"]) or "")
        right = got == _primary(row["lang"])
        result.count(row.get("cls") or "text", right)
        result.count("und", got in {"", "und"})
        if not right:
            result.wrong.append(f"{row['id']}  {row['text'][:60]!r}  expected {row['lang']}, read {got or 'nothing'}")
    return result


def _primary(tag: str) -> str:
    first = tag.casefold().replace("_", "-").partition("-")[0]
    return _ONE.get(first, first)


TASK = Task("languages", frozenset({"id", "lang", "text"}), ours, {"langdetect": langdetect, "lingua": lingua}, score)
