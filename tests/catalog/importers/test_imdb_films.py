"""IMDb's tables joined: which titles become films, with which names, and what is said of the rest."""

from collections.abc import Callable

import pytest

from catalog.importers.imdb.films import Reason, join_films
from catalog.importers.imdb.lines import BLOCK_BYTES, LINE_BYTES
from catalog.models import Source
from catalog.rows import MovieRow
from ml.labels import Emotion
from tests.catalog.importers.imdb_files import (
    BASICS,
    BETWEEN_VALUES,
    NULL,
    ImdbFiles,
    Row,
    aka,
    crew,
    person,
    score,
    title,
    tsv,
)

FILM = "tt0364569"


def films(files: ImdbFiles, since: int = 1990) -> list[MovieRow]:
    with join_films(files.write(), since=since) as joined:
        rows = list(joined.rows())
        assert joined.count == len(rows)
        return rows


def left_out(files: ImdbFiles) -> tuple[list[Reason], list[Reason]]:
    with join_films(files.write(), since=1990) as joined:
        assert [row.external_id for row in joined.rows()] == [FILM]
        return joined.dropped, joined.rejected


def test_join_films_takes_the_facts_of_all_tables(files: ImdbFiles) -> None:
    assert films(files) == [
        MovieRow(
            external_id=FILM,
            imdb_id=FILM,
            tmdb_id=None,
            title="Oldeuboi",
            title_ko="올드보이",
            year=2003,
            director="Park Chan-wook",
            director_ko="",
            review_count=0,
            source=Source.REVIEWS,
            lifts={},
        )
    ]


@pytest.mark.parametrize("name", ['"Unclosed', 'He said "no"', "O'Neil", r"Back\slash", "# 1, \x1b", "C:\\", "日本"])
def test_join_films_a_title_is_plain_text(files: ImdbFiles, name: str) -> None:
    files.basics = [title(FILM, name), title("tt0000002", "Next")]
    assert [row.title for row in films(files)] == ["Next", name]


def test_join_films_null_cells(files: ImdbFiles) -> None:
    files.crew, files.akas = [crew(FILM, NULL)], [aka(FILM, 1, "Old", region=NULL)]
    [film] = films(files)
    assert (film.director, film.title_ko) == ("", "")


def test_join_films_absent_from_the_other_tables(files: ImdbFiles) -> None:
    files.crew, files.akas = [], []
    [film] = films(files)
    assert (film.director, film.title_ko) == ("", "")


def test_join_films_several_directors_in_the_order_of_the_crew(files: ImdbFiles) -> None:
    files.crew = [crew(FILM, "nm0000009,nm0661791,nm0000005")]
    files.names += [person("nm0000005", "Anna Five"), person("nm0000009", 'Nine "The" Last')]
    assert [film.director for film in films(files)] == ['Nine "The" Last, Park Chan-wook, Anna Five']


def test_join_films_many_directors_end_with_a_whole_name(files: ImdbFiles) -> None:
    people = [(f"nm{number:07d}", f"Somebody With A Longer Name {number}") for number in range(1, 30)]
    files.crew = [crew(FILM, ",".join(nconst for nconst, _ in people))]
    files.names = [person(*each) for each in people]
    [film] = films(files)
    assert len(film.director) <= 300
    names = film.director.split(", ")
    assert names == [name for _, name in people][: len(names)]
    assert len(film.director) + len(", " + people[len(names)][1]) > 300


@pytest.mark.parametrize(
    ("akas", "expected"),
    [
        ([aka(FILM, 1, "Oldboy"), aka(FILM, 2, "올드보이")], "올드보이"),
        ([aka(FILM, 1, "Oldboy", types="imdbDisplay")], ""),
        ([aka(FILM, 1, "올드보이", region="KP")], ""),
        ([aka(FILM, 2, "둘"), aka(FILM, 10, "열"), aka(FILM, 3, "셋")], "둘"),
        ([aka(FILM, 1, "하나"), aka(FILM, 2, "둘", language="ko")], "둘"),
        ([aka(FILM, 1, "하나", language="ko"), aka(FILM, 2, "둘", types="imdbDisplay")], "둘"),
        ([aka(FILM, 1, "하나"), aka(FILM, 2, "둘", types=f"dvd{BETWEEN_VALUES}imdbDisplay")], "둘"),
        ([aka(FILM, 1, "나"), aka(FILM, 1, "가")], "가"),
        ([aka(FILM, 1, '"따옴표')], '"따옴표'),
    ],
)
def test_join_films_chooses_the_korean_title(files: ImdbFiles, akas: list[Row], expected: str) -> None:
    for order in (akas, akas[::-1]):
        files.akas = order
        assert [film.title_ko for film in films(files)] == [expected]


