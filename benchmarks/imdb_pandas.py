"""The join of `manage.py import_movies` as pandas does it with tables read whole, for `benchmarks.import_movies`.

Only the columns that the join needs are read. Prints the number of films, or the table at which the memory that it may
have (an argument, in GiB of address space) was used up.
"""

import argparse
import csv
import resource
import sys
from pathlib import Path

import pandas as pd


def read(path: Path, columns: list[str]) -> pd.DataFrame:
    print(path.name.split("-")[0], file=sys.stderr, flush=True)  # how far it came, should it be killed
    return pd.read_csv(
        path, sep="\t", usecols=columns, dtype=str, na_values=["\\N"], keep_default_na=False, quoting=csv.QUOTE_NONE
    )


def join(basics: Path, crew: Path, names: Path, akas: Path, since: int) -> pd.DataFrame:
    """Films with director and Korean title, as the command finds them."""
    films = read(basics, ["tconst", "titleType", "primaryTitle", "isAdult", "startYear"])
    films = films[(films["titleType"] == "movie") & (films["isAdult"] == "0") & films["startYear"].notna()]
    films = films[films["startYear"].astype(int) >= since]
    people = read(crew, ["tconst", "directors"])
    people = people[people["tconst"].isin(films["tconst"])].dropna()
    people = people.assign(nconst=people["directors"].str.split(",")).explode("nconst")
    known = read(names, ["nconst", "primaryName"])
    people = people.merge(known, on="nconst")
    directors = people.groupby("tconst")["primaryName"].agg(", ".join)
    titles = read(akas, ["titleId", "ordering", "title", "region", "language", "types"])
    titles = titles[(titles["region"] == "KR") & titles["title"].str.contains("[가-힣]", na=False)]
    titles = titles[titles["titleId"].isin(films["tconst"])].assign(
        is_display=lambda table: table["types"].eq("imdbDisplay"),
        is_korean=lambda table: table["language"].eq("ko"),
        place=lambda table: table["ordering"].astype(int),
    )
    titles = titles.sort_values(["is_display", "is_korean", "place"], ascending=[False, False, True])
    korean = titles.drop_duplicates("titleId").set_index("titleId")["title"]
    films = films.set_index("tconst")
    return films.assign(director=directors, title_ko=korean)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("basics", "crew", "names", "akas"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--since", type=int, default=1990)
    parser.add_argument("--gib", type=int, required=True)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (options.gib << 30, options.gib << 30))
    films = join(options.basics, options.crew, options.names, options.akas, options.since)
    print(len(films))


if __name__ == "__main__":
    main()
