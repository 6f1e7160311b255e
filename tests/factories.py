"""Small, plain builders of the things that tests are about."""

from datetime import date
from typing import Any

from django.test import Client

from accounts.encryption import data_keys
from accounts.models import User
from catalog.importers.tracks_csv import CODE_RANGES, FEATURE_RANGES
from catalog.models import Source
from catalog.rows import MovieRow, TrackRow
from diary.models import Analysis, Correction, Entry
from diary.tags import set_tags
from ml.labels import FEELINGS, Emotion, Mood

# Where the songs of each mood lie on Spotify's two axes: valence and energy.
CORNERS = {Mood.HAPPY: (0.9, 0.6), Mood.SAD: (0.1, 0.3), Mood.CALM: (0.6, 0.1), Mood.ENERGETIC: (0.4, 0.95)}
PASSWORD = "rest-stop-lamp-7"

SAD = "오늘 할머니 장례식에 다녀왔다. 빈소에서 사진을 보니 눈물이 멈추지 않았다. 너무 보고 싶고 슬프다."
HAPPY = "드디어 합격했다! 엄마한테 전화하니까 같이 웃으면서 축하해 줬다. 정말 행복하고 기쁜 하루다."


def make_user(email: str = "owner@example.com", **fields: Any) -> User:
    """A user whose password is PASSWORD."""
    return User.objects.create_user(email, PASSWORD, **fields)


def keep_key(user: User) -> None:
    """Let the process know the user's data key, as it does when the transaction that made it has ended.

    A test's never does, so each text would look the key up anew: for those who write hundreds.
    """
    data_keys._remember(user.pk, data_keys.open_key(user.pk))


def log_in(user: User) -> Client:
    """The user at a browser that asks for Korean."""
    client = Client(headers={"accept-language": "ko"})
    client.force_login(user)
    return client


def make_entry(user: User, text: str = SAD, written_on: date = date(2026, 11, 1), **fields: Any) -> Entry:
    """An entry straight into the database: pending, nothing analysed."""
    return Entry.objects.create(user=user, text=text, written_on=written_on, **fields)


def rewrite(entry: Entry, text: str, **fields: Any) -> None:
    """Another text in the database, as though it had been saved so: nothing follows from it."""
    for name, value in {"text": text, **fields}.items():
        setattr(entry, name, value)
    entry.save(update_fields=["text", *fields])


def make_read_entry(
    user: User,
    day: date = date(2026, 11, 1),
    emotion: str = "sadness",
    *,
    is_unsure: bool = False,
    corrected: str = "",
    tags: tuple[str, ...] = (),
) -> Entry:
    """An entry that was read as an emotion."""
    entry = make_entry(user, SAD, day, status=Entry.Status.ANALYZED)
    scores = {e.value: float(e == emotion) for e in Emotion}
    Analysis.objects.create(entry=entry, label=emotion, is_unsure=is_unsure, confidence=0.5, scores=scores)
    if corrected:
        Correction.objects.create(entry=entry, label=corrected)
    if tags:
        set_tags(entry, list(tags))
    return entry


def movie_row(number: int, emotion: Emotion = Emotion.JOY, **fields: Any) -> MovieRow:
    """A film that stands out for one emotion."""
    values = {
        "external_id": f"tt{number:07d}",
        "imdb_id": f"tt{number:07d}",
        "tmdb_id": number,
        "title": f"{emotion} film {number}",
        "title_ko": f"{emotion.korean} 영화 {number}",
        "year": 1990 + number % 30,
        "director": f"Director {number}",
        "director_ko": "",
        "review_count": 100 + number,
        "rating": 7.5,
        "source": Source.REVIEWS,
        "lifts": {feeling: 2.5 if feeling == emotion else 0.8 for feeling in FEELINGS},
    }
    return MovieRow(**(values | fields))


def track_row(number: int, mood: Mood = Mood.HAPPY, **fields: Any) -> TrackRow:
    """A song that stands out for one mood, by an artist of its own."""
    valence, energy = CORNERS[mood]
    features = {name: high / 2 for name, (_, high) in FEATURE_RANGES.items()} | {"valence": valence, "energy": energy}
    values = {
        "spotify_id": f"{number:022d}",
        "title": f"{mood} song {number}",
        "artist": f"Artist {number}",
        "album": f"Album {number}",
        "release_date": "2020-01-02",
        "duration_ms": 200_000,
        "popularity": number % 100,
        "features": features | {name: low + 1 for name, (low, _) in CODE_RANGES.items()},
        "probabilities": {m: 0.85 if m == mood else 0.05 for m in Mood},
    }
    return TrackRow(**(values | fields))
