"""`manage.py import_movies`: from files to the database, and what the operator reads."""

import os
import signal
from dataclasses import asdict, replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog import movie_import
from catalog.management.commands.load_catalog import DATA
from catalog.models import Movie, MovieTag
from catalog.rows import MovieRow
from catalog.services import upsert_movies
from ml.labels import FEELINGS
from tests.catalog.importers.imdb_files import ImdbFiles, score, title
from tests.factories import movie_row

pytestmark = pytest.mark.django_db


def run(files: ImdbFiles, **options: object) -> str:
    paths = {name: path for name, path in asdict(files.write()).items() if name != "scores" and path}
    scores = files.write().scores
    output = StringIO()
    call_command("import_movies", **(paths | {"reviews_scores": scores} | options), stdout=output)
    return output.getvalue()


def test_import_movies_then_again(files: ImdbFiles) -> None:
    files.scores = [score("tt0364569", sadness="2.5")]
    files.basics += [title("tt0000002", adult="1"), title("tt0000003", "\\N"), title("tt0000004", '"Quoted')]
    output = run(files)
    assert "2 added" in output
    assert "1 title.basics.tsv.gz: adult (tt0000002)" in output
    assert "1 title.basics.tsv.gz: no primaryTitle (tt0000003)" in output
    assert "Nothing to change" not in output
    movie = Movie.objects.get(imdb_id="tt0364569")
    assert (movie.title_ko, movie.director, movie.year) == ("올드보이", "Park Chan-wook", 2003)
    assert movie.tags.get(emotion="sadness").score == 2.5
    assert MovieTag.objects.count() == len(FEELINGS)
    again = run(files)
    assert "0 added" in again
    assert "0 changed" in again
    assert "2 unchanged" in again
    assert "Nothing to change" in again


def test_import_movies_dry_run_prints_the_same_and_writes_nothing(files: ImdbFiles) -> None:
    dry = run(files, dry_run=True)
    assert not Movie.objects.exists()
    assert dry == "Dry run: nothing is written.\n" + run(files)
    assert Movie.objects.exists()


def test_import_movies_since(files: ImdbFiles) -> None:
    assert "before 2010 (tt0364569)" in run(files, since=2010)
    assert not Movie.objects.exists()
    with pytest.raises(CommandError, match="--since 20100 is outside"):
        run(files, since=20100)


def test_import_movies_takes_the_shipped_catalogue_for_scores(files: ImdbFiles) -> None:
    output = run(files, reviews_scores=DATA / "movies.csv.gz")
    assert "0 rejected" in output
    assert Movie.objects.get().tags.count() == len(FEELINGS)


def test_import_movies_tells_of_films_that_the_tables_lack(files: ImdbFiles) -> None:
    upsert_movies([movie_row(9)])
    output = run(files)
    assert "1 in the database, but not among these films; kept" in output
    assert "1 not in the tables (tt0000009)" in output
    assert Movie.objects.count() == 2


@pytest.mark.parametrize("option", ["basics", "crew", "names", "akas", "reviews_scores"])
def test_import_movies_wrong_file_writes_nothing(files: ImdbFiles, option: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.gz"
    wrong.write_bytes(b"id\tname\n")
    with pytest.raises(CommandError, match=r"wrong\.gz"):
        run(files, **{option: wrong})
    assert not Movie.objects.exists()


def test_import_movies_a_file_cut_short_writes_nothing(files: ImdbFiles) -> None:
    tables = files.write()
    cut = files.folder / "cut.tsv.gz"
    cut.write_bytes(tables.akas.read_bytes()[:-9])
    with pytest.raises(CommandError, match=r"cut\.tsv\.gz: the gzip file is cut short"):
        run(files, akas=cut)
    assert not Movie.objects.exists()


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.django_db(transaction=True)
def test_import_movies_ctrl_c_keeps_whole_chunks(files: ImdbFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    files.basics = [title(f"tt{number:07d}") for number in range(1, 6)]
    monkeypatch.setattr(movie_import, "CHUNK", 2)

    def write_and_press_ctrl_c(rows: list[MovieRow], **options: Any) -> None:
        if Movie.objects.exists():
            os.kill(os.getpid(), signal.SIGINT)
        upsert_movies([replace(row) for row in rows])

    monkeypatch.setattr(movie_import, "upsert_movies", write_and_press_ctrl_c)
    with pytest.raises(CommandError, match="run the command again to finish"):
        run(files)
    assert Movie.objects.count() == 2
    monkeypatch.undo()
    assert "3 added" in run(files)
