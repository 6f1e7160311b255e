"""Examples of films and tracks in the OpenAPI document: listed, recommended, spoken of."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_NOTHING_SAID = {"opinion": None, "is_seen": False}
_MOVIE: dict[str, Any] = {
    "id": 13816,
    "title": "Parasite",
    "title_ko": "기생충",
    "year": 2019,
    "director": "Bong Joon Ho",
    "director_ko": "봉준호",
    "review_count": 3,
    "imdb_id": "tt6751668",
    "url": "https://www.imdb.com/title/tt6751668/",
    "tags": [
        {"emotion": "embarrassment", "lift": 1.332, "source": "reviews"},
        {"emotion": "anxiety", "lift": 1.218, "source": "reviews"},
        {"emotion": "sadness", "lift": 1.096, "source": "reviews"},
        {"emotion": "anger", "lift": 0.93, "source": "reviews"},
        {"emotion": "joy", "lift": 0.79, "source": "reviews"},
    ],
    "feedback": _NOTHING_SAID,
}
_TRACK: dict[str, Any] = {
    "id": 41,
    "title": "Ending Scene",
    "artist": "IU",
    "artist_ko": "아이유",
    "album": "Palette",
    "duration_ms": 249242,
    "spotify_id": "06EMBzxDm2hueehobAlMtm",
    "url": "https://open.spotify.com/track/06EMBzxDm2hueehobAlMtm",
    "tags": [
        {"mood": "sad", "probability": 0.9801, "source": "features"},
        {"mood": "happy", "probability": 0.0115, "source": "features"},
        {"mood": "energetic", "probability": 0.0044, "source": "features"},
        {"mood": "calm", "probability": 0.0041, "source": "features"},
    ],
    "feedback": {"opinion": "like", "is_seen": True},
}
_SITE = "https://rest.example.com/api/v1"

MOVIE = OpenApiExample("영화 A film", value=_MOVIE, response_only=True)
TRACK = OpenApiExample("곡 A track", value=_TRACK, response_only=True)
MOVIE_PAGE = OpenApiExample(
    "영화 목록 A page of films",
    value={"next": f"{_SITE}/movies/?cursor=WzMsMTM4MTZd&emotion=embarrassment&page_size=1", "results": [_MOVIE]},
    response_only=True,
)
TRACK_PAGE = OpenApiExample(
    "음악 목록 The last page of tracks", value={"next": None, "results": [_TRACK]}, response_only=True
)
SHELVES = OpenApiExample(
    "둘러보기 Shelves",
    value={
        "movies": [{"emotion": "embarrassment", "movies": [_MOVIE]}],
        "tracks": [{"mood": "sad", "tracks": [_TRACK]}],
    },
    response_only=True,
)
SEEN_AND_LIKED = OpenApiExample("봤고 좋았어요 Seen and liked", value={"opinion": "like", "is_seen": True})
DISLIKED = OpenApiExample("별로예요 Disliked", value={"opinion": "dislike", "is_seen": False})

_RECOMMENDED = ("tags", "feedback")
_ANSWER: dict[str, Any] = {
    "strategy": "match",
    "movies": [
        {
            "id": 118,
            "movie": {name: value for name, value in _MOVIE.items() if name not in _RECOMMENDED},
            "emotion": "embarrassment",
            "lift": 1.332,
            "source": "reviews",
            "reason": "리뷰 3편에서 당황의 기운이 평균의 1.3배예요.",
            "feedback": _NOTHING_SAID,
        }
    ],
    "tracks": [
        {
            "id": 121,
            "track": {name: value for name, value in _TRACK.items() if name not in _RECOMMENDED},
            "mood": "sad",
            "probability": 0.9801,
            "source": "features",
            "reason": "슬픈 분위기의 곡이에요.",
            "feedback": {"opinion": "like", "is_seen": True},
        }
    ],
}
ANSWER = OpenApiExample("공감 Staying with the feeling", value=_ANSWER, response_only=True)
ASK_FOR_OTHERS = OpenApiExample(
    "다른 추천 Others than those seen", value={"strategy": "match", "newest_id": 112}, request_only=True
)
OTHERS = OpenApiExample("다른 추천 Others", value={**_ANSWER, "has_others": True}, response_only=True)
