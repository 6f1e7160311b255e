"""Made-up tables in the format and with the sizes and shares of IMDb's, for `benchmarks.import_movies`.

Run `python -m benchmarks.imdb_tables FOLDER` to have them alone.
"""

import argparse
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
    "scores": f"""
        SELECT
            {_TCONST.format(row="row")} AS imdb_id, 1 + draw(row, 14, 400) AS reviews, 'reviews' AS source,
            draw(row, 15, 3000) / 1000 AS joy, draw(row, 16, 3000) / 1000 AS sadness,
            draw(row, 17, 3000) / 1000 AS anger, draw(row, 18, 3000) / 1000 AS anxiety,
            draw(row, 19, 3000) / 1000 AS embarrassment
        FROM (SELECT range AS row, draw(range, 1, 1000) AS kind FROM range({{titles}})) WHERE kind < 60
    """,
}


def table_paths(folder: Path, sizes: Sizes) -> dict[str, Path]:
    """Where the tables of these sizes lie in `folder`, and a CSV of scores for every film; table → file."""
    suffix = "-".join(map(str, vars(sizes).values()))
    return {name: folder / f"{name}-{suffix}.{'csv' if name == 'scores' else 'tsv'}.gz" for name in _QUERIES}


def write_tables(folder: Path, sizes: Sizes) -> None:
    """Write the tables into `folder`, but for those that lie there."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute("CREATE MACRO draw(row, salt, below) AS CAST(hash(row, salt) % below AS BIGINT)")
    for name, path in table_paths(folder, sizes).items():
        if not path.exists():
            unfinished = path.with_suffix(".part")
            delimiter = "," if name == "scores" else "\t"
            layout = (
                f"FORMAT csv, HEADER, DELIMITER '{delimiter}', QUOTE '', ESCAPE '', NULLSTR '\\N', COMPRESSION gzip"
            )
            connection.execute(f"COPY ({_QUERIES[name].format(**vars(sizes))}) TO '{unfinished}' ({layout})")
            unfinished.rename(path)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder, and a size for every table."""
    parser.add_argument("folder", type=Path, help="where the tables go, outside the repository")
    for name, rows in vars(Sizes()).items():
        parser.add_argument(f"--{name}", type=int, default=rows, help=f"rows (default: {rows:,})")


def sizes_of(options: argparse.Namespace) -> Sizes:
    return Sizes(**{name: getattr(options, name) for name in vars(Sizes())})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    options = parser.parse_args()
    write_tables(options.folder, sizes_of(options))


if __name__ == "__main__":
    main()
