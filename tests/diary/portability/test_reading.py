"""How many entries are read before the clock is looked at again."""

from itertools import count

import pytest

from accounts.models import User
from diary.models import Entry
from diary.portability import reading
from tests.factories import make_entry

pytestmark = pytest.mark.django_db


def test_long_entries_do_not_make_an_import_wait(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        make_entry(owner, "오늘은 비가 왔다. " * 2_000)
    hours = count()
    monkeypatch.setattr(reading.time, "monotonic", lambda: next(hours) * reading.MAX_SECONDS / 2)
    assert reading.read_some(owner).unread == 3
    assert Entry.objects.unanalyzed().count() == 3
