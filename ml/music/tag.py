"""Write the track catalogue: Korean tracks with Spotify's features and the probability of each mood."""

import argparse
import re
import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ml.errors import DataError, ModelError
from ml.files import read_rows, write_csv_gz
from ml.labels import Mood
from ml.music.data import CODES, FEATURES, Track, input_matrix, read_names, read_tracks
from ml.music.predict import MoodClassifier

NON_KOREAN = Path(__file__).parent / "non_korean.txt"
# Artists' names in Korean, known by heart and not from a source.
KOREAN_ARTISTS = Path(__file__).parent / "korean_artists.tsv"

COLUMNS: tuple[str, ...] = (
    *("spotify_id", "title", "artist", "artist_ko", "album", "release_date", "duration_ms", "popularity"),
    *("danceability", "energy", "key", "loudness", "mode", "speechiness", "acousticness", "instrumentalness"),
    *("liveness", "valence", "tempo", "time_signature"),
    *(mood.value for mood in Mood),
)

# Skits and intros are shorter, DJ sets and whole albums in one file longer.
SHORTEST_MS, LONGEST_MS = 60_000, 600_000
MOST_ARTISTS = 4
# Spotify's own reading: above 0.5 a track is meant to be without voice.
MOST_INSTRUMENTALNESS = 0.5

_HANGUL_OR_LATIN = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣA-Za-z0-9]")
_VERSION = re.compile(r"\(.*?\)|\[.*?\]| [-–] .*")
_KANA = re.compile(r"[\u3040-\u30fa]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_OTHER_SCRIPT = re.compile(r"[\u0400-\u06ff\u0e00-\u0e7f]")  # Cyrillic to Arabic, Thai
_OTHER_VERSION = re.compile(
    r"\b(inst\.?|instrumental|mr|karaoke|a ?cappella|acapella|interlude|skit|intro|outro|live|tour|"
    r"remix|relift|3d sound|"
    r"(japanese|jp|chinese|mandarin|spanish|english|eng)\.? ver(sion|\.)?)\b",
    re.IGNORECASE,
)


def select_korean(tracks: Iterable[Track], *, non_korean: frozenset[str]) -> list[Track]:
    """Keep tracks of Korean artists that are songs in their first form: no instrumental, repeat, remix, live take,
    version in another language, and nothing shorter than one minute or longer than ten."""
    return [
        track
        for track in tracks
        if not track.is_instrumental
        and not track.is_repeat
        and track.features["instrumentalness"] <= MOST_INSTRUMENTALNESS
        and SHORTEST_MS <= track.duration_ms <= LONGEST_MS
        and track.artists[0] not in non_korean
        and track.spotify_id not in non_korean
        and _is_korean_title(track.title)
    ]


def drop_repeated(tracks: Iterable[Track]) -> list[Track]:
    """Keep the most popular of the tracks with the same first artist and title; what stands in brackets or after a
    dash tells versions of one song apart and is not compared."""
    best: dict[tuple[str, str], Track] = {}
    for track in sorted(tracks, key=lambda track: (-(track.popularity or 0), track.spotify_id)):
        song = _letters(_VERSION.sub("", track.title)) or track.title.casefold()
        best.setdefault((_letters(track.artists[0]) or track.artists[0], song), track)
    return list(best.values())


def _letters(name: str) -> str:
    """A name without what spellings differ by: (G)I-DLE and GIDLE, Girls' Generation and Girls Generation."""
    return re.sub(r"[\W_]+", "", name.casefold())


def fill_popularity(tracks: Sequence[Track]) -> dict[str, int]:
    """Popularity 0-100 by Spotify id; a track whose source tells none gets the median of the others."""
    known = [track.popularity for track in tracks if track.popularity is not None]
    median = round(statistics.median(known)) if known else 0
    return {track.spotify_id: median if track.popularity is None else track.popularity for track in tracks}


def read_korean_artists(path: Path = KOREAN_ARTISTS) -> dict[str, str]:
    """Korean names by the letters of the usual one: a TSV of artist, artist_ko. Raises DataError."""
    rows = read_rows(path, columns=("artist", "artist_ko"), delimiter="\t")
    return {_letters(row["artist"]): row["artist_ko"] for _, row in rows}


def name_in_korean(artists: Sequence[str], korean: Mapping[str, str]) -> str:
    """The artists, those in Korean whose Korean name is known; empty where none is."""
    names = [korean.get(_letters(artist), artist) for artist in artists]
    return ", ".join(names) if names != list(artists) else ""


def catalogue_rows(
    tracks: Sequence[Track], classifier: MoodClassifier, korean_artists: Mapping[str, str]
) -> list[list[str]]:
    """The rows of the catalogue in COLUMNS' order, sorted by Spotify id."""
    tracks = sorted(tracks, key=lambda track: track.spotify_id)
    popularity = fill_popularity(tracks)
    rows = []
    for track, probabilities in zip(tracks, classifier.predict(input_matrix(tracks)), strict=True):
        numbers = {name: f"{track.features[name]:g}" for name in FEATURES} | {
            name: str(track.codes[name]) for name in CODES
        }
        named = {
            "spotify_id": track.spotify_id,
            "title": track.title,
            "artist": ", ".join(track.artists[:MOST_ARTISTS]),
            "artist_ko": name_in_korean(track.artists[:MOST_ARTISTS], korean_artists),
            "album": track.album,
            "release_date": track.release_date,
            "duration_ms": str(track.duration_ms),
            "popularity": str(popularity[track.spotify_id]),
            **numbers,
            **{mood.value: f"{value:.4f}" for mood, value in zip(Mood, probabilities, strict=True)},
        }
        rows.append([named[column] for column in COLUMNS])
    return rows


def _is_korean_title(title: str) -> bool:
    """Whether the title is not written in a foreign script, and names no other version of a song."""
    is_foreign = bool(_KANA.search(title) or _OTHER_SCRIPT.search(title))
    is_foreign |= bool(_HAN.search(title)) and not _HANGUL_OR_LATIN.search(title)
    return not is_foreign and not _OTHER_VERSION.search(title)


def main(arguments: Sequence[str] | None = None) -> int:
    """Select the Korean tracks, score their moods, and write the catalogue file."""
    parser = argparse.ArgumentParser(prog="python -m ml.music.tag", description=main.__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder that ml.music.train wrote")
    parser.add_argument("--tracks", type=Path, required=True, help="CSV of tracks with Spotify's audio features")
    parser.add_argument("--output", type=Path, required=True, help="the catalogue file, *.csv.gz")
    options = parser.parse_args(arguments)
    try:
        classifier, tracks = MoodClassifier.load(options.model), read_tracks(options.tracks)
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    kept = drop_repeated(select_korean(tracks, non_korean=read_names(NON_KOREAN)))
    rows = catalogue_rows(kept, classifier, read_korean_artists())
    write_csv_gz(options.output, columns=COLUMNS, rows=rows)
    print(f"{len(rows):,} of {len(tracks):,} tracks → {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
