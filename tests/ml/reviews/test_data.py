"""The readers: what they keep, and that their errors name file, row and column."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ml.errors import DataError
from ml.reviews import films
from ml.reviews.data import LabelledText, read_dair, read_goemotions
from ml.reviews.text import clean_html, names_erotica, repair_encoding, speaks_of_erotica, split_sentences
from tests.ml.reviews.conftest import World

Broken = Callable[[str, str], Path]


def test_read_dair_semicolon_in_sentence(broken: Broken) -> None:
    path = broken("train.txt", "i feel fine; really;joy\n\ni feel low;sadness\n")
    assert read_dair(path) == [LabelledText("i feel fine; really", "joy"), LabelledText("i feel low", "sadness")]


@pytest.mark.parametrize(
    ("content", "message"),
    [("ok;joy\nno label here\n", r"train\.txt: row 2"), ("ok;bliss\n", r"train\.txt: row 1: column label: 'bliss'")],
)
def test_read_dair_bad_line_named(broken: Broken, content: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_dair(broken("train.txt", content))


def test_read_goemotions_opinion_is_neutral_and_two_feelings_dropped(broken: Broken) -> None:
    names = broken("labels.txt", "admiration\nfear\nanger\n")
    path = broken("train.tsv", "Great film\t0\ta\nSo SCARY but great\t0,1\tb\nScared and angry\t1,2\tc\n")
    assert read_goemotions(path, names) == [
        LabelledText("great film", "neutral"),
        LabelledText("so scary but great", "fear"),
    ]


def test_read_goemotions_unknown_number_named(broken: Broken) -> None:
    names = broken("labels.txt", "fear\n")
    with pytest.raises(DataError, match=r"train\.tsv: row 1: column labels: '7'"):
        read_goemotions(broken("train.tsv", "text\t7\ta\n"), names)


def test_clean_html_breaks_become_sentence_ends() -> None:
    text = clean_html("It was fine<br /><br />until the end &amp; after.<P>Then <i>nothing</i> came of it")
    assert split_sentences(text) == ["until the end & after.", "Then  nothing  came of it"]


def test_clean_html_less_than_sign_stays() -> None:
    assert clean_html("5 < 6 and 7 > 2, I <3 it") == "5 < 6 and 7 > 2, I <3 it"


def test_repair_encoding_only_mojibake() -> None:
    assert repair_encoding("Gomez & TavarÃ¨s") == "Gomez & Tavarès"
    assert repair_encoding("Âge d'or") == "Âge d'or"
    assert repair_encoding("봄날은 간다") == "봄날은 간다"


def test_erotica_whole_words_and_no_horror() -> None:
    assert names_erotica("drama|softcore|romance")
    assert not names_erotica("a hardcore fan of neurotica and a pornographer on trial")
    assert speaks_of_erotica("This is nothing but a porno.")
    assert not speaks_of_erotica("The best of torture porn, scary to the end.")


def test_merge_films_joins_and_filters(world: World) -> None:
    overviews = films.read_overviews(world.overviews)
    merged = films.merge_films(
        films.read_catalogue(world.base),
        films.read_korean_titles(world.korean, overviews),
        overviews,
    )
    by_key = {film.key: film for film in merged}
    assert list(by_key) == sorted(by_key)
    assert "tt0000099" not in by_key  # before 1990
    assert by_key["tt0000501"].overview.startswith("A ghost haunts")
    assert by_key["tmdb:502"].title_ko == "안녕"
    assert {"tmdb:501", "tmdb:503", "tmdb:504"}.isdisjoint(by_key)  # a repeat, erotica, no overview


def test_read_catalogue_bad_year_named(broken: Broken) -> None:
    header = "tconst\ttmdb_id\ttitle\tyear\tdirector\ttitle_ko\n"
    path = broken("base.tsv", header + "tt1\t1\tA\t2000\tB\t\ntt2\t2\tC\tsoon\tD\t\n")
    with pytest.raises(DataError, match=r"base\.tsv: row 3: column year: 'soon'"):
        films.read_catalogue(path)


def test_read_catalogue_missing_column_named(broken: Broken) -> None:
    with pytest.raises(DataError, match=r"base\.tsv: row 1: missing column director, title_ko"):
        films.read_catalogue(broken("base.tsv", "tconst\ttmdb_id\ttitle\tyear\n"))


def test_read_catalogue_short_row_named(broken: Broken) -> None:
    path = broken("base.tsv", "tconst\ttmdb_id\ttitle\tyear\tdirector\ttitle_ko\ntt1\t1\n")
    with pytest.raises(DataError, match=r"base\.tsv: row 2: wrong number of fields"):
        films.read_catalogue(path)
