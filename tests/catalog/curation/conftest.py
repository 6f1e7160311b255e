"""Curators."""

import pytest

from accounts.models import User
from tests.factories import make_user


@pytest.fixture
def curator(db: None) -> User:
    return make_user("curator@example.com", is_staff=True)


@pytest.fixture
def other(db: None) -> User:
    return make_user("other@example.com", is_staff=True)
