"""The Tantivy engine keeps the contract, survives power cuts, and opens nobody else's files."""

import errno
import os
import shutil
import subprocess
import sys
from array import array
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("tantivy", reason="an extra: pip install 'backfile[tantivy]'")

from tantivy import Query

from backfile.errors import ArchiveLocked, IndexUnusable
from index import tantivy, tantivy_files, tantivy_query, tantivy_search
from index.compounds import Compounds
from index.engine import ALL, SORTS, Clause, Filter, SearchEngine, Sort
from index.entry import analyse
from index.tantivy_check import documents_in, file_faults
from index.words import Vocabulary, Words
from index.written import decoded, encoded
from tests.index.contract import EngineContract, article, phrase, word


class TestTantivyEngine(EngineContract):
    @pytest.fixture
    def empty(self, tmp_path: Path) -> SearchEngine:
        return tantivy.create(tmp_path)


class TestTantivyEngineInSmallSteps(EngineContract):
    """The same with phrases that are looked for in texts, words looked for as sets, and blocks counted as a whole."""

    @pytest.fixture
    def empty(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SearchEngine:
        monkeypatch.setattr(tantivy_query, "MOST_PHRASES", 0)
        monkeypatch.setattr(tantivy_search, "_MOST_BUCKETS", 1)
        return tantivy.create(tmp_path)


def ids(engine: SearchEngine, clause: Clause, **options: Any) -> list[str]:
    return [match.id for match in engine.search(clause, limit=9, **options).matches]


def test_an_index_is_found_again_by_another_process(tmp_path: Path) -> None:
    with tantivy.create(tmp_path) as engine:
        engine.add([analyse(article("1", "Apfel und Birne"))])
        engine.commit()
    program = (
        "import sys; from pathlib import Path; from index.tantivy import open_index; "
        "print(open_index(Path(sys.argv[1])).displays(['taz/1'])['taz/1'].text)"
    )

    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)

    assert done.stdout == "Apfel und Birne\n"


def test_what_was_not_committed_is_not_there_after_a_crash(tmp_path: Path) -> None:
    engine = tantivy.create(tmp_path)
    engine.add([analyse(article("1"))])
    engine.commit()
    engine.add([analyse(article("2"))])
    engine.close()

    with tantivy.open_index(tmp_path) as reader:
        assert ids(reader, ALL) == ["taz/1"]


def test_two_writers_exclude_each_other(tmp_path: Path) -> None:
    with tantivy.create(tmp_path) as engine, tantivy.open_index(tmp_path) as other:
        engine.add([analyse(article("1"))])

        with pytest.raises(ArchiveLocked, match="another run"):
            other.add([analyse(article("2"))])


def test_a_reader_keeps_its_state_while_another_writes(tmp_path: Path) -> None:
    tantivy.create(tmp_path).close()
    with tantivy.open_index(tmp_path) as writer:
        writer.add([analyse(article("1", "Apfel"))])
        writer.commit()
        with tantivy.open_index(tmp_path) as reader:
            for key in "23":
                writer.add([analyse(article(key, "Apfel"))])
                writer.delete(["taz/1"])
                writer.commit()

            assert ids(reader, word("de:apfel")) == ["taz/1"]
            assert reader.displays(["taz/1"])["taz/1"].text == "Apfel"


