"""Reads recommendations together with the films, tracks and feedback that they name, many at once."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable

# What pages and the API show of each; Django loads any other column when somebody looks at it.
SHOWN = ("id", "entry_id", "user_id", "strategy", "position", "movie_id", "track_id", "tag", "score", "source")
SHOWN_FEEDBACK = ("id", "opinion", "is_seen")
SHOWN_ITEMS = {
    "movie": (
        *("id", "title", "title_ko", "year", "director", "director_ko", "review_count", "imdb_id", "tmdb_id"),
        "has_suicide_theme",
    ),
    "track": (
        *("id", "title", "artist", "artist_ko", "album", "duration_ms", "spotify_id"),
        *("tempo", "energy", "valence", "acousticness", "danceability"),
    ),
    "movie_feedback": SHOWN_FEEDBACK,
    "track_feedback": SHOWN_FEEDBACK,
}
# The columns of a row, in the order in which RecommendationIterable takes them.
COLUMNS = (*SHOWN, *(f"{item}__{column}" for item, shown in SHOWN_ITEMS.items() for column in shown))


class RecommendationIterable(ModelIterable):  # type: ignore[type-arg]
    """What `select_related` of SHOWN_ITEMS gives, in half the time: rows of COLUMNS are read plain, in one query.

    Recommendations of the same film or track share one object, since a page of entries names each several times.
    """

    def __iter__(self) -> Iterator[models.Model]:
        model, using = self.queryset.model, self.queryset.db
        items, start = [], len(SHOWN)
        for name, shown in SHOWN_ITEMS.items():
            items.append(_Item(model._meta.get_field(name), shown, start))
            start += len(shown)
        for row in self.queryset.query.get_compiler(using).results_iter(
            tuple_expected=True, chunked_fetch=self.chunked_fetch, chunk_size=self.chunk_size
        ):
            recommendation = _make(model, using, SHOWN, row)
            for item in items:
                item.attach(recommendation, row, using)
            yield recommendation


class _Item:
    """One of SHOWN_ITEMS, which a row holds from the column `start` on, its key first."""

    def __init__(self, field: Any, shown: Sequence[str], start: int) -> None:
        self.field, self.shown = field, shown
        self.start, self.end = start, start + len(shown)
        self.made: dict[Any, models.Model | None] = {None: None}

    def attach(self, instance: models.Model, row: tuple[Any, ...], using: str) -> None:
        key = row[self.start]
        if key not in self.made:
            self.made[key] = _make(self.field.related_model, using, self.shown, row[self.start : self.end])
        self.field.set_cached_value(instance, self.made[key])


def _make(model: type[models.Model], using: str, names: Sequence[str], values: tuple[Any, ...]) -> models.Model:
    """As `Model.from_db`, without the signals and the loop over all fields that most of its time goes to."""
    instance = model.__new__(model)
    instance.__dict__.update(zip(names, values, strict=False))  # of a row, only its beginning is the model's own
    instance._state = ModelState()
    instance._state.adding, instance._state.db = False, using
    return instance