def test_join_films_since_a_year(files: ImdbFiles) -> None:
    files.basics = [title("tt0000001", year="1989"), title("tt0000002", year="1990"), title("tt0000003", year="2024")]
    assert [film.year for film in films(files)] == [1990, 2024]
    assert [film.year for film in films(files, since=1991)] == [2024]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (title("tt0000002", adult="1"), "adult"),
        (title("tt0000002", kind="tvMovie"), "television (tvMovie)"),
        (title("tt0000002", kind="tvEpisode", year=NULL), "television (tvEpisode)"),
        (title("tt0000002", kind="short"), "no film (short)"),
        (title("tt0000002", kind="videoGame"), "no film (videoGame)"),
        (title("tt0000002", year="1989"), "before 1990"),
        (title("tt0000002", year=NULL), "no year"),
    ],
)
def test_join_films_drops(files: ImdbFiles, row: Row, why: str) -> None:
    files.basics.append(row)
    dropped, rejected = left_out(files)
    assert dropped == [Reason("title.basics.tsv.gz", why, 1, ("tt0000002",))]
    assert rejected == []


def add_basics(row: Row) -> Callable[[ImdbFiles], None]:
    return lambda files: files.basics.append(row)


def add_crew(row: Row) -> Callable[[ImdbFiles], None]:
    return lambda files: files.crew.append(row)


def add_names(row: Row) -> Callable[[ImdbFiles], None]:
    return lambda files: files.names.append(row)


def add_akas(row: Row) -> Callable[[ImdbFiles], None]:
    return lambda files: files.akas.append(row)


@pytest.mark.parametrize(
    ("spoil", "file", "why", "examples"),
    [
        (add_basics(title("tt0000002")[:-1]), "title.basics", "wrong number of cells", ("tt0000002",)),
        (add_basics([*title("tt0000002"), "more"]), "title.basics", "wrong number of cells", ("tt0000002",)),
        (add_basics([*title("tt0000002"), "a", "b", "c"]), "title.basics", "wrong number of cells", ("tt0000002",)),
        (add_basics(["junk"]), "title.basics", "wrong number of cells", ("junk",)),
        (add_basics(title("0000002")), "title.basics", "malformed tconst", ("0000002",)),
        (add_basics(title("tt2")), "title.basics", "malformed tconst", ("tt2",)),
        (add_basics(title("")), "title.basics", "malformed tconst", ()),
        (add_basics(title("tt0000002", NULL)), "title.basics", "no primaryTitle", ("tt0000002",)),
        (add_basics(title("tt0000002", " \0")), "title.basics", "no primaryTitle", ("tt0000002",)),
        (add_basics(title("tt0000002", year="20003")), "title.basics", "impossible startYear", ("tt0000002",)),
        (add_basics(title("tt0000002", year="soon")), "title.basics", "impossible startYear", ("tt0000002",)),
        (add_basics(title("tt0000002", year="1999.5")), "title.basics", "impossible startYear", ("tt0000002",)),
        (add_basics(title("tt0000002", adult="?")), "title.basics", "isAdult is neither 0 nor 1", ("tt0000002",)),
        (add_basics(title("tt0000002", kind="opera")), "title.basics", "unknown titleType", ("tt0000002",)),
        (add_basics(title(FILM, "Zwilling")), "title.basics", "an id that stands there more than once", (FILM,)),
        (add_crew(crew("tt0000002")[:-1]), "title.crew", "wrong number of cells", ("tt0000002",)),
        (add_crew(crew("0000002")), "title.crew", "malformed tconst", ("0000002",)),
        (add_crew(crew("tt0000002", "Park")), "title.crew", "malformed directors", ("tt0000002",)),
        (add_crew(crew(FILM, "nm0661791")), "title.crew", "an id that stands there more than once", (FILM,)),
        (add_names(["nm0000002"]), "name.basics", "wrong number of cells", ("nm0000002",)),
        (add_names(person("nm", "Somebody")), "name.basics", "malformed nconst", ("nm",)),
        (add_names(person("nm0000002", NULL)), "name.basics", "no primaryName", ("nm0000002",)),
        (
            add_names(person("nm0000002", "x" * 301)),
            "name.basics",
            "primaryName longer than 300 characters",
            ("nm0000002",),
        ),
        (add_akas(["tt0000002", "1"]), "title.akas", "wrong number of cells", ("tt0000002",)),
        (add_akas(aka("2", 1, "둘")), "title.akas", "malformed titleId", ("2",)),
        (add_akas(aka("tt0000002", "x", "둘")), "title.akas", "ordering is not a whole number", ("tt0000002",)),
        (add_akas(aka("tt0000002", 1, NULL)), "title.akas", "no title", ("tt0000002",)),
    ],
)
def test_join_films_rejects_one_row(
    files: ImdbFiles, spoil: Callable[[ImdbFiles], None], file: str, why: str, examples: tuple[str, ...]
) -> None:
    spoil(files)
    dropped, rejected = left_out(files)
    assert rejected == [Reason(f"{file}.tsv.gz", why, 1, examples)]
    assert dropped == []