def test_a_reader_knows_everything_after_a_rebuild_took_its_files_away(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    with tantivy.create(tmp_path / "index", Compounds({"politik": 9, "sicherheit": 5})) as writer:
        writer.add([analyse(article("1", "Apfel"))])
        writer.commit()

    with tantivy.open_index(tmp_path / "index") as reader:
        shutil.rmtree(tmp_path / "index")

        assert reader.compounds.cuts("sicherheitspolitik") == (11,)
        assert ids(reader, word("de:apfel")) == ["taz/1"]
        assert reader.displays(["taz/1"])["taz/1"].text == "Apfel"


# --- what goes in comes out


@given(st.text(min_size=1, max_size=20))
def test_any_text_is_written_as_utf_8_and_read_as_it_was(text: str) -> None:
    assert encoded(text).encode().decode() == encoded(text)
    assert text == decoded(encoded(text))


@given(st.text(max_size=5), st.text(max_size=5))
def test_written_texts_keep_their_order(one: str, other: str) -> None:
    assert (one < other) == (encoded(one).encode() < encoded(other).encode())


ODD = [
    "a\0b",
    "\ue000",
    "\ud83d",
    "x\u2028y",
    "\u00a0",
    "😀" * 40,
    "z" * 5_000,
    "İ",
    "ﬀ",
    "\ufeff",
    "+a",
    "a:b",
    '"',
    "\\",
]


def test_odd_terms_and_values_are_found_by_themselves_only(tmp_path: Path) -> None:
    words = [replace(analyse(article(str(n))), names={"tag": {f"w{term}": [n]}}) for n, term in enumerate(ODD)]
    keyed = [replace(entry, keys={**entry.keys, "parent": (ODD[n],)}) for n, entry in enumerate(words)]
    with tantivy.create(tmp_path) as engine:
        engine.add(keyed)
        engine.commit()

        for number, term in enumerate(ODD):
            assert ids(engine, word(f"w{term}", "tag")) == [f"taz/{number}"]
            assert ids(engine, Filter("parent", (term,))) == [f"taz/{number}"]
            assert ids(engine, Filter("parent", (term, "no such value"))) == [f"taz/{number}"]
        assert engine.terms("parent") == [(term, 1) for term in sorted(ODD)]


def forms_only(form: str) -> Words:
    vocabulary = Vocabulary()
    number = vocabulary.put((), (form,), ())
    return Words(vocabulary, array("I", [number, number]))


def test_odd_exact_forms_are_found(tmp_path: Path) -> None:
    odd = [term for term in ODD if not term.isspace()]
    made = [analyse(article(str(n))) for n in range(len(odd))]
    forms = [replace(each, text=forms_only(odd[n])) for n, each in enumerate(made)]
    with tantivy.create(tmp_path) as engine:
        engine.add(forms)
        engine.commit()

        for number, term in enumerate(odd):
            assert ids(engine, word(term, "text_forms")) == [f"taz/{number}"]


def test_values_of_any_length_are_kept_apart(tmp_path: Path) -> None:
    long = "x" * 70_000
    with tantivy.create(tmp_path) as engine:
        engine.add([analyse(article(long + "a", title=long)), analyse(article(long + "b", tags=(long,)))])
        engine.commit()
        engine.delete([f"taz/{long}a"])
        engine.commit()

        assert ids(engine, ALL, sort="title") == [f"taz/{long}b"]
        assert list(engine.displays([f"taz/{long}b"])) == [f"taz/{long}b"]


def test_words_far_into_a_long_text_are_found_in_phrases(tmp_path: Path) -> None:
    with tantivy.create(tmp_path) as engine:
        engine.add([analyse(article("1", "Wort " * 70_000 + "Nadel Heu"))])
        engine.commit()

        assert engine.search(phrase("de:nadel", "de:heu"), limit=1).total == 1
        assert engine.search(phrase("de:heu", "de:nadel"), limit=1).total == 0


# --- more matches than are scored at a time


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SearchEngine]:
    """Thirty articles in blocks of four: of a word with falling frequency, then all the same."""
    monkeypatch.setattr(tantivy_search, "BLOCK", 4)
    monkeypatch.setattr(tantivy_search, "_MOST_BUCKETS", 3)
    with tantivy.create(tmp_path) as engine:
        texts = ["Wolf " * max(1, 12 - number) + "x " * number for number in range(30)]
        days = [f"2024-01-{1 + number % 3:02}" for number in range(30)]
        engine.add(
            analyse(
                article(f"{n:02}", text, published=published, title=f"T{n % 4}", tags=(f"t{n}",)),
                copy_group=f"{n // 2}",
            )
            for n, (text, published) in enumerate(zip(texts, days, strict=True))
        )
        engine.commit()
        yield engine


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("fold", [False, True])
def test_pages_of_many_blocks_have_every_match_once(many: SearchEngine, sort: Sort, fold: bool) -> None:
    whole = many.search(word("de:wolf"), limit=99, sort=sort, fold=fold)
    pages = [
        match.id
        for offset in range(0, 30, 7)
        for match in many.search(word("de:wolf"), limit=7, offset=offset, sort=sort, fold=fold).matches
    ]

    assert [match.id for match in whole.matches] == pages
    assert whole.total == len(set(pages)) == (15 if fold else 30)
    if sort == "score":
        assert sorted((match.score for match in whole.matches), reverse=True) == [m.score for m in whole.matches]


