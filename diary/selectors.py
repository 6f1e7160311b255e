"""Reads of the diary. Every one starts from the user who asks: another person's entry does not exist."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Prefetch, QuerySet

from accounts.models import User
from diary.models import Correction, Entry, EntryQuerySet, Recommendation, Tag
from diary.safety import needs_help_card
from ml.labels import FILM_EMOTION, TRACK_MOOD, Emotion, Mood, Strategy


@dataclass(frozen=True)
class Answer:
    """What an entry was answered with by one strategy: up to three films and three tracks."""

    strategy: Strategy
    emotion: Emotion  # of the films
    mood: Mood  # of the tracks
    movies: list[Recommendation]
    tracks: list[Recommendation]

    @property
    def newest_id(self) -> int:
        """The id of what was chosen last, by which a choice made meanwhile is known; 0 for an empty answer."""
        return max((recommendation.pk for recommendation in (*self.movies, *self.tracks)), default=0)


def get_entry(*, user: User, entry_id: UUID) -> Entry:
    """The user's entry with its analysis, correction and recommendations.

    Raises Entry.DoesNotExist, for another person's entry as well.
    """
    entries = Entry.objects.of(user).select_related("analysis", "correction").prefetch_related("tags")
    return with_recommendations(entries).get(pk=entry_id)


def list_entries(
    *,
    user: User,
    words: str = "",
    emotion: str = "",
    tag: str = "",
    first: date | None = None,
    last: date | None = None,
) -> EntryQuerySet:
    """The user's entries with analyses, corrections and tags, newest first.

    Where given: with all the words, of the emotion, with the tag, of the days from `first` to `last`, both included.
    """
    entries = Entry.objects.of(user).select_related("analysis", "correction").prefetch_related("tags").newest_first()
    if words:
        entries = entries.containing(words)
    if emotion:
        entries = entries.felt_as(emotion)
    if tag:
        entries = entries.tagged(tag)
    return entries.written_between(first, last)


def with_recommendations(entries: EntryQuerySet) -> EntryQuerySet:
    """The same entries with their recommendations, films and tracks at hand, in a constant number of queries."""
    return entries.prefetch_related(
        Prefetch("recommendations", queryset=Recommendation.objects.current().with_items())
    )


def get_recommendation(*, user: User, recommendation_id: int) -> Recommendation:
    """What one of the user's entries was shown, now or before, with the film or track and the feedback on it.

    Raises Recommendation.DoesNotExist, for another person's recommendation as well.
    """
    return Recommendation.objects.of(user).with_items().get(pk=recommendation_id)


def tags_of(user: User) -> QuerySet[Tag]:
    """The user's tags with `count`, the number of entries that carry each; most used first."""
    return Tag.objects.filter(user=user).annotate(count=Count("entries")).order_by("-count", "name")


def corrections_to_learn_from() -> QuerySet[Correction]:
    """The corrections, with their entries, of the people who allow models to learn from them. Nobody else's."""
    return Correction.objects.filter(entry__user__shares_corrections=True).select_related("entry")


def answer_of(entry: Entry, strategy: Strategy) -> Answer | None:
    """What an entry, as `get_entry` or `with_recommendations` gives it, was answered with; None while it is unread.

    A film that was marked for suicide after it was shown is left out where the entry gets the help card.
    """
    emotion = entry.emotion
    if emotion is None or entry.current_analysis is None:
        return None
    shown = [r for r in entry.recommendations.all() if r.strategy == strategy]
    if any(r.has_suicide_theme for r in shown) and needs_help_card(entry.text):
        shown = [r for r in shown if not r.has_suicide_theme]
    return Answer(
        strategy=strategy,
        emotion=FILM_EMOTION[strategy][emotion],
        mood=TRACK_MOOD[strategy][emotion],
        movies=[recommendation for recommendation in shown if recommendation.movie],
        tracks=[recommendation for recommendation in shown if recommendation.track],
    )
