"""Films that deal with suicide."""

from pathlib import Path

import numpy as np
import pytest

from ml.files import read_rows
from ml.reviews import theme
from ml.reviews.films import Film
from ml.reviews.theme import find_suicide_themes, names_suicide, read_suicide_tags, speaks_of_suicide
from tests.ml.reviews.conftest import write_table


@pytest.mark.parametrize(
    "review",
    [
        "Her father commits suicide in the first scene.",
        "The suicidal hero meets a stranger.",
        "In the end he kills himself.",
        "She hangs herself in the barn.",
        "He drowns himself in the river.",
        "She took her own life at thirty.",
        "He wants to end his life with dignity.",
        "She slits her wrists in the bath.",
        "A film about euthanasia.",
        "A suicide mission goes wrong, and then the captain shoots himself.",
    ],
)
def test_speaks_of_suicide_in_earnest(review: str) -> None:
    assert speaks_of_suicide(review)


@pytest.mark.parametrize(
    "review",
    [
        "Better than Suicide Squad, at least.",
        "They are sent on a suicide mission.",
        "This was career suicide, if not commercial suicide.",
        "A suicide bomber enters the market.",
        "A Lincoln Continental with suicide doors.",
        "It made me feel suicidal.",
        "I contemplated suicide after an hour.",
        "You will want to kill yourself.",
        "The studio shot itself and he shot himself in the foot.",
        "Not as good as The Virgin Suicides.",
        "He drowns himself in work.",
        "The villain got shot himself.",
        "He saved the town and in the end his life.",
        "It would be suicide to go in there.",
        "",
    ],
)
def test_speaks_of_suicide_other_meanings(review: str) -> None:
    assert not speaks_of_suicide(review)


def test_names_suicide_in_titles_and_keywords() -> None:
    assert names_suicide("The Virgin Suicides")
    assert names_suicide("A man. daughter. suicide attempt")
    assert not names_suicide("Suicide Squad")


def test_read_suicide_tags_by_imdb_id(tmp_path: Path) -> None:
    tags = [["1", "7", "Suicide", "0"], ["1", "8", "suicide mission", "0"], ["2", "7", "sad", "0"]]
    write_table(tmp_path / "tags.csv", "userId movieId tag timestamp", tags, delimiter=",")
    links = [["7", "0000071", "1"], ["8", "0000081", "2"]]
    write_table(tmp_path / "links.csv", "movieId imdbId tmdbId", links, delimiter=",")
    assert read_suicide_tags(tmp_path) == {"tt0000071"}


def film(number: int, **facts: str) -> Film:
    values = {"imdb_id": f"tt{number:07d}", "tmdb_id": "", "title": f"Film {number}", "title_ko": "", "director": "X"}
    return Film(**(values | facts), year=2000)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("speaking", "reviews", "expected"),
    [(0, 3, False), (1, 3, True), (1, 4, True), (1, 5, False), (2, 10, True), (2, 33, False), (3, 33, True)],
)
def test_find_suicide_themes_by_reviews(speaking: int, reviews: int, expected: bool) -> None:
    found = find_suicide_themes([film(1)], np.array([speaking]), np.array([reviews]), set())
    assert found.tolist() == [expected]


def test_find_suicide_themes_by_facts() -> None:
    films = [
        film(1),
        film(2, title="Wilbur Wants to Kill Himself"),
        film(3, overview="A girl dies. teen suicide. school"),
        film(4),
        film(159097),
        film(6, overview="A suicide mission behind the lines."),
    ]
    none = np.zeros(len(films), dtype=np.intp)
    assert find_suicide_themes(films, none, none, {"tt0000004"}).tolist() == [False, True, True, True, True, False]


def test_known_films_list_is_sorted_and_without_repeats() -> None:
    rows = [row for _, row in read_rows(theme.KNOWN_FILMS, columns=("film", "title", "year"), delimiter="\t")]
    keys = [row["film"] for row in rows]
    assert len(keys) > 150
    assert keys == sorted(set(keys))
    assert all(row["title"] and 1990 <= int(row["year"]) <= 2030 for row in rows)