def test_facets_and_copies_of_more_values_than_an_aggregation_has_are_counted(many: SearchEngine) -> None:
    answer = many.search(word("de:wolf"), limit=1, facets=("tag", "year"), fold=True)

    assert answer.facets == {"tag": {f"t{n}": 1 for n in range(30)}, "year": {"2024": 30}}
    assert (answer.total, answer.matches[0].copies) == (15, 1)


def test_what_is_equal_goes_by_id_beyond_a_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tantivy_search, "BLOCK", 4)
    with tantivy.create(tmp_path) as engine:
        engine.add(analyse(article(f"{n:02}", "Gleich")) for n in reversed(range(20)))
        engine.commit()

        assert ids(engine, word("de:gleich"))[:3] == ["taz/00", "taz/01", "taz/02"]


# --- what is on the disk


def test_a_commit_reaches_the_disk_before_its_table_of_contents_gets_its_name(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from index import tantivy; from index.entry import analyse; "
        "from tests.index.contract import article; e = tantivy.create(Path(sys.argv[1])); "
        "e.add([analyse(article('1'))]); os.write(2, b'commit'); e.commit(); e.close()"
    )
    calls = tmp_path / "calls"
    traced = ["strace", "-f", "-y", "-o", str(calls), "-e", "trace=fsync,fdatasync,rename,renameat,renameat2,write"]
    (tmp_path / "index").mkdir()
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")

    done = subprocess.run([*traced, sys.executable, "-c", program, str(tmp_path / "index")], check=False)

    if done.returncode:
        pytest.skip("strace may not trace here")
    lines = calls.read_text(errors="replace").splitlines()
    lines = lines[next(n for n, line in enumerate(lines) if '"commit"' in line) :]
    renamed = max(n for n, line in enumerate(lines) if "rename" in line and '/meta.json"' in line)
    synced = [line for line in lines[:renamed] if "sync(" in line]
    assert {".store", ".term", ".pos", ".idx", ".fast"} <= {
        end for end in (".store", ".term", ".pos", ".idx", ".fast") for line in synced if f"{end}>" in line
    }
    assert any(f"{tmp_path / 'index'}>" in line for line in lines[renamed:] if "sync(" in line)


@pytest.fixture
def fifty(tmp_path: Path) -> Path:
    with tantivy.create(tmp_path) as engine:
        engine.add([analyse(article(str(i), f"Wort {i}")) for i in range(50)])
        engine.commit()
    return tmp_path


def faults(directory: Path) -> list[str]:
    with tantivy.open_index(directory) as engine:
        return list(engine.faults())


def test_a_sound_index_has_no_faults(fifty: Path) -> None:
    with tantivy.open_index(fifty) as engine:
        engine.delete(["taz/7"])
        engine.commit()

    assert faults(fifty) == []


