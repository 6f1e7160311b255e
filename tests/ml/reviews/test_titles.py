"""Korean titles and films that stand twice."""

import unicodedata

import pytest

from ml.reviews.films import Film
from ml.reviews.text import clean_korean_title
from ml.reviews.titles import merge_duplicates


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("더 로프트 : 비밀의 방", "더 로프트: 비밀의 방"),
        ("블리치 2：또 하나의 빙륜환", "블리치 2: 또 하나의 빙륜환"),
        ("  엑스맨  2 ", "엑스맨 2"),
        (unicodedata.normalize("NFD", "괴물"), "괴물"),
        ("#살아있다", "#살아있다"),
        ("GP506", "GP506"),
        ("1987", "1987"),
        ("...ing", "...ing"),
        ("M", "M"),
        ("True Bloodthirst", ""),
        ("ある優しき殺人者の記録", ""),
        ("(OO)", ""),
        ("", ""),
    ],
)
def test_clean_korean_title(title: str, expected: str) -> None:
    assert clean_korean_title(title) == expected


def make(imdb_id: str, tmdb_id: str, director: str, year: int = 2003, title: str = "Silmido", **facts: str) -> Film:
    return Film(imdb_id, tmdb_id, title, facts.pop("title_ko", ""), year, director, **facts)


def test_merge_duplicates_names_in_another_order() -> None:
    korean = make("", "19644", "Kang Woo-suk", title_ko="실미도", director_ko="강우석", overview="Convicts train.")
    reviewed = make("tt0387596", "", "Woo-Suk Kang", title="SILMIDO!")
    other = make("tt0000001", "7", "Someone Else")
    films, by_imdb_id = merge_duplicates([korean, reviewed, other], {"tt0387596": 1})
    merged = Film("tt0387596", "19644", "SILMIDO!", "실미도", 2003, "Woo-Suk Kang", "강우석", "Convicts train.")
    assert films == [other, merged]
    assert by_imdb_id == {"tt0387596": merged, "tt0000001": other}


def test_merge_duplicates_the_one_with_more_reviews_stays_and_has_both_ids_reviews() -> None:
    few, many = make("tt0000001", "1", "A. Müller"), make("tt0000002", "2", "A Muller")
    films, by_imdb_id = merge_duplicates([few, many], {"tt0000001": 3, "tt0000002": 10})
    assert films == [many]
    assert by_imdb_id == {"tt0000001": many, "tt0000002": many}


def test_merge_duplicates_another_year_only_where_each_has_one_id() -> None:
    premiere, release = make("tt0000001", "", "Kim", 2014), make("", "5", "Kim", 2015)
    films, _ = merge_duplicates([premiere, release], {})
    assert [(film.imdb_id, film.tmdb_id) for film in films] == [("tt0000001", "5")]
    remakes = [make("tt0000001", "4", "Kim", 2014), make("tt0000002", "5", "Kim", 2015)]
    assert merge_duplicates(remakes, {})[0] == remakes


def test_merge_duplicates_without_director_stay() -> None:
    films = [make("tt0000001", "", ""), make("tt0000002", "", "")]
    assert merge_duplicates(films, {})[0] == films
