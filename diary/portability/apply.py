"""Imports a file: all of its rows in one transaction, and the reading of them afterwards."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.encryption.data_keys import open_key
from accounts.models import User
from catalog.selectors import movies_by_ids, tracks_by_ids
from diary import changes
from diary.models import Analysis, Correction, Entry, Feedback, Recommendation, Tag, Tombstone
from diary.portability import reading
from diary.portability.doubles import Doubles, ids_in
from diary.portability.errors import BadRowsError
from diary.portability.items import BadRow, Item, Reader
from diary.portability.preview import Tally, limited_rows
from diary.tags import find_or_make

ROWS_AT_ONCE = 200


@dataclass
class Imported(Tally):
    """What an import did. `missing_items` are films and tracks of the file that the catalogue no longer has."""

    new: int = 0
    unread: int = 0
    missing_items: int = 0


def import_file(user: User, reader: Reader, *, skips_bad_rows: bool) -> Imported:
    """Import what is new in a file; entries that come without an analysis are read afterwards, the first at once.

    Raises UnreadableFileError, and BadRowsError for bad rows that are not to be skipped, and accounts' Locked: then
    nothing is saved.
    """
    open_key(user.pk)
    ids, result = ids_in(reader), Imported()
    if not skips_bad_rows:
        _refuse_bad_rows(reader)
    with transaction.atomic():
        moment = changes.take_turn(user.pk)
        # Two imports of one person come one after the other: the second one meets what the first one saved.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        doubles, tags = Doubles(user, ids), _Tags(user)
        new = _new_items(reader, doubles, result)
        while batch := list(islice(new, ROWS_AT_ONCE)):
            _save(user, batch, tags, moment, result)
        _restore_feedback(user, reader.feedback(), moment, result)
        reading.read_after_commit(user)
    result.unread = reading.count_unread(user)
    return result


def _refuse_bad_rows(reader: Reader) -> None:
    tally = Tally()
    for row in limited_rows(reader):
        if isinstance(row, BadRow):
            tally.note_bad_row(row)
    if tally.bad:
        raise BadRowsError(tally.bad_rows, tally.bad)


def _new_items(reader: Reader, doubles: Doubles, result: Imported) -> Iterator[Item]:
    for row in limited_rows(reader):
        if isinstance(row, BadRow):
            result.note_bad_row(row)
        elif (item := doubles.as_new(row)) is None:
            result.doubles += 1
        else:
            result.new += 1
            yield item


def _save(user: User, items: Sequence[Item], tags: "_Tags", moment: datetime, result: Imported) -> None:
    entries = _save_entries(user, items, moment)
    tags.attach([(entry, item.tags) for entry, item in zip(entries, items, strict=True)])
    restored = [(entry, item.restored) for entry, item in zip(entries, items, strict=True) if item.restored]
    analyses = [(entry, kept["analysis"]) for entry, kept in restored if "analysis" in kept]
    Analysis.objects.bulk_create([Analysis(entry=entry, **values) for entry, values in analyses])
    corrections = [(entry, kept["correction"]) for entry, kept in restored if "correction" in kept]
    Correction.objects.bulk_create([Correction(entry=entry, **values) for entry, values in corrections])
    shown = [(entry, values) for entry, kept in restored for values in kept.get("recommendations", ())]
    find, missing = _finder([values for _entry, values in shown])
    Recommendation.objects.bulk_create(
        [
            Recommendation(entry=entry, user_id=entry.user_id, **_without_ids(values), **item_id)
            for entry, values in shown
            if (item_id := find(values))
        ]
    )
    result.missing_items += missing


def _save_entries(user: User, items: Sequence[Item], moment: datetime) -> list[Entry]:
    """The entries, under their own ids unless another person has an entry under the same.

    Who brings back what they had deleted means it: no phone is told of that deletion any more.
    """
    ids = [item.entry_id for item in items if item.entry_id is not None]
    foreign = set(Entry.objects.filter(pk__in=ids).values_list("pk", flat=True))
    Tombstone.objects.of(user).filter(entry_id__in=ids).delete()
    now = timezone.now()
    entries = [
        Entry(
            pk=item.entry_id if item.entry_id and item.entry_id not in foreign else uuid4(),
            user=user,
            text=item.text,
            written_on=item.written_on,
            status=Entry.Status.ANALYZED if item.restored.get("is_read") else Entry.Status.PENDING,
            queued_at=now,
            created_at=item.created_at,
            updated_at=item.updated_at,
            changed_at=moment,
        )
        for item in items
    ]
    return Entry.objects.bulk_create(entries)


class _Tags:
    """A person's tags, with those that an import adds."""

    def __init__(self, user: User) -> None:
        self._user = user
        self._ids: dict[str, int] = {}

    def attach(self, entries: Iterable[tuple[Entry, list[str]]]) -> None:
        """Let each entry carry its tags; one that is known in another case is taken as it is."""
        entries = list(entries)
        new = {name.casefold(): name for _, names in entries for name in names if name.casefold() not in self._ids}
        ids = find_or_make(new.values(), self._user)
        self._ids |= {folded: ids[Tag.digest_of(name, self._user.pk)] for folded, name in new.items()}
        carried = Entry.tags.through
        carried.objects.bulk_create(
            [
                carried(entry_id=entry.pk, tag_id=pk)
                for entry, names in entries
                for pk in {self._ids[name.casefold()] for name in names}
            ]
        )


def _restore_feedback(user: User, said: Iterator[dict[str, Any]], moment: datetime, result: Imported) -> None:
    """What a person says of films and tracks; what they have said here meanwhile stands."""
    while batch := list(islice(said, ROWS_AT_ONCE)):
        find, missing = _finder(batch)
        rows = [Feedback(user=user, **_without_ids(values), **item) for values in batch if (item := find(values))]
        Feedback.objects.bulk_create(rows, ignore_conflicts=True)
        changes.mark_answered_with(
            user.pk,
            moment,
            movies=[row.movie_id for row in rows if row.movie_id],
            tracks=[row.track_id for row in rows if row.track_id],
        )
        result.missing_items += missing


def _finder(items: Sequence[dict[str, Any]]) -> tuple[Callable[[dict[str, Any]], dict[str, int]], int]:
    """What finds an item's film or track in the catalogue ({} for none), and how many are not there."""
    movie_ids = {values[name] for values in items for name in ("movie", "imdb_id") if values.get(name)}
    movies = movies_by_ids(movie_ids) if movie_ids else {}
    track_ids = {values["track"] for values in items if values.get("track")}
    tracks = tracks_by_ids(track_ids) if track_ids else {}

    def find(values: dict[str, Any]) -> dict[str, int]:
        if "movie" in values:
            pk = movies.get(values["movie"]) or movies.get(values["imdb_id"])
            return {"movie_id": pk} if pk else {}
        pk = tracks.get(values["track"])
        return {"track_id": pk} if pk else {}

    return find, sum(not find(values) for values in items)


def _without_ids(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in {"movie", "imdb_id", "track"}}