@pytest.mark.parametrize("ending", ["store", "term", "pos", "idx", "fast", "fieldnorm"])
def test_a_file_with_one_byte_changed_is_named(fifty: Path, ending: str) -> None:
    path = next(fifty.glob(f"*.{ending}"))
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 3] ^= 1
    path.write_bytes(raw)

    assert f"{path}: is not as it was written" in [*file_faults(fifty)]


def test_compounds_that_were_changed_are_named(fifty: Path) -> None:
    (fifty / "compounds.json").write_text("{}")

    assert faults(fifty) == [f"{fifty / 'compounds.json'}: is not as it was written"]


def use(directory: Path) -> None:
    with tantivy.open_index(directory) as engine:
        engine.search(word("de:wort"), limit=1)
        engine.displays([f"taz/{i}" for i in range(50)])


@pytest.mark.parametrize("damage", ["emptied", "zeroed", "cut"])
@pytest.mark.parametrize("pattern", ["meta.json", "*.store", "*.term", "*.idx"])
def test_a_damaged_file_is_named_and_how_to_rebuild(
    fifty: Path, pattern: str, damage: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = next(fifty.glob(pattern))
    whole = path.read_bytes()
    path.write_bytes({"emptied": b"", "zeroed": b"\0" * len(whole), "cut": whole[: len(whole) // 2]}[damage])

    with pytest.raises(IndexUnusable, match="backfile index rebuild"):
        use(fifty)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("which", ["directory", "file"])
def test_an_index_that_anybody_may_write_to_is_not_opened(fifty: Path, which: str) -> None:
    path = fifty if which == "directory" else next(fifty.glob("*.store"))
    path.chmod(0o777)

    with pytest.raises(IndexUnusable, match="anybody"):
        tantivy.open_index(fifty)


def test_a_panic_in_tantivy_is_damage_in_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(IndexUnusable, match="backfile index rebuild"), tantivy._damage_of(tmp_path):
        Query.phrase_query(tantivy_files.schema(), "text", ["a phrase of one word is none for Tantivy"])
    os.write(2, b"said afterwards")

    assert capfd.readouterr().err == "said afterwards"


def test_a_disk_that_takes_no_more_is_named_and_what_was_committed_is_kept(tmp_path: Path) -> None:
    with tantivy.create(tmp_path) as engine:
        engine.add([analyse(article("1"))])
        engine.commit()
    program = (
        "import resource, sys; from pathlib import Path; from index import tantivy; from index.entry import analyse\n"
        "from tests.index.contract import article\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))\n"
        "with tantivy.open_index(Path(sys.argv[1])) as engine:\n"
        "    try:\n"
        "        engine.add(analyse(article(str(i), f'Wort{i} und mehr ' * 30)) for i in range(300)); engine.commit()\n"
        "    except OSError as error:\n"
        "        print(error.errno)\n"
    )

    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False)

    assert done.stdout == f"{errno.EFBIG}\n", done.stderr
    assert faults(tmp_path) == []
    with tantivy.open_index(tmp_path) as reader:
        assert ids(reader, ALL) == ["taz/1"]


@pytest.mark.parametrize(
    ("sizes", "large"),
    [
        ([100] * 8, False),  # quickly merged
        ([2_000] * 7, False),  # nothing is merged yet
        ([2_000] * 8, True),
        ([30_000] * 3 + [100] * 8, False),
        ([30_000] * 3 + [9_000, 9_000] + [100] * 6, True),
        ([2_000] * 24, False),  # put off long enough
    ],
)
def test_a_large_merge_is_put_off_by_who_adds_a_few_articles(sizes: list[int], large: bool) -> None:
    assert tantivy._is_large_merge(sizes) is large


def test_segments_are_counted_with_their_entries(tmp_path: Path) -> None:
    with tantivy.create(tmp_path) as engine:
        for name in ("a", "b"):
            engine.add([analyse(article(name)), analyse(article(name * 2))])
            engine.commit()

    assert sorted(documents_in(tmp_path)) == [2, 2]
