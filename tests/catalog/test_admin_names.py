"""Who did a step is told to other curators by number: addresses of accounts are for superusers."""

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from catalog.curation import steps
from catalog.models import Action, Curation, Kind, Movie
from moduhyu.roles import give_role
from tests.factories import log_in, make_user

DOER = "doer@example.com"


@pytest.fixture
def step(films: list[Movie]) -> Curation:
    """Carried out and undone by the same curator."""
    doer = make_user(DOER, is_staff=True)
    step = steps.begin(curator=doer, kind=Kind.MOVIE, action=Action.PIN, selection={"ids": [films[0].pk]})
    steps.advance(step.pk, seconds=60)
    steps.begin_undo(step.pk, by=doer)
    return steps.advance(step.pk, seconds=60)


def pages_of(step: Curation, reader: User) -> list[str]:
    browser = log_in(reader)
    movie_id = step.changes.get().movie_id
    addresses = [
        reverse("admin:catalog_curation_changelist"),
        reverse("admin:catalog_curation_step", args=[step.pk]),
        reverse("admin:catalog_movie_change", args=[movie_id]),
        reverse("admin:catalog_movie_history", args=[movie_id]),
    ]
    return [browser.get(address).text for address in addresses]


def test_another_curator_reads_a_number(step: Curation) -> None:
    reader = make_user("reader@example.com")
    give_role(reader, Role.CURATOR)
    for page in pages_of(step, reader):
        assert f"계정 {step.curator_id}" in page
        assert DOER not in page


def test_a_superuser_reads_the_address(step: Curation) -> None:
    for page in pages_of(step, make_user("chief@example.com", is_staff=True, is_superuser=True)):
        assert DOER in page


def test_nobody_is_named_where_the_account_is_gone(step: Curation) -> None:
    User.objects.get(email=DOER).delete()
    step.refresh_from_db()
    for page in pages_of(step, make_user("chief@example.com", is_staff=True, is_superuser=True)):
        assert DOER not in page
        assert "—" in page
