"""Made-up tables in the format and with the sizes and shares of IMDb's, for `benchmarks.import_movies`."""

from dataclasses import dataclass
from pathlib import Path

import duckdb


@dataclass(frozen=True)
class Sizes:
    """Rows of each table. The defaults are what IMDb's files hold, rounded up."""

    titles: int = 12_000_000
    crew: int = 11_000_000
    names: int = 14_000_000
    akas: int = 40_000_000


# Every number below is a hash of the row's own, so that the same sizes give the same tables. About three titles of
# four are episodes and one of seventeen is a film, as at IMDb; ids have gaps.
_TCONST = "printf('tt%07d', 1 + 3 * {row})"
_NCONST = "printf('nm%07d', 1 + {row})"

_QUERIES = {
    "title.basics": f"""
        SELECT
            {_TCONST.format(row="row")} AS tconst,
            CASE
                WHEN kind < 60 THEN 'movie' WHEN kind < 780 THEN 'tvEpisode' WHEN kind < 870 THEN 'short'
                WHEN kind < 895 THEN 'tvSeries' WHEN kind < 920 THEN 'video' WHEN kind < 932 THEN 'tvMovie'
                ELSE 'tvMiniSeries'
            END AS titleType,
            CASE WHEN kind % 50 = 7 THEN '"Unclosed ' ELSE 'The ' END
                || (['Long', 'Quiet', 'Last', 'Second', 'Lost'])[1 + kind % 5] || ' Evening of Number ' || row
                AS primaryTitle,
            primaryTitle AS originalTitle,
            CASE WHEN draw(row, 2, 100) = 0 THEN 1 ELSE 0 END AS isAdult,
            CASE WHEN draw(row, 3, 7) = 0 THEN NULL ELSE 1950 + CAST(sqrt(draw(row, 4, 5776)) AS INTEGER) END
                AS startYear,
            NULL AS endYear,
            CASE WHEN kind % 3 = 0 THEN NULL ELSE 20 + kind % 120 END AS runtimeMinutes,
            (['Drama', 'Comedy,Drama', 'Documentary', 'Action,Crime,Thriller'])[1 + kind % 4] AS genres
        FROM (SELECT range AS row, draw(range, 1, 1000) AS kind FROM range({{titles}}))
    """,
    "title.crew": f"""
        SELECT
            {_TCONST.format(row="row")} AS tconst,
            CASE
                WHEN kind < 40 THEN NULL
                WHEN kind < 90 THEN director || ',' || {_NCONST.format(row="draw(row, 7, {names})")}
                ELSE director
            END AS directors,
            CASE WHEN kind % 2 = 0 THEN NULL ELSE {_NCONST.format(row="draw(row, 8, {names})")} END AS writers
        FROM (
            SELECT range AS row, draw(range, 5, 100) AS kind,
                {_NCONST.format(row="draw(range, 6, {names})")} AS director
            FROM range({{crew}})
        )
    """,
    "name.basics": f"""
        SELECT
            {_NCONST.format(row="row")} AS nconst,
            (['Min-ji', 'Anna', 'John', 'Hiroshi', 'Léa', 'Sung-ho'])[1 + kind % 6]
                || (['', ' ''Mac''', ' B.', ''])[1 + kind % 4]
                || (['', ' Kim', ' Ferreira', ' O''Neil', ' Lindqvist'])[1 + kind % 5] || ' ' || row AS primaryName,
            CASE WHEN kind % 20 = 0 THEN 1930 + kind % 70 END AS birthYear,
            NULL AS deathYear,
            (['actor', 'director,writer', 'miscellaneous', 'actress,soundtrack'])[1 + kind % 4] AS primaryProfession,
            {_TCONST.format(row="draw(row, 10, {titles})")} || ',' || {_TCONST.format(row="draw(row, 11, {titles})")}
                AS knownForTitles
        FROM (SELECT range AS row, draw(range, 9, 1000) AS kind FROM range({{names}}))
    """,
    "title.akas": f"""
        SELECT
            {_TCONST.format(row="(row * {titles} // {akas})")} AS titleId,
            1 + row % 4 AS ordering,
            CASE WHEN region = 'KR' AND kind % 10 < 7 THEN '저녁의 두 번째 이야기 ' ELSE 'Der lange Abend, Nummer ' END
                || row AS title,
            region,
            CASE WHEN kind % 3 = 0 THEN (['ko', 'de', 'ja', 'en'])[1 + kind % 4] END AS language,
            CASE WHEN kind % 2 = 0 THEN 'imdbDisplay' END AS types,
            NULL AS attributes,
            CASE WHEN row % 4 = 0 THEN 1 ELSE 0 END AS isOriginalTitle
        FROM (
            SELECT range AS row, draw(range, 12, 1000) AS kind,
                CASE WHEN range % 4 = 0 THEN NULL WHEN draw(range, 13, 50) = 0 THEN 'KR'
                    ELSE (['DE', 'FR', 'JP', 'IN', 'ES', 'IT', 'PT'])[1 + draw(range, 13, 7)] END AS region
            FROM range({{akas}})
        )
    """,
}


def write_tables(folder: Path, sizes: Sizes) -> dict[str, Path]:
    """Write the four tables into `folder` (about 2 GB at full size) unless they lie there; table → file."""
    paths = {name: folder / f"{name}-{'-'.join(map(str, vars(sizes).values()))}.tsv.gz" for name in _QUERIES}
    connection = duckdb.connect()
    connection.execute(
        "CREATE MACRO draw(row, column_number, below) AS CAST(hash(row, column_number) % below AS BIGINT)"
    )
    for name, path in paths.items():
        if not path.exists():
            unfinished = path.with_suffix(".part")
            connection.execute(
                f"COPY ({_QUERIES[name].format(**vars(sizes))}) TO '{unfinished}' (FORMAT csv, HEADER, DELIMITER '\t',"
                " QUOTE '', ESCAPE '', NULLSTR '\\N', COMPRESSION gzip)"
            )
            unfinished.rename(path)
    return paths