def test_join_films_a_director_whom_the_names_lack(files: ImdbFiles) -> None:
    files.crew = [crew(FILM, "nm0000009,nm0661791")]
    assert [film.director for film in films(files)] == ["Park Chan-wook"]
    _, [reason] = left_out(files)
    assert reason == Reason("title.crew.tsv.gz", "a director whom the names lack", 1, (f"{FILM} (nm0000009)",))


def test_join_films_rejects_lines_that_are_not_utf8_or_endless(files: ImdbFiles) -> None:
    tables = files.write()
    lines = tsv(BASICS, files.basics)
    lines += "\t".join(title("tt0000002", "Café")).encode("latin-1") + b"\n"
    lines += "\t".join(title("tt0000003", "L" * (LINE_BYTES + BLOCK_BYTES))).encode() + b"\n"
    lines += b"\n" + "\t".join(title("tt0000004", "Last")).encode()  # an empty line, and no end of line at the end
    files.write_bytes("title.basics.tsv.gz", lines)
    with join_films(tables, since=1990) as joined:
        assert [film.title for film in joined.rows()] == ["Last", "Oldeuboi"]
        assert joined.rejected == [
            Reason("title.basics.tsv.gz", f"longer than {LINE_BYTES:,} bytes", 1, ("line 4",)),
            Reason("title.basics.tsv.gz", "not UTF-8", 1, ("line 3",)),
        ]


def test_join_films_lines_of_windows(files: ImdbFiles) -> None:
    tables = files.write()
    files.write_bytes("title.basics.tsv.gz", tsv(BASICS, files.basics).replace(b"\n", b"\r\n"))
    with join_films(tables, since=1990) as joined:
        assert [film.title for film in joined.rows()] == ["Oldeuboi"]


def test_join_films_columns_in_another_order(files: ImdbFiles) -> None:
    tables = files.write()
    files.write_bytes("title.basics.tsv.gz", tsv(BASICS[::-1], [row[::-1] for row in files.basics]))
    with join_films(tables, since=1990) as joined:
        assert [film.title for film in joined.rows()] == ["Oldeuboi"]


def test_join_films_takes_scores(files: ImdbFiles) -> None:
    files.scores = [score(FILM, joy="2.5", suicide_theme="1", rating="7.3")]
    [film] = films(files)
    assert (film.review_count, film.source, film.rating, film.has_suicide_theme) == (12, Source.REVIEWS, 7.3, True)
    assert film.lifts == dict.fromkeys(film.lifts, 1.25) | {Emotion.JOY: 2.5}
    assert len(film.lifts) == 5


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"imdb_id": "364569"}, "malformed imdb_id"),
        ({"reviews": "-1"}, "reviews is not a whole number"),
        ({"source": "friend"}, "source is neither reviews nor plot"),
        ({"anger": "nan"}, "anger is not a number in 0…1000"),
        ({"joy": ""}, "joy is not a number in 0…1000"),
        ({"rating": "11"}, "rating is not a number in 1…10"),
        ({"rating": "good"}, "rating is not a number in 1…10"),
        ({"suicide_theme": "yes"}, "suicide_theme is neither 0 nor 1"),
    ],
)
def test_join_films_rejects_a_score(files: ImdbFiles, cells: dict[str, str], why: str) -> None:
    wrong = score("tt0000002", suicide_theme="0", rating="") | cells
    files.scores = [score(FILM, suicide_theme="", rating=""), wrong]
    _, rejected = left_out(files)
    assert rejected == [Reason("scores.csv.gz", why, 1, (wrong["imdb_id"],))]
    assert films(files)[0].lifts


def test_join_films_scores_that_reach_no_film(files: ImdbFiles) -> None:
    files.scores = [score(FILM), score("tt0000002"), score("")]
    dropped, rejected = left_out(files)
    assert rejected == []
    assert dropped == [
        Reason("scores.csv.gz", "a score without an imdb_id", 1, ()),
        Reason("scores.csv.gz", "scores of no imported film", 1, ("tt0000002",)),
    ]


def test_why_absent_tells_a_dropped_title_from_an_unknown_one(files: ImdbFiles) -> None:
    files.basics += [title("tt0000002", kind="tvMovie"), title("tt0000003", NULL)]
    with join_films(files.write(), since=1990) as joined:
        assert joined.why_absent(["tt0000002", "tt0000003", "tt0000009"]) == [
            Reason("", "not in the tables", 1, ("tt0000009",)),
            Reason("", "rejected: no primaryTitle", 1, ("tt0000003",)),
            Reason("", "television (tvMovie)", 1, ("tt0000002",)),
        ]
