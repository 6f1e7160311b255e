"""Reads of the diary: only one's own, found again, in few queries."""

import unicodedata
import uuid
from datetime import date

import pytest

from accounts.models import User
from diary import analysis, selectors
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


def test_list_entries_with_all_the_words(owner: User) -> None:
    found = make_entry(owner, "엄마와 바다에 갔다")
    make_entry(owner, "엄마와 산에 갔다")
    assert list(selectors.list_entries(user=owner, words="바다 엄마")) == [found]


def test_list_entries_words_are_no_pattern(owner: User) -> None:
    make_entry(owner, "아무 글")
    assert not selectors.list_entries(user=owner, words="%").exists()
    assert not selectors.list_entries(user=owner, words="_").exists()


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


def test_list_entries_words_in_decomposed_hangul(owner: User) -> None:
    found = make_entry(owner, "바다에 갔다")
    assert list(selectors.list_entries(user=owner, words=unicodedata.normalize("NFD", "바다"))) == [found]


def test_answer_of_by_strategy(owner: User, catalogue: None) -> None:
    entry = analyzed(owner, SAD)
    match, shift = (selectors.answer_of(entry, strategy) for strategy in Strategy)
    assert match is not None
    assert shift is not None
    assert (match.emotion, match.mood) == ("sadness", "sad")
    assert (shift.emotion, shift.mood) == ("joy", "happy")
    assert [r.position for r in match.movies] == [0, 1, 2]
    assert {r.movie_id for r in match.movies}.isdisjoint({r.movie_id for r in shift.movies})
