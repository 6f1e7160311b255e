"""A wrong file is refused before any other is read, in words that name it."""

import gzip
import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from catalog.importers.imdb import engine
from catalog.importers.imdb.films import Tables, join_films
from catalog.importers.reader import RowError
from tests.catalog.importers.imdb_files import BASICS, CREW, ImdbFiles, score, title, tsv


def refusal(tables: Tables) -> str:
    with pytest.raises(RowError) as caught, join_films(tables, since=1990):
        pass
    return str(caught.value)


def test_open_table_no_file(files: ImdbFiles, tmp_path: Path) -> None:
    assert refusal(replace(files.write(), akas=tmp_path / "nowhere.tsv.gz")).endswith("there is no such file")


def test_open_table_a_folder(files: ImdbFiles, tmp_path: Path) -> None:
    assert "can't be read" in refusal(replace(files.write(), akas=tmp_path))


@pytest.mark.parametrize("content", [tsv(CREW, []), b"", b"\x1f\x8b nearly"])
def test_open_table_no_gzip(files: ImdbFiles, content: bytes) -> None:
    tables = files.write()
    tables.crew.write_bytes(content)
    assert refusal(tables).startswith("title.crew.tsv.gz")


def test_open_table_missing_column_names_file_and_column(files: ImdbFiles) -> None:
    tables = files.write()
    files.write_bytes("title.basics.tsv.gz", tsv([name for name in BASICS if name != "isAdult"], []))
    assert refusal(tables) == "title.basics.tsv.gz (--basics): the column isAdult is missing"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"basics": "title.akas.tsv.gz"},
            "title.akas.tsv.gz (--basics): the columns tconst, titleType, primaryTitle, isAdult, startYear are "
            "missing; the file looks like title.akas, which goes to --akas",
        ),
        ({"names": "title.crew.tsv.gz"}, "looks like title.crew, which goes to --crew"),
        ({"akas": "name.basics.tsv.gz"}, "looks like name.basics, which goes to --names"),
        ({"crew": "title.basics.tsv.gz"}, "looks like title.basics, which goes to --basics"),
        ({"scores": "title.basics.tsv.gz"}, "looks like title.basics, which goes to --basics"),
        ({"basics": "scores.csv.gz"}, "looks like a table of scores, which goes to --reviews-scores"),
    ],
)
def test_open_table_in_the_wrong_option(files: ImdbFiles, changes: dict[str, str], message: str) -> None:
    files.scores = [score("tt0364569")]
    tables = files.write()
    paths = {option: files.folder / name for option, name in changes.items()}
    assert refusal(replace(tables, **paths)).endswith(message)


def test_open_table_a_column_twice(files: ImdbFiles) -> None:
    tables = files.write()
    files.write_bytes("title.crew.tsv.gz", tsv([*CREW, "writers"], []))
    assert refusal(tables) == "title.crew.tsv.gz (--crew): the column 'writers' stands in the header twice"


def test_open_table_scores_without_a_feeling(files: ImdbFiles) -> None:
    row = score("tt0364569")
    del row["anxiety"]
    files.scores = [row]
    assert refusal(files.write()) == "scores.csv.gz (--reviews-scores): the column anxiety is missing"


@pytest.mark.parametrize("kept", [0.5, 0.999])
def test_lines_of_a_gzip_file_that_is_cut_short(files: ImdbFiles, kept: float) -> None:
    files.basics = [title(f"tt{number:07d}", f"Film {number * 7919}") for number in range(20_000)]
    tables = files.write()
    content = tables.basics.read_bytes()
    tables.basics.write_bytes(content[: int(len(content) * kept)])
    assert refusal(tables) == "title.basics.tsv.gz: the gzip file is cut short; download it again"


def test_lines_of_a_damaged_gzip_file(files: ImdbFiles) -> None:
    files.basics = [title(f"tt{number:07d}", f"Film {number * 7919}") for number in range(20_000)]
    tables = files.write()
    content = bytearray(tables.basics.read_bytes())
    content[len(content) // 2] ^= 0xFF
    tables.basics.write_bytes(content)
    assert "title.basics.tsv.gz: the gzip file is damaged" in refusal(tables)


def test_lines_of_two_gzip_members(files: ImdbFiles) -> None:
    tables = files.write()
    tables.basics.write_bytes(tables.basics.read_bytes() + gzip.compress("\t".join(title("tt0000002")).encode()))
    with join_films(tables, since=1990) as joined:
        assert [film.external_id for film in joined.rows()] == ["tt0000002", "tt0364569"]


def test_join_films_scores_need_no_gzip(files: ImdbFiles) -> None:
    files.scores = [score("tt0364569")]
    tables = files.write()
    assert tables.scores is not None
    plain = tables.scores.with_suffix("")
    plain.write_bytes(gzip.decompress(tables.scores.read_bytes()))
    with join_films(replace(tables, scores=plain), since=1990) as joined:
        assert [film.review_count for film in joined.rows()] == [12]


def test_engine_without_duckdb_says_what_to_install(files: ImdbFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert "pip install -r requirements/catalog.txt" in refusal(files.write())


def test_engine_out_of_memory_is_an_error_in_words(files: ImdbFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    files.basics = [title(f"tt{number:07d}", f"Film {number * 7919}") for number in range(20_000)]
    monkeypatch.setattr(engine, "MEMORY_LIMIT", "1MB")
    assert "Out of Memory" in refusal(files.write())


@pytest.mark.usefixtures("ctrl_c")
def test_engine_hears_ctrl_c_while_a_query_runs() -> None:
    def press_ctrl_c_half_a_second_into_a_query() -> None:
        with engine.open_engine() as opened:
            threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
            opened.run("SELECT count(*) FROM range(1_000_000_000_000) WHERE hash(range) = range")

    with pytest.raises(KeyboardInterrupt):
        press_ctrl_c_half_a_second_into_a_query()
