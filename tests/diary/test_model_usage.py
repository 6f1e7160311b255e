"""What each version of the model has read, and how often people agree with it: shares, never of a few people."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diary import model_usage
from diary.crowd import FEWEST_PEOPLE
from diary.model_usage import count_unread, get_usage
from diary.models import Entry
from tests.factories import make_entry, make_read_entry, make_user

pytestmark = pytest.mark.django_db


def read_by(version: str, *, people: int, emotion: str = "sadness", corrected: str = "", each: int = 1) -> None:
    """Entries that a version has read, of so many new people."""
    first = Entry.objects.count()
    for number in range(people):
        user = make_user(f"person{first + number}@example.com")
        for _ in range(each):
            entry = make_read_entry(user, emotion=emotion, corrected=corrected)
            entry.analysis.model_version = version
            entry.analysis.save()


def test_shares_of_each_version() -> None:
    read_by("old", people=3)
    read_by("new", people=1)
    usage = get_usage()
    assert usage.entries == 4
    assert {version: (found.entries, found.share) for version, found in usage.versions.items()} == {
        "old": (3, 0.75),
        "new": (1, 0.25),
    }


def test_nothing_read_yet() -> None:
    assert get_usage().versions == {}
    assert count_unread() == {"pending": 0, "failed": 0}


def test_agreement_over_enough_people() -> None:
    read_by("old", people=FEWEST_PEOPLE - 5, corrected="sadness")  # confirmed
    read_by("old", people=5, corrected="anger")
    read_by("new", people=FEWEST_PEOPLE, corrected="joy", emotion="joy")
    versions = get_usage().versions
    assert versions["old"].agreement == 0.75
    assert versions["new"].agreement == 1.0


def test_few_people_are_not_told_however_much_they_correct() -> None:
    read_by("old", people=FEWEST_PEOPLE - 1, corrected="anger", each=3)
    assert get_usage().versions["old"].agreement is None
    _moment, rows = cache.get("counted:model_usage")
    assert [agreement for _version, _count, agreement in rows] == [None]  # nor does the cache know


def test_agreement_is_that_of_the_latest_corrections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_usage, "LATEST_CORRECTIONS", FEWEST_PEOPLE)
    read_by("old", people=5, corrected="anger")
    read_by("old", people=FEWEST_PEOPLE, corrected="sadness")
    assert get_usage().versions["old"].agreement == 1.0


def test_corrections_of_a_text_that_is_read_anew_do_not_count() -> None:
    read_by("old", people=FEWEST_PEOPLE, corrected="sadness")
    Entry.objects.filter(pk=Entry.objects.values("pk")[:1]).update(status=Entry.Status.PENDING)
    assert get_usage().versions["old"].agreement is None
    assert count_unread() == {"pending": 1, "failed": 0}


def test_counted_once_in_ten_minutes() -> None:
    read_by("old", people=1)
    first = get_usage()
    read_by("old", people=1)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert get_usage() == first
    assert len(queries) == 0
    cache.clear()
    assert get_usage().entries == 2


def test_unread_entries_by_status() -> None:
    user = make_user()
    make_entry(user)
    make_entry(user, status=Entry.Status.FAILED)
    make_entry(user, status=Entry.Status.FAILED)
    make_read_entry(user)
    assert count_unread() == {"pending": 1, "failed": 2}
