"""Chooses what an entry is answered with: asks the catalogue, and never repeats what was shown lately."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from catalog.draw import Pick
from catalog.selectors import Scores, answered_emotions, movies_for, tracks_for, wanted_tags
from diary.models import Entry, Recommendation
from ml.labels import FILM_EMOTION, TRACK_MOOD, Emotion, Strategy

PER_LIST = 3
NO_REPEAT = timedelta(days=30)
# By hand: to put this union together took Django an eighth of a whole save.
_SHOWN_OR_REFUSED = """
    SELECT movie_id, track_id FROM diary_recommendation WHERE user_id = %(user)s AND created_at >= %(since)s
    UNION ALL
    SELECT movie_id, track_id FROM diary_feedback WHERE user_id = %(user)s AND (opinion = 'dislike' OR is_seen)
"""


class Shown(NamedTuple):
    """What must not be shown again: ids of films and tracks, and who made those that this answer holds already."""

    movies: set[int]
    tracks: set[int]
    directors: set[str]
    artists: set[str]


def recommend_for(entry: Entry, *, scores: Scores) -> list[Recommendation]:
    """Films and tracks for the scores of an entry by every strategy, PER_LIST each.

    Nothing comes that its writer was shown within NO_REPEAT, dislikes or has seen, and nobody made two of the items
    that are chosen now. A list that the entry was shown stays while it begins with what is wanted most; the others
    come back unsaved. No film deals with suicide, whatever the entry says: not every crisis is recognised in it.
    """
    kept = _lists_that_fit(entry, scores)
    shown = _not_again(entry.user_id)
    chosen = [recommendation for each in kept.values() for recommendation in each]
    for strategy in Strategy:
        if (strategy, True) not in kept:
            chosen += _choose_movies(entry, scores, strategy, shown)
        if (strategy, False) not in kept:
            chosen += _choose_tracks(entry, scores, strategy, shown)
    return chosen


def recommend_others(entry: Entry, *, scores: Scores, strategy: Strategy) -> list[Recommendation]:
    """Other films and tracks than the entry is answered with by one strategy, as far as there are others; unsaved.

    A list of which nothing is left is missing in what comes back. What may come is as in `recommend_for`.
    """
    shown = _not_again(entry.user_id)
    return [
        *_choose_movies(entry, scores, strategy, shown),
        *_choose_tracks(entry, scores, strategy, shown),
    ]


def waits_to_be_asked(entry: Entry) -> bool:
    """Whether an entry is answered only when its writer asks: one of long ago that never was, as imports bring them.

    A few hundred of them would use up all that can be shown within NO_REPEAT, and leave tonight without an answer.
    """
    is_old = entry.created_at < timezone.now() - NO_REPEAT
    return is_old and not Recommendation.objects.filter(entry=entry).exists()


def scores_that_count(entry: Entry, scores: Scores) -> Scores:
    """What an entry is answered by: its writer's correction alone where there is one, else the whole distribution."""
    return {Emotion(entry.correction.label): 1.0} if hasattr(entry, "correction") else scores


def save_recommendations(entry: Entry, recommendations: list[Recommendation]) -> None:
    """Save what `recommend_for` chose as all that the entry is answered with; what it replaces is remembered."""
    if entry.was_answered:
        kept = [recommendation.pk for recommendation in recommendations if recommendation.pk]
        own = Recommendation.objects.filter(entry=entry)
        own.current().exclude(pk__in=kept).update(is_current=False)
        if kept:  # another choice may have come between reading and saving: one whole answer stands, never none
            own.filter(pk__in=kept, is_current=False).update(is_current=True)
    Recommendation.objects.bulk_create([r for r in recommendations if r.pk is None])


def save_others(entry: Entry, recommendations: list[Recommendation]) -> None:
    """Put what `recommend_others` chose in the place of the lists of its kinds; what it replaces is remembered."""
    for strategy, is_movies in {(r.strategy, r.movie_id is not None) for r in recommendations}:
        replaced = Recommendation.objects.current().filter(entry=entry, strategy=strategy)
        replaced.filter(movie__isnull=not is_movies).update(is_current=False)
    Recommendation.objects.bulk_create(recommendations)


def _choose_movies(entry: Entry, scores: Scores, strategy: Strategy, shown: Shown) -> list[Recommendation]:
    picks = movies_for(
        scores=scores,
        strategy=strategy,
        exclude=shown.movies,
        avoid=shown.directors,
        count=PER_LIST,
        seed=_seed(entry, strategy),
    )
    shown.movies.update(pick.item_id for pick in picks)
    shown.directors.update(*(pick.makers for pick in picks))
    return [
        _recommendation(entry, strategy, position, pick, movie_id=pick.item_id) for position, pick in enumerate(picks)
    ]


def _choose_tracks(entry: Entry, scores: Scores, strategy: Strategy, shown: Shown) -> list[Recommendation]:
    picks = tracks_for(
        scores=scores,
        strategy=strategy,
        exclude=shown.tracks,
        avoid=shown.artists,
        count=PER_LIST,
        seed=_seed(entry, strategy),
    )
    shown.tracks.update(pick.item_id for pick in picks)
    shown.artists.update(*(pick.makers for pick in picks))
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


def _lists_that_fit(entry: Entry, scores: Scores) -> dict[tuple[str, bool], list[Recommendation]]:
    """What the entry was shown, by strategy and whether it is films, as far as the scores would begin it alike."""
    if not entry.was_answered:
        return {}
    lists: dict[tuple[str, bool], list[Recommendation]] = defaultdict(list)
    for recommendation in Recommendation.objects.current().filter(entry=entry).with_items():
        lists[recommendation.strategy, recommendation.movie_id is not None].append(recommendation)
    return {
        key: shown
        for key, shown in lists.items()
        if shown[0].tag == _main_tag(*key, scores) and not any(r.has_suicide_theme for r in shown)
    }


def answered_feeling(recommendation: Recommendation, scores: Scores) -> Emotion | None:
    """The feeling that an item was chosen for, where that is not what its list begins with; None where it is plain."""
    answers = _answers(recommendation.strategy, recommendation.movie_id is not None)
    strongest = max(scores, key=scores.__getitem__)
    if recommendation.tag == answers[strongest] and scores[strongest] > 0.5:
        return None  # nothing can be wanted more
    wanted = wanted_tags(scores, answers)
    if recommendation.tag not in wanted or recommendation.tag == max(wanted, key=wanted.__getitem__):
        return None
    feelings = [emotion for emotion in answered_emotions(scores) if answers[emotion] == recommendation.tag]
    return Emotion(max(feelings, key=scores.__getitem__))


def _main_tag(strategy: str, is_movies: bool, scores: Scores) -> str:
    wanted = wanted_tags(scores, _answers(strategy, is_movies))
    return max(wanted, key=wanted.__getitem__)


def _answers(strategy: str, is_movies: bool) -> Mapping[Emotion, str]:
    return FILM_EMOTION[Strategy(strategy)] if is_movies else TRACK_MOOD[Strategy(strategy)]


def _not_again(user_id: int) -> Shown:
    """What a person was shown within NO_REPEAT, and what they dislike or have seen: one query, as every save asks."""
    since = connection.ops.adapt_datetimefield_value(timezone.now() - NO_REPEAT)
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN_OR_REFUSED, {"user": user_id, "since": since})
        pairs = cursor.fetchall()
    return Shown({movie for movie, _ in pairs if movie}, {track for _, track in pairs if track}, set(), set())
