"""Answers in the shapes that ReccoBeats and Spotify document, for tracks named by a number."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.catalog.providers.server import Asked, Reply

FEATURES = {
    "acousticness": 0.9,
    "danceability": 0.3,
    "energy": 0.2,
    "instrumentalness": 0.01,
    "liveness": 0.1,
    "loudness": -14.5,
    "speechiness": 0.03,
    "tempo": 72.5,
    "valence": 0.2,
}


def spotify_id(number: int) -> str:
    return f"{number:022d}"


def reccobeats_id(number: int) -> str:
    return f"878dadea-33c5-4c08-bdb9-{number:012d}"


def href(number: int) -> str:
    return f"https://open.spotify.com/track/{spotify_id(number)}"


def reccobeats_track(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": reccobeats_id(number),
        "trackTitle": f"노래 {number}",
        "artists": [{"id": reccobeats_id(9), "name": "가수", "href": "https://open.spotify.com/artist/x"}],
        "durationMs": 200_000 + number,
        "isrc": "KRA000000001",
        "ean": None,
        "upc": None,
        "href": href(number),
        "availableCountries": "KR,US",
        "popularity": 40,
        **fields,
    }


def reccobeats_features(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": reccobeats_id(number), "href": href(number), **FEATURES, "key": 5, "mode": 1, **fields}


def reccobeats(known: Mapping[int, dict[str, Any]] | set[int]) -> Callable[[Asked], Reply]:
    """ReccoBeats, knowing some tracks; a mapping tells fields of their features that differ."""
    numbers = {number: dict(known[number]) if isinstance(known, Mapping) else {} for number in known}

    def answer(request: Asked) -> Reply:
        ids = request.query.get("ids", "").split(",")
        asked = [number for number in reversed(numbers) if spotify_id(number) in ids]  # in an order of its own
        if request.path == "/v1/track":
            return Reply(body={"content": [reccobeats_track(number) for number in asked]})
        if request.path == "/v1/audio-features":
            return Reply(body={"content": [reccobeats_features(number, **numbers[number]) for number in asked]})
        return Reply(404, {"status": 4040, "errors": [{"message": "not found"}]})

    return answer


def spotify_track(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": spotify_id(number),
        "type": "track",
        "name": f"노래 {number}",
        "artists": [{"name": "가수"}, {"name": "친구"}],
        "album": {"name": "앨범", "release_date": "2024-03-01"},
        "duration_ms": 180_000,
        "is_local": False,
        "popularity": 55,
        **fields,
    }
