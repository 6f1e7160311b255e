"""Curators, a few films and tracks, and files as spreadsheets write them."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from tests.factories import log_in, make_user

CURATOR_RIGHTS = ("view_movie", "change_movie", "view_track", "change_track")


def make_curator(email: str, *rights: str) -> User:
    """Staff with the rights of a curator, and some more."""
    user = make_user(email, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=(*CURATOR_RIGHTS, *rights)))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def lead(db: None) -> User:
    return make_curator("lead@example.com", "import_catalogue")


@pytest.fixture
def lead_client(lead: User) -> Client:
    return log_in(lead)
