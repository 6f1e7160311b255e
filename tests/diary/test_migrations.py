"""Steps of the database that say something of what people have in it."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from diary import services
from diary.models import Recommendation
from ml.labels import Strategy
from tests.factories import SAD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def newest_again() -> Iterator[None]:
    """Whatever happens, the other tests find the database as it was."""
    yield
    call_command("migrate", verbosity=0)


def test_feedback_step_back_leaves_what_is_shown(owner: User, catalogue: None, newest_again: None) -> None:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=date(2026, 11, 1))
    services.recommend_again(entry=entry, strategy=Strategy.MATCH)
    shown = set(Recommendation.objects.current().values_list("pk", flat=True))
    assert Recommendation.objects.count() == len(shown) + 6

    call_command("migrate", "diary", "0002_corrections", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM diary_recommendation")
        assert {pk for (pk,) in cursor.fetchall()} == shown

    call_command("migrate", verbosity=0)
    assert set(Recommendation.objects.current().values_list("pk", flat=True)) == shown
