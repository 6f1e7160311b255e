"""Many people to whom things were recommended."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from accounts.models import User
from catalog.models import Movie, Track
from diary.models import Entry, Feedback, Recommendation
from ml.labels import Mood
from tests.factories import make_user

_positions: Iterator[int] = count()


def make_readers(number: int) -> list[User]:
    """So many people, each with an entry that has no text."""
    readers = [make_user(f"reader{place}@example.com") for place in range(number)]
    Entry.objects.bulk_create(Entry(user=reader, written_on="2026-11-01") for reader in readers)
    return readers


def recommend(reader: User, tag: str, strategy: str = "match", opinion: str = "", times: int = 1) -> None:
    """Recommend films of an emotion, or tracks of a mood, to somebody who then says what they think of each."""
    kind, model = ("track", Track) if tag in list(Mood) else ("movie", Movie)
    entry = Entry.objects.get(user=reader)
    for item in model.objects.all()[:times]:
        values: dict[str, Any] = {kind: item, "user": reader}
        place = {"position": next(_positions), "score": 1.0, "source": "reviews"}
        Recommendation.objects.create(entry=entry, tag=tag, strategy=strategy, **place, **values)
        if opinion:
            Feedback.objects.get_or_create(**values, defaults={"opinion": opinion})
