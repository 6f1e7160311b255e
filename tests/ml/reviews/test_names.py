"""Korean names of directors in any spelling, and the lists of those that no table tells."""

from pathlib import Path

import pytest

from ml.files import read_rows
from ml.reviews import names
from ml.reviews.films import Film
from ml.reviews.text import clean_korean_title


def directed_by(director: str) -> Film:
    return Film("tt1", "", "Film", "영화", 2000, director)


@pytest.fixture
def directors(tmp_path: Path) -> dict[names.NameKey, str]:
    path = tmp_path / "directors.tsv"
    path.write_text(
        "director_en\tdirector_ko\nAng Lee\t이안\nFrançois Ozon\t프랑수아 오종\nPark Chan-wook\t다른 이름\n",
        encoding="utf-8",
    )
    return names.read_directors(path)


@pytest.mark.parametrize(
    ("director", "expected"),
    [
        ("Ang Lee", "이안"),
        ("Lee Ang", "이안"),
        ("Francois Ozon", "프랑수아 오종"),
        ("Chan-wook Park", "박찬욱"),  # the list of our own comes first
        ("Bong Joon Ho", "봉준호"),
        ("Ang Lee, Bong Joon-ho", "이안, 봉준호"),
        ("Ang Lee, Somebody Else", ""),
        ("Ang", ""),
        ("", ""),
    ],
)
def test_name_directors(director: str, expected: str, directors: dict[names.NameKey, str]) -> None:
    [film] = names.name_directors([directed_by(director)], directors)
    assert film.director_ko == expected


def test_correct_titles_sets_and_takes_away() -> None:
    mangler = Film("tt0113762", "", "The Mangler", "써스펙트", 1995, "")
    valley = Film("tt0478134", "", "In the Valley of Elah", "", 2007, "")
    other = directed_by("")
    assert [film.title_ko for film in names.correct_titles([mangler, valley, other])] == ["", "엘라의 계곡", "영화"]


def test_known_titles_are_korean_and_stand_once() -> None:
    rows = [row for _, row in read_rows(names.KNOWN_TITLES, columns=("imdb_id", "title_ko"), delimiter="\t")]
    assert len({row["imdb_id"] for row in rows}) == len(rows)
    assert all(row["title_ko"] == clean_korean_title(row["title_ko"]) for row in rows)


def test_known_directors_stand_once() -> None:
    columns = ("director_en", "director_ko")
    found = [row["director_en"] for _, row in read_rows(names.KNOWN_DIRECTORS, columns=columns, delimiter="\t")]
    assert len({names.name_key(name) for name in found}) == len(found)
