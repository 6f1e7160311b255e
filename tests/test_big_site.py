"""The site that `make bench-scale` measures is one that the product could have made."""

from collections import Counter
from typing import Any

import pytest
from django.db import connection

from accounts.models import DataKey, User
from benchmarks import big_site
from benchmarks.big_diary import RARE_ENTRIES
from benchmarks.look_back import RARE
from benchmarks.scale_requests import plans, requests
from catalog.models import Movie, Track
from diary.models import Analysis, ChangeClock, Entry, Recommendation
from tests.factories import log_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql_only]
PEOPLE, ENTRIES = 60, 400


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(big_site, "HEAVY", (40, 80))
    monkeypatch.setattr(big_site, "USUAL", ((20, 80), (20, 120)))
    with connection.cursor() as cursor:
        before = _indexes_and_constraints(cursor)
        big_site.fill_site(people=PEOPLE, entries=ENTRIES, movies=500, tracks=600, tell=lambda _what: None)
        assert _indexes_and_constraints(cursor) == before


def _indexes_and_constraints(cursor: Any) -> list[str]:
    """All that the database's tables have, whoever it was built by."""
    cursor.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
    indexes = cursor.fetchall()
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2"
    )
    return [*indexes, *cursor.fetchall()]


def test_counts_of_a_big_site(site: None) -> None:
    people, entries = PEOPLE + 3, ENTRIES + 80
    assert (User.objects.count(), DataKey.objects.count(), ChangeClock.objects.count()) == (people, people, people)
    assert (Entry.objects.count(), Analysis.objects.count()) == (entries, entries)
    assert (Movie.objects.count(), Track.objects.count()) == (500, 600)
    answered = Counter(Recommendation.objects.values_list("entry", flat=True))
    assert set(answered.values()) == {12}
    assert 80 + ENTRIES // big_site.ANSWERED * 0.5 < len(answered) < 80 + ENTRIES // big_site.ANSWERED * 1.5


def test_measured_diaries_of_a_big_site_open(site: None) -> None:
    user = User.objects.get(email="measured1@example.com")
    client = log_in(user)
    page = client.get("/api/v1/entries/", {"q": RARE, "page_size": 50}).json()
    assert len(page["results"]) == RARE_ENTRIES
    assert all("범고래" in entry["text"] for entry in page["results"])
    entry = Entry.objects.of(user).newest_first().first()
    assert entry is not None
    assert entry.text in client.get(f"/entries/{entry.pk}/").content.decode().replace("<mark>", "")


def test_every_measured_request_succeeds_and_has_plans(site: None) -> None:
    for name, send in requests().items():
        assert send().status_code in (200, 201), name
    found = plans(requests()["page: list"])
    assert any("entry" in node for plan in found for node in plan["nodes"])
    assert all(plan["buffers"] >= 0 and plan["ms"] > 0 for plan in found)


def test_entries_are_spread_unevenly() -> None:
    counts = big_site.entry_counts(10_000, 100_000)
    assert sum(counts) == 100_000
    assert min(counts) >= 1
    assert max(counts) > 5_000
    assert sorted(counts)[len(counts) // 2] < 5
