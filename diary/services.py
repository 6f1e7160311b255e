"""Writes of the diary. An entry is safe in the database before anything clever is tried with it."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.encryption.data_keys import open_key
from accounts.models import User
from diary import changes, selectors
from diary.leftovers import take_left_behind
from diary.models import Correction, Entry, Recommendation
from diary.recommend import recommend_for, recommend_others, save_others, save_recommendations, scores_that_count
from diary.tags import clean_tags, forget_unused_tags, set_tags
from diary.tasks import analyze_entry_task
from diary.text import clean_entry_text
from ml.labels import Emotion, Strategy

# A save also picks up what an outage left unread, a few entries at a time: without a broker, nobody else does.
LEFTOVERS_PER_SAVE = 3


class EntryExists(Exception):
    """An entry with the given id is there already, and says something else."""


class EntryDeleted(Exception):
    """The writer had an entry with the given id, and has deleted it: an old retry must not bring it back."""


class StaleEntry(Exception):
    """The entry was changed elsewhere since it was read; `current` is how it stands now."""

    def __init__(self, current: Entry) -> None:
        super().__init__(f"entry {current.pk} is at revision {current.revision}")
        self.current = current


def create_entry(
    *,
    user: User,
    text: str,
    written_on: date,
    tags: Iterable[str] = (),
    entry_id: UUID | None = None,
    is_read_later: bool = False,
) -> tuple[Entry, bool]:
    """Save an entry and have it analysed; returns it as it stands afterwards, and whether it is new.

    `entry_id` is an id made by the client: sending the same entry again saves nothing and returns the first one.
    With `is_read_later` the analysis is the caller's to ask for. Raises ValidationError for a text, day or tags that
    can't be saved, EntryExists for an id that holds something else, EntryDeleted for one whose entry was deleted, and
    accounts' Locked while nothing can be sealed: then nothing is saved.
    """
    text, written_on, tags = clean_entry_text(text), clean_written_on(written_on), clean_tags(tags)
    entry = Entry(user=user, text=text, written_on=written_on)
    if entry_id is not None:
        entry.pk = entry_id
    open_key(user.pk)  # before the transaction, with which a new key would be forgotten
    try:
        with transaction.atomic():
            entry.changed_at = changes.take_turn(user.pk)
            if entry_id is not None and changes.was_deleted(entry_id, user.pk):
                raise EntryDeleted(entry_id)
            entry.save(force_insert=True)
            if tags:
                set_tags(entry, tags)
            if not is_read_later:
                _analyze_after_commit(entry)
    except IntegrityError:
        is_there = Entry.objects.filter(pk=entry.pk).exists()
        if not is_there and not changes.was_deleted(entry.pk, user.pk):
            raise  # not the id: the user is gone, say
        return _same_entry(entry, tags), False
    return (entry if is_read_later else _reread_unless_deleted(entry)), True


def update_entry(
    *, entry: Entry, text: str, written_on: date, revision: int, tags: Iterable[str] | None = None
) -> Entry:
    """Change an entry that was read at `revision`; a changed text is analysed anew. Returns how it stands then.

    `tags` of None leaves those that it has. Raises ValidationError like create_entry, StaleEntry when the entry has
    moved on from `revision`, Entry.DoesNotExist when it was deleted meanwhile, and accounts' Locked.
    """
    text, written_on = clean_entry_text(text), clean_written_on(written_on, known=entry.written_on)
    tags = None if tags is None else clean_tags(tags)
    open_key(entry.user_id)
    with transaction.atomic():
        moment = changes.take_turn(entry.user_id)
        current = _lock(entry, revision)
        if text != current.text:
            current.text, current.status, current.queued_at = text, Entry.Status.PENDING, timezone.now()
        current.written_on, current.changed_at = written_on, moment
        current.revision += 1
        current.save()
        if tags is not None:
            set_tags(current, tags)
            forget_unused_tags(current.user)
        # An edit of the day alone also overtakes an analysis under way, which would be refused as late.
        if current.status != Entry.Status.ANALYZED:
            _analyze_after_commit(current)
    return _reread(current)


def delete_entry(*, entry: Entry, revision: int | None) -> None:
    """Delete an entry that was read at `revision`, with its analysis and recommendations; a tombstone stays.

    With a revision of None it is deleted however it stands now.

    Raises StaleEntry and Entry.DoesNotExist like update_entry.
    """
    with transaction.atomic():
        moment = changes.take_turn(entry.user_id)
        current = _lock_any_revision(entry) if revision is None else _lock(entry, revision)
        current.delete()
        changes.note_deletion(entry.pk, entry.user_id, moment)
        forget_unused_tags(entry.user)


def analyze_again(*, entry: Entry) -> Entry:
    """Have an entry read with the model in use, whether or not it was read before; returns it as it stands afterwards.

    What was read before stays until it is read anew, and where that fails. A correction stays, and so do the revision
    and what the entry is answered with, as far as that still fits. Raises Entry.DoesNotExist when it was deleted
    meanwhile.
    """
    with transaction.atomic():
        _analyze_after_commit(entry, again=entry.status == Entry.Status.ANALYZED)
    return _reread(entry)


def correct_emotion(*, entry: Entry, emotion: Emotion) -> Entry:
    """Let the entry count as `emotion`, whatever was read in it, and answer it anew. Returns it as it stands then.

    Raises Entry.DoesNotExist when it was deleted meanwhile.
    """
    with transaction.atomic():
        moment = changes.take_turn(entry.user_id)
        current = _lock_any_revision(entry)
        Correction.objects.update_or_create(entry=current, defaults={"label": emotion})
        _answer_anew(current, moment)
    return _reread(entry)


def undo_correction(*, entry: Entry) -> Entry:
    """Let the entry count as what was read in it again. Returns it as it stands then.

    Raises Entry.DoesNotExist like correct_emotion.
    """
    with transaction.atomic():
        moment = changes.take_turn(entry.user_id)
        current = _lock_any_revision(entry)
        removed, _by_model = Correction.objects.filter(entry=current).delete()
        if removed:
            _answer_anew(current, moment)
    return _reread(entry)


def recommend_again(*, entry: Entry, strategy: Strategy, newest_id: int | None = None) -> tuple[Entry, bool]:
    """Answer a read entry with other films and tracks by one strategy; what they replace does not return soon.

    `newest_id` is the newest recommendation that the reader saw: a second click that comes after others were chosen
    chooses nothing more. Returns the entry as it stands then, and whether it holds others than the reader saw: a list
    of which nothing is left stays. Raises Entry.DoesNotExist when the entry was deleted meanwhile.
    """
    with transaction.atomic():
        moment = changes.take_turn(entry.user_id)
        current = _lock_any_revision(entry)
        shown = Recommendation.objects.current().filter(entry=current, strategy=strategy)
        has_others = newest_id is not None and shown.filter(pk__gt=newest_id).exists()
        if not has_others and current.current_analysis is not None:
            scores = scores_that_count(current, current.current_analysis.scores)
            others = recommend_others(current, scores=scores, strategy=strategy)
            save_others(current, others)
            if has_others := bool(others):
                Entry.objects.filter(pk=current.pk).update(changed_at=moment)
    return _reread(entry), has_others


def clean_written_on(written_on: date, *, known: date | None = None) -> date:
    """The day, unless it is still to come by the writer's clock, which the request runs by: then ValidationError.

    The day that an entry has already, `known`, stands: who travels west meets their own tomorrow.
    """
    if written_on != known and written_on > timezone.localdate():
        raise ValidationError(_("아직 오지 않은 날이에요. 오늘이나 지난 날짜를 골라 주세요."), code="future")
    return written_on


def _lock(entry: Entry, revision: int) -> Entry:
    """The entry as it stands, held until the end of the transaction. Raises StaleEntry and Entry.DoesNotExist."""
    current = _lock_any_revision(entry)
    if current.revision != revision:
        raise StaleEntry(current)
    return current


def _lock_any_revision(entry: Entry) -> Entry:
    """The entry as it stands, held until the end of the transaction. Raises Entry.DoesNotExist."""
    return Entry.objects.select_for_update().get(pk=entry.pk)


def _answer_anew(entry: Entry, moment: datetime) -> None:
    """Replace what no longer fits what the entry counts as; an unread entry is answered when it is read."""
    # An analysis under way has not seen the correction: the new revision refuses it as late.
    entry.revision, entry.changed_at = entry.revision + 1, moment
    entry.save(update_fields=["revision", "updated_at", "changed_at"])
    if entry.current_analysis is None:
        _analyze_after_commit(entry)
    else:
        scores = scores_that_count(entry, entry.current_analysis.scores)
        save_recommendations(entry, recommend_for(entry, scores=scores))


def _same_entry(entry: Entry, tags: list[str]) -> Entry:
    """The saved entry with the same id, if it is the same entry sent again; otherwise EntryExists or EntryDeleted."""
    try:
        saved = _reread_unless_deleted(entry)
    except Entry.DoesNotExist:  # the id is another person's
        raise EntryExists(entry.pk) from None
    is_same = (saved.text, saved.written_on) == (entry.text, entry.written_on)
    if not is_same or {tag.casefold() for tag in saved.tag_names} != {tag.casefold() for tag in tags}:
        raise EntryExists(entry.pk)
    return saved


def _reread(entry: Entry) -> Entry:
    """The entry as it stands after its analysis, which eager tasks have saved behind this object's back."""
    return selectors.get_entry(user=entry.user, entry_id=entry.pk)


def _reread_unless_deleted(entry: Entry) -> Entry:
    """As `_reread`; raises EntryDeleted where another client was quicker than this answer."""
    try:
        return _reread(entry)
    except Entry.DoesNotExist:
        if changes.was_deleted(entry.pk, entry.user_id):
            raise EntryDeleted(entry.pk) from None
        raise


def _analyze_after_commit(entry: Entry, *, again: bool = False) -> None:
    # A lambda, because robust=True with functools.partial raises (Django ticket 36487). Robust, because whatever
    # fails here (a broker that is down, say) must not turn a saved entry into an error: it stays pending.
    transaction.on_commit(lambda: _queue_analyses(entry, again=again), robust=True)


def _queue_analyses(entry: Entry, *, again: bool) -> None:
    # Only when it says something: a worker that runs the version before does not know it.
    analyze_entry_task.delay(str(entry.pk), entry.revision, **({"again": True} if again else {}))
    own = Entry.objects.of(entry.user).exclude(pk=entry.pk)
    for pk, revision in take_left_behind(own, LEFTOVERS_PER_SAVE):
        analyze_entry_task.delay(str(pk), revision)
