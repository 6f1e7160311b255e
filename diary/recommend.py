"""Chooses what an entry is answered with: asks the catalogue, and never repeats what was shown lately."""

from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from catalog.selectors import Pick, movies_for, tracks_for
from diary.models import Entry, Recommendation
from ml.labels import FILM_EMOTION, TRACK_MOOD, Emotion, Strategy

PER_LIST = 3
NO_REPEAT = timedelta(days=30)


class Shown(NamedTuple):
    """Ids of the films and tracks that must not be shown again."""

    movies: set[int]
    tracks: set[int]


def recommend_for(entry: Entry, *, emotion: Emotion) -> list[Recommendation]:
    """Films and tracks for the entry by every strategy, PER_LIST each, nothing shown to its writer within NO_REPEAT.

    A list that the entry was shown stays while it still fits the emotion; the others come back unsaved.
    """
    earlier = Recommendation.objects.filter(entry=entry) if entry.was_answered else []
    kept = [r for r in earlier if r.tag == _wanted_tag(r, emotion)]
    kept_lists = {(r.strategy, r.movie_id is not None) for r in kept}
    shown = _shown_lately(entry)
    chosen = list(kept)
    for strategy in Strategy:
        if (strategy, True) not in kept_lists:
            chosen += _choose_movies(entry, emotion=emotion, strategy=strategy, shown=shown)
        if (strategy, False) not in kept_lists:
            chosen += _choose_tracks(entry, emotion=emotion, strategy=strategy, shown=shown)
    return chosen


def save_recommendations(entry: Entry, recommendations: list[Recommendation]) -> None:
    """Save what `recommend_for` chose as all that the entry is answered with."""
    if entry.was_answered:
        kept = [recommendation.pk for recommendation in recommendations if recommendation.pk]
        Recommendation.objects.filter(entry=entry).exclude(pk__in=kept).delete()
    Recommendation.objects.bulk_create([r for r in recommendations if r.pk is None])


def _choose_movies(entry: Entry, *, emotion: Emotion, strategy: Strategy, shown: Shown) -> list[Recommendation]:
    picks = movies_for(
        emotion=emotion, strategy=strategy, exclude=shown.movies, count=PER_LIST, seed=_seed(entry, strategy)
    )
    shown.movies.update(pick.item_id for pick in picks)
    return [
        _recommendation(entry, strategy, position, pick, movie_id=pick.item_id) for position, pick in enumerate(picks)
    ]


def _choose_tracks(entry: Entry, *, emotion: Emotion, strategy: Strategy, shown: Shown) -> list[Recommendation]:
    picks = tracks_for(
        emotion=emotion, strategy=strategy, exclude=shown.tracks, count=PER_LIST, seed=_seed(entry, strategy)
    )
    shown.tracks.update(pick.item_id for pick in picks)
    return [
        _recommendation(entry, strategy, position, pick, track_id=pick.item_id) for position, pick in enumerate(picks)
    ]


def _seed(entry: Entry, strategy: Strategy) -> str:
    """The entry's own: the same entry is answered alike, another one differently."""
    return f"{entry.pk} {strategy}"


def _recommendation(entry: Entry, strategy: Strategy, position: int, pick: Pick, **item_id: int) -> Recommendation:
    return Recommendation(
        entry=entry,
        user_id=entry.user_id,
        strategy=strategy,
        position=position,
        tag=pick.tag,
        score=pick.score,
        source=pick.source,
        **item_id,
    )


def _wanted_tag(recommendation: Recommendation, emotion: Emotion) -> str:
    """What would be looked for in this recommendation's place, now that the entry is read as `emotion`."""
    wanted = FILM_EMOTION if recommendation.movie_id else TRACK_MOOD
    return wanted[Strategy(recommendation.strategy)][emotion]


def _shown_lately(entry: Entry) -> Shown:
    since = timezone.now() - NO_REPEAT
    shown = Recommendation.objects.filter(user=entry.user_id, created_at__gte=since)
    pairs = list(shown.values_list("movie_id", "track_id"))
    return Shown({movie for movie, _ in pairs if movie}, {track for _, track in pairs if track})
