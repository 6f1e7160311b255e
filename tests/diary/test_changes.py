"""What counts as a change: every write that the API tells of moves an entry to the end of the order of changes."""

import uuid
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from pytest_django import Settings

from accounts.models import User
from accounts.services import delete_account
from diary import analysis, services
from diary.feedback import give_feedback
from diary.models import ChangeClock, Entry, Recommendation, Tombstone
from diary.portability.apply import import_file
from diary.portability.detect import open_import
from ml.labels import Emotion, Strategy
from tests.diary.portability.files import export_zip
from tests.factories import HAPPY, SAD, make_entry

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 11, 1)


@pytest.fixture
def entry(owner: User, catalogue: None) -> Entry:
    """One that was read, answered and corrected."""
    read = services.create_entry(user=owner, text=SAD, written_on=DAY)[0]
    return services.correct_emotion(entry=read, emotion=Emotion.ANGER)


def first_film(entry: Entry) -> Recommendation:
    shown = entry.recommendations.filter(is_current=True, movie__isnull=False)
    found = shown.order_by("pk").first()  # both choices begin at position 0: the same one must come each time
    assert found is not None
    return found


def changed_at(entry: Entry) -> object:
    return Entry.objects.get(pk=entry.pk).changed_at


WRITES: dict[str, Callable[[Entry], object]] = {
    "text": lambda e: services.update_entry(entry=e, text=HAPPY, written_on=DAY, revision=e.revision),
    "day": lambda e: services.update_entry(entry=e, text=SAD, written_on=date(2026, 10, 1), revision=e.revision),
    "tags": lambda e: services.update_entry(entry=e, text=SAD, written_on=DAY, revision=e.revision, tags=["비"]),
    "correction": lambda e: services.correct_emotion(entry=e, emotion=Emotion.JOY),
    "correction taken back": lambda e: services.undo_correction(entry=e),
    "other recommendations": lambda e: services.recommend_again(entry=e, strategy=Strategy.MATCH),
    "feedback": lambda e: give_feedback(user=e.user, recommendation_id=first_film(e).pk, opinion="like"),
}


@pytest.mark.parametrize("name", WRITES)
def test_write_moves_the_entry_to_the_end(entry: Entry, owner: User, name: str) -> None:
    later = make_entry(owner)
    before = changed_at(entry)
    WRITES[name](entry)
    moved = Entry.objects.get(pk=entry.pk).changed_at
    assert moved > before
    assert moved > later.changed_at
    assert moved <= ChangeClock.objects.get(user=owner).changed_at
    assert changed_at(later) == later.changed_at


def test_analysis_that_arrives_is_a_change_but_no_edit(owner: User, catalogue: None) -> None:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY, is_read_later=True)
    before = changed_at(entry), entry.updated_at
    assert analysis.analyze_entry(str(entry.pk), 1)
    entry.refresh_from_db()
    assert entry.changed_at > before[0]
    assert entry.updated_at == before[1]


def test_failure_to_read_is_a_change_once(owner: User, settings: Settings) -> None:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY, is_read_later=True)
    moments = [changed_at(entry)]
    for _ in range(2):
        analysis.mark_failed(str(entry.pk), 1)
        moments.append(changed_at(entry))
    assert moments[0] < moments[1] == moments[2]


def test_feedback_changes_all_entries_that_show_the_film_and_no_other(entry: Entry, owner: User) -> None:
    other, _ = services.create_entry(user=owner, text=HAPPY, written_on=DAY)
    third, _ = services.create_entry(user=owner, text=HAPPY, written_on=DAY)
    film = first_film(entry)
    Recommendation.objects.filter(pk=first_film(other).pk).update(movie=film.movie)
    before = changed_at(third)
    give_feedback(user=owner, recommendation_id=film.pk, is_seen=True)
    assert changed_at(entry) == changed_at(other) == ChangeClock.objects.get(user=owner).changed_at
    assert changed_at(third) == before


def test_feedback_said_twice_changes_nothing(entry: Entry, owner: User) -> None:
    film = first_film(entry)
    give_feedback(user=owner, recommendation_id=film.pk, opinion="like")
    before = changed_at(entry)
    give_feedback(user=owner, recommendation_id=film.pk, opinion="like")
    assert changed_at(entry) == before


def test_refused_edit_changes_nothing(entry: Entry) -> None:
    before = changed_at(entry), ChangeClock.objects.get(user=entry.user).changed_at
    with pytest.raises(services.StaleEntry):
        services.update_entry(entry=entry, text=HAPPY, written_on=DAY, revision=7)
    assert (changed_at(entry), ChangeClock.objects.get(user=entry.user).changed_at) == before


def test_import_is_a_change_of_now_whatever_time_it_brings(entry: Entry, owner: User, outsider: User) -> None:
    give_feedback(user=owner, recommendation_id=first_film(entry).pk, opinion="like")
    kept = Entry.objects.get(pk=entry.pk)
    file = export_zip(owner)
    mine, _ = services.create_entry(user=outsider, text=HAPPY, written_on=DAY)
    Recommendation.objects.filter(pk=first_film(mine).pk).update(movie=first_film(entry).movie)
    before = ChangeClock.objects.get(user=outsider).changed_at
    import_file(outsider, open_import(BytesIO(file)), skips_bad_rows=False)
    imported = Entry.objects.of(outsider).exclude(pk=mine.pk).get()
    assert imported.updated_at == kept.updated_at
    assert imported.changed_at > before
    assert changed_at(mine) == imported.changed_at  # the feedback that came along is told of it too


def test_import_brings_back_what_was_deleted_and_takes_the_tombstone_away(entry: Entry, owner: User) -> None:
    file = export_zip(owner)
    services.delete_entry(entry=entry, revision=entry.revision)
    assert Tombstone.objects.filter(user=owner, entry_id=entry.pk).exists()
    import_file(owner, open_import(BytesIO(file)), skips_bad_rows=False)
    assert Entry.objects.get(pk=entry.pk).text == SAD
    assert not Tombstone.objects.exists()


def test_delete_that_is_refused_leaves_no_tombstone(entry: Entry) -> None:
    with pytest.raises(services.StaleEntry):
        services.delete_entry(entry=entry, revision=7)
    assert not Tombstone.objects.exists()


def test_analysis_that_comes_after_the_end_of_the_account_is_dropped(owner: User) -> None:
    entry = make_entry(owner)
    [prediction] = analysis.get_predictor().predict([entry.text])
    delete_account(owner)
    assert not analysis.save_analysis(entry, prediction, [])
    assert not ChangeClock.objects.exists()


def test_create_of_a_deleted_id_is_refused(owner: User) -> None:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY, entry_id=uuid.uuid4())
    services.delete_entry(entry=entry, revision=entry.revision)
    with pytest.raises(services.EntryDeleted):
        services.create_entry(user=owner, text=HAPPY, written_on=DAY, entry_id=entry.pk)
