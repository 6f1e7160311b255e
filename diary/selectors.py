"""Reads of the diary. Every one starts from the user who asks: another person's entry does not exist."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.encryption.sealing import SealError
from accounts.models import User
from diary.look_back.marks import UNSURE
from diary.models import Correction, Entry, EntryQuerySet, Recommendation, RecommendationQuerySet, Tag
from diary.search import Terms, matches, read_terms
from ml.labels import FILM_EMOTION, TRACK_MOOD, Emotion, Mood, Strategy

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What an entry was answered with by one strategy: up to three films and three tracks."""

    strategy: Strategy
    emotion: Emotion  # of the films
    mood: Mood  # of the tracks
    movies: list[Recommendation]
    tracks: list[Recommendation]

    @property
    def emotions(self) -> list[str]:
        """What the films carry, in their order: more than one where an entry has several feelings."""
        return list(dict.fromkeys(film.tag for film in self.movies))

    @property
    def moods(self) -> list[str]:
        """What the tracks carry, in their order."""
        return list(dict.fromkeys(track.tag for track in self.tracks))

    @property
    def newest_id(self) -> int:
        """The id of what was chosen last, by which a choice made meanwhile is known; 0 for an empty answer."""
        return max((recommendation.pk for recommendation in (*self.movies, *self.tracks)), default=0)


@dataclass(frozen=True)
class TagCount:
    """A tag and how many entries carry it."""

    name: str
    count: int


class FoundEntries:
    """Those of a user's entries whose text has all the terms, with as much of a queryset as paging asks for.

    Ids and texts are read in order, opened and matched here; whole entries are loaded for one page alone. What does
    not open is not found. Reading raises accounts' KeyMissing.
    """

    def __init__(self, entries: EntryQuerySet, terms: Terms, user: User) -> None:
        self._entries, self._terms, self._user = entries, terms, user

    def __len__(self) -> int:
        """How many there are; every text is read for it."""
        return len(self._all_ids)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self[:])

    def order_by(self, *fields: str) -> "FoundEntries":
        return FoundEntries(self._entries.order_by(*fields), self._terms, self._user)

    def filter(self, *conditions: Q) -> "FoundEntries":
        return FoundEntries(self._entries.filter(*conditions), self._terms, self._user)

    def __getitem__(self, part: Any) -> list[Entry]:
        """The entries of a page, which is a slice. Unless they have been counted, no text beyond the page is read."""
        is_counted = "_all_ids" in self.__dict__
        ids = self._all_ids[part] if is_counted else list(islice(self._ids(), part.start, part.stop))
        found = {entry.pk: entry for entry in self._entries.filter(pk__in=ids)} if ids else {}
        return [found[pk] for pk in ids if pk in found]

    @cached_property
    def _all_ids(self) -> list[UUID]:
        return list(self._ids())

    def _ids(self) -> Iterator[UUID]:
        # Neither joins nor prefetches: they belong to whole entries.
        rows = self._entries.select_related(None).prefetch_related(None).values_list("pk", "text")
        open_text, terms = text_opener(self._user), self._terms
        opened = ((pk, open_text(pk, sealed)) for pk, sealed in rows.iterator())
        return (pk for pk, text in opened if text is not None and matches(text, terms))


def text_opener(user: User) -> Callable[[UUID, Any], str | None]:
    """What opens the texts of many of the user's entries: takes an id and the Sealed that `values_list` gives.

    It returns None for one that does not open, and tells the log. Raises accounts' KeyMissing.
    """
    open_one = Entry.text.field.opener(user.pk)

    def open_text(pk: UUID, sealed: Any) -> str | None:
        try:
            return open_one(pk, sealed)
        except SealError as error:
            logger.error("entry %s: %s", pk, error)
            return None

    return open_text


def get_entry(*, user: User, entry_id: UUID) -> Entry:
    """The user's entry with its analysis, correction and recommendations.

    Raises Entry.DoesNotExist, for another person's entry as well.
    """
    entries = Entry.objects.of(user).select_related("analysis", "correction").prefetch_related("tags")
    return with_recommendations(entries).get(pk=entry_id)


def list_entries(
    *,
    user: User,
    emotion: str = "",
    look: str = "",
    tag: str = "",
    first: date | None = None,
    last: date | None = None,
) -> EntryQuerySet:
    """The user's entries with analyses, corrections and tags, newest first.

    Where given: that count as the emotion, that are shown as the look (an emotion, or UNSURE), with the tag, of the
    days from `first` to `last`, both included.
    """
    entries = Entry.objects.of(user).select_related("analysis", "correction").prefetch_related("tags").newest_first()
    if emotion:
        entries = entries.felt_as(emotion)
    if look:
        entries = entries.unsure() if look == UNSURE else entries.felt_as(look).exclude(pk__in=entries.unsure())
    if tag:
        entries = entries.tagged(tag, user)
    return entries.written_between(first, last)


def find_entries(entries: EntryQuerySet, words: str, user: User) -> FoundEntries:
    """Those of the user's entries whose text has every one of the words, as `search` finds them."""
    return FoundEntries(entries, read_terms(words), user)


def list_tags(*, user: User) -> list[TagCount]:
    """The user's tags with the number of entries that carry them, by name; without those that do not open.

    Raises accounts' KeyMissing.
    """
    tags = Tag.objects.filter(user=user).annotate(count=Count("entries"))
    opened = [TagCount(tag.name, tag.count) for tag in tags if not tag.is_locked]
    return sorted(opened, key=lambda tag: tag.name.casefold())


def most_used_tags(*, user: User, limit: int) -> list[TagCount]:
    """The first `limit` of list_tags, most used first."""
    return sorted(list_tags(user=user), key=lambda tag: -tag.count)[:limit]


def with_recommendations(entries: EntryQuerySet) -> EntryQuerySet:
    """The same entries with their recommendations, films and tracks at hand, in a constant number of queries."""
    return entries.prefetch_related(Prefetch("recommendations", queryset=_current_with_items().all()))


@cache
def _current_with_items() -> RecommendationQuerySet:
    # Once for a process: to look up its forty columns takes Django longer than all else of a read of an entry.
    return Recommendation.objects.current().with_items()


def get_recommendation(*, user: User, recommendation_id: int) -> Recommendation:
    """What one of the user's entries was shown, now or before, with the film or track and the feedback on it.

    Raises Recommendation.DoesNotExist, for another person's recommendation as well.
    """
    return Recommendation.objects.of(user).with_items().get(pk=recommendation_id)


def corrections_to_learn_from() -> QuerySet[Correction]:
    """The corrections, with their entries, of the people who allow models to learn from them. Nobody else's."""
    return Correction.objects.filter(entry__user__shares_corrections=True).select_related("entry")


def answer_of(entry: Entry, strategy: Strategy) -> Answer | None:
    """What an entry, as `get_entry` or `with_recommendations` gives it, was answered with; None while it is unread.

    A film that was marked for suicide after it was shown is left out.
    """
    emotion = entry.emotion
    if emotion is None or entry.current_analysis is None:
        return None
    shown = [r for r in entry.recommendations.all() if r.strategy == strategy and not r.has_suicide_theme]
    return Answer(
        strategy=strategy,
        emotion=FILM_EMOTION[strategy][emotion],
        mood=TRACK_MOOD[strategy][emotion],
        movies=[recommendation for recommendation in shown if recommendation.movie_id],
        tracks=[recommendation for recommendation in shown if recommendation.track_id],
    )
