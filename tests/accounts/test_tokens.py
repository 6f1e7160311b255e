"""The session tokens of mobile apps."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.session_store import SessionStore
from accounts.tokens import OneQuerySessionTokenStrategy

pytestmark = pytest.mark.django_db


def test_lookup_finds_the_session_in_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    session = SessionStore()
    session["who"] = "me"
    session.save()
    with django_assert_num_queries(1):
        found = OneQuerySessionTokenStrategy().lookup_session(session.session_key or "")
    assert found is not None
    assert found["who"] == "me"


@pytest.mark.parametrize("token", ["", "unknown", "a" * 5000, "\x00"])
def test_lookup_unknown_token_is_none(token: str) -> None:
    assert OneQuerySessionTokenStrategy().lookup_session(token) is None


def test_lookup_expired_session_is_none() -> None:
    session = SessionStore()
    session.set_expiry(timedelta(seconds=-1))
    session.save()
    assert OneQuerySessionTokenStrategy().lookup_session(session.session_key or "") is None
