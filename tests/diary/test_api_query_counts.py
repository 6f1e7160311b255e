"""Every read of the API costs the same number of queries, however many objects there are.

A new endpoint gets a line in READS (or in NOT_COUNTED, with the reason): until then a test names it.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern
from rest_framework.test import APIClient

from accounts.models import User
from catalog.models import Movie, Track
from diary.api.urls import urlpatterns
from diary.changes import take_turn
from diary.models import Analysis, Correction, Entry, Export, Feedback, Recommendation, Tag
from ml.labels import Emotion, Strategy
from tests.factories import SAD, keep_key

pytestmark = pytest.mark.django_db

COUNTS = (1, 10, 100)
TODAY = date(2026, 11, 1)

# The name of an endpoint → what is asked of it; words in braces are ids, `{count}` is how many.
READS = {
    "entry-list": [
        "entries/?page_size=100",
        "entries/?page_size=100&include=recommendations",
        "entries/?updated_since=1970-01-01T00:00:00Z&page_size=100",
        "entries/?page_size=100&q=할머니",
        "entries/?page_size=100&emotion=joy",
        "entries/?page_size=100&tag=태그0",
        "entries/?page_size=100&from=2020-01-01&to=2026-11-01",
        "entries/?page_size=100&updated_since=1970-01-01T00:00:00Z",
        "entries/?page_size=100&q=할머니&tag=태그0&emotion=joy&from=2020-01-01",
    ],
    "entry-detail": ["entries/{entry}/"],
    "entry-analysis": ["entries/{entry}/analysis/"],
    "entry-recommendations": ["entries/{entry}/recommendations/", "entries/{entry}/recommendations/?strategy=shift"],
    "calendar": ["calendar/", "calendar/?month=2026-11"],
    "trends": ["trends/", "trends/?period=365", "trends/?from=2020-01-01&to=2026-11-01"],
    "tags": ["tags/"],
    "settings": ["settings/"],
    "profile": ["profile/"],
    "model": ["model/"],
    "browse": ["browse/"],
    "liked": ["liked/", "liked/?page_size={count}"],
    "movies": [
        "movies/?page_size={count}",
        "movies/?emotion=joy",
        "movies/?page_size={count}&q=영화",
    ],
    "movie": ["movies/{movie}/"],
    "tracks": [
        "tracks/?page_size={count}",
        "tracks/?mood=happy",
        "tracks/?page_size={count}&q=song",
    ],
    "track": ["tracks/{track}/"],
    "exports": ["exports/"],
    "export-detail": ["exports/{export}/"],
}
NOT_COUNTED = {
    "export": "it is a stream, which reads one batch of entries after the other",
    "export-download": "it is a file",
}


def names_of_reads() -> Iterator[str]:
    """The endpoints that answer GET, by the API's table of addresses."""
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        view = pattern.callback
        is_read = "get" in view.actions if hasattr(view, "actions") else hasattr(view.view_class, "get")
        if is_read:
            yield str(pattern.name)


def grow(user: User, count: int) -> Entry:
    """Let the user have `count` entries, as many tags, exports and opinions; returns one that has everything."""
    keep_key(user)
    start = Entry.objects.count()
    new = range(start, count)
    days = [TODAY - timedelta(days=number) for number in new]
    entries = Entry.objects.bulk_create(Entry(user=user, text=SAD, written_on=d, status="analyzed") for d in days)
    scores = {emotion.value: float(emotion == "sadness") for emotion in Emotion}
    Analysis.objects.bulk_create(
        Analysis(entry=entry, label="sadness", confidence=1.0, scores=scores, model_version="test")
        for entry in entries
    )
    Correction.objects.bulk_create(Correction(entry=entry, label="joy") for entry in entries)
    tags = Tag.objects.bulk_create(Tag.named(f"태그{number}", user.pk) for number in new)
    first = Tag.objects.order_by("pk").first()
    through = Entry.tags.through
    through.objects.bulk_create(
        through(entry_id=entry.pk, tag_id=pk)
        for entry, tag in zip(entries, tags, strict=True)
        for pk in {tag.pk, first.pk if first else tag.pk}
    )
    answer(user, entries)
    with transaction.atomic():
        take_turn(user.pk)  # so that a phone is told of them
    Export.objects.bulk_create(Export(user=user, status=Export.Status.EXPIRED) for _ in new)
    return Entry.objects.newest_first()[0]


def answer(user: User, entries: list[Entry]) -> None:
    """A film and a track of their own for each entry by every strategy, all of them liked."""
    movies = list(Movie.objects.order_by("pk")[:100])
    tracks = list(Track.objects.order_by("pk")[:100])
    start = Feedback.objects.filter(track=None).count()
    for place, entry in enumerate(entries, start):
        items = ({"movie": movies[place], "tag": "joy"}, {"track": tracks[place], "tag": "happy"})
        Recommendation.objects.bulk_create(
            Recommendation(entry=entry, user=user, strategy=s, position=0, score=1.5, source="reviews", **item)
            for s in Strategy
            for item in items
        )
    places = range(start, start + len(entries))
    Feedback.objects.bulk_create(
        Feedback(user=user, opinion="like", **{name: items[place]})
        for place in places
        for name, items in (("movie", movies), ("track", tracks))
    )


def test_every_read_is_counted() -> None:
    names = set(names_of_reads())
    assert names == READS.keys() | NOT_COUNTED.keys()


@pytest.mark.parametrize("path", [path for paths in READS.values() for path in paths])
def test_number_of_queries_does_not_grow(owner: User, owner_api: APIClient, catalogue: None, path: str) -> None:
    numbers = {}
    for count in COUNTS:
        ids = {"entry": grow(owner, count).pk}
        ids |= {model._meta.model_name: model.objects.values_list("pk")[0][0] for model in (Export, Movie, Track)}
        address = "/api/v1/" + path.format(count=count, **ids)
        owner_api.get(address)  # what a process reads once is read
        with CaptureQueriesContext(connection) as queries:
            response = owner_api.get(address)
        assert response.status_code == 200
        if "results" in response.data and "page_size" in path:
            assert len(response.data["results"]) == count  # the filters let all of them through
        numbers[count] = len(queries)
    assert len(set(numbers.values())) == 1, numbers
