"""Reads of the diary: only one's own, found again, in few queries."""

import unicodedata
import uuid
from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from diary import analysis, selectors, services
from diary.models import Entry
from ml.labels import Emotion, Strategy
from tests.factories import HAPPY, SAD, make_entry

pytestmark = pytest.mark.django_db


def analyzed(user: User, text: str, written_on: date = date(2026, 11, 1)) -> Entry:
    entry = make_entry(user, text, written_on)
    analysis.analyze_entry(str(entry.pk), entry.revision)
    return selectors.get_entry(user=user, entry_id=entry.pk)


def test_get_entry_of_an_outsider_does_not_exist(owner: User, outsider: User) -> None:
    entry = make_entry(owner)
    with pytest.raises(Entry.DoesNotExist):
        selectors.get_entry(user=outsider, entry_id=entry.pk)


def test_get_entry_unknown(owner: User) -> None:
    with pytest.raises(Entry.DoesNotExist):
        selectors.get_entry(user=owner, entry_id=uuid.uuid4())


def test_list_entries_newest_day_first_and_only_ones_own(owner: User, outsider: User) -> None:
    old = make_entry(owner, written_on=date(2025, 1, 1))
    new = make_entry(owner, written_on=date(2026, 1, 1))
    make_entry(outsider)
    assert list(selectors.list_entries(user=owner)) == [new, old]


def found(user: User, words: str) -> list[Entry]:
    return list(selectors.find_entries(selectors.list_entries(user=user), words, user))


def test_find_entries_with_all_the_words_and_only_ones_own(owner: User, outsider: User) -> None:
    entry = make_entry(owner, "엄마와 바다에 갔다")
    make_entry(owner, "엄마와 산에 갔다")
    make_entry(outsider, "엄마와 바다에 갔다")
    assert found(owner, "바다 엄마는") == [entry]


def test_find_entries_words_are_no_pattern(owner: User) -> None:
    make_entry(owner, "아무 글")
    for words in ("%", "_", ".*", "아.", "("):
        assert found(owner, words) == []


def test_find_entries_words_in_decomposed_hangul(owner: User) -> None:
    entry = make_entry(owner, "바다에 갔다")
    assert found(owner, unicodedata.normalize("NFD", "바다")) == [entry]


def test_find_entries_pages_in_order_without_reading_on(
    owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    entries = [make_entry(owner, f"바다 {day}", date(2026, 11, day)) for day in range(1, 11)]
    make_entry(owner, "산", date(2026, 11, 11))
    found = selectors.find_entries(selectors.list_entries(user=owner), "바다", owner)
    with django_assert_num_queries(3):  # ids and texts, entries, tags
        assert found[2:5] == entries[::-1][2:5]
    assert len(found) == 10
    with django_assert_num_queries(2):  # entries, tags
        assert found[8:20] == entries[::-1][8:]


def test_find_entries_after_the_last_page(owner: User) -> None:
    make_entry(owner, "바다")
    assert selectors.find_entries(selectors.list_entries(user=owner), "바다", owner)[20:40] == []


def test_list_tags_counts_only_ones_own_entries(owner: User, outsider: User) -> None:
    for day in (1, 2):
        services.create_entry(user=owner, text=SAD, written_on=date(2026, 11, day), tags=["회사", "B급"][:day])
    services.create_entry(user=outsider, text=SAD, written_on=date(2026, 11, 1), tags=["회사"])
    assert [(tag.name, tag.count) for tag in selectors.list_tags(user=owner)] == [("B급", 1), ("회사", 2)]


def test_list_entries_read_as_an_emotion(owner: User, catalogue: None) -> None:
    sad, happy = analyzed(owner, SAD), analyzed(owner, HAPPY)
    assert list(selectors.list_entries(user=owner, emotion=Emotion.SADNESS)) == [sad]
    assert list(selectors.list_entries(user=owner, emotion=Emotion.JOY)) == [happy]


def test_answer_of_an_unread_entry_is_none(owner: User) -> None:
    assert selectors.answer_of(make_entry(owner), Strategy.MATCH) is None


def test_answer_of_an_entry_edited_since_is_none(owner: User, catalogue: None) -> None:
    entry = analyzed(owner, SAD)
    Entry.objects.filter(pk=entry.pk).update(status=Entry.Status.PENDING)
    assert selectors.answer_of(selectors.get_entry(user=owner, entry_id=entry.pk), Strategy.MATCH) is None


def test_list_entries_edited_since_is_not_found_by_its_old_emotion(owner: User, catalogue: None) -> None:
    entry = analyzed(owner, SAD)
    Entry.objects.filter(pk=entry.pk).update(status=Entry.Status.PENDING)
    assert not selectors.list_entries(user=owner, emotion=Emotion.SADNESS).exists()


def test_answer_of_by_strategy(owner: User, catalogue: None) -> None:
    entry = analyzed(owner, SAD)
    match, shift = (selectors.answer_of(entry, strategy) for strategy in Strategy)
    assert match is not None
    assert shift is not None
    assert (match.emotion, match.mood) == ("sadness", "sad")
    assert (shift.emotion, shift.mood) == ("joy", "happy")
    assert [r.position for r in match.movies] == [0, 1, 2]
    assert {r.movie_id for r in match.movies}.isdisjoint({r.movie_id for r in shift.movies})
