"""Whatever a form or an address holds: an answer, no 500, and nothing saved of what was refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.contrib.auth import get_user
from django.core.cache import cache
from django.db import transaction
from django.db.models import Model
from django.test import Client, TestCase
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from diary import services
from diary.models import Correction, Entry, Feedback, Recommendation, Reminder, Tag
from tests.factories import PASSWORD, SAD

pytestmark = pytest.mark.django_db

MANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Texts as browsers can send them, and values that forms know: what is half right goes further than what is not.
WORDS = st.one_of(
    st.sampled_from(["", " ", "\x00", "a\x00b", "\u202e", "\u200b", "\ufeff", "가" * 200, "a" * 5_000, "é" * 100]),
    st.sampled_from(
        ["a" + "\u0300\u0316" * 500, "0", "-1", "9" * 400, "1e9", "NaN", "on", "undo", "joy", "match", "shift"]
    ),
    st.sampled_from(
        ["2026-11-01", "0001-01-01", "9999-12-31", "2026-02-30", "10000-01-01", "2026-W01-1", "２０２６-１１-０１"]
    ),
    st.sampled_from(
        ["21:00", "25:00", "Asia/Seoul", "../../etc/passwd", "Europe", "like", "dislike", "365", "2026-11"]
    ),
    st.sampled_from(
        ["a@b", "owner@example.com", "\"'><svg>@example.com", "//evil.example", "javascript:x", PASSWORD, SAD]
    ),
    st.text(max_size=50),
)
FORMS = {
    "diary:entry-list": ("text", "written_on", "tags", "entry_id", "revision"),
    "diary:settings-time-zone": ("time_zone",),
    "diary:settings-reminder": ("is_on", "time"),
    "diary:import": ("file",),
    "diary:import-preview": ("on_error",),
    "diary:import-read": ("total",),
    "diary:delete-account": ("password", "email"),
    "account_login": ("login", "password", "remember", "next"),
    "account_signup": ("email", "password1", "password2", "next"),
    "account_reset_password": ("email",),
    "account_change_password": ("oldpassword", "password1", "password2"),
    "account_email": ("email", "action_add", "action_remove", "action_primary", "action_send"),
    "mfa_activate_totp": ("code",),
    "mfa_add_webauthn": ("name", "credential", "passwordless"),
    "account_reauthenticate": ("password", "next"),
    "set_language": ("language", "next"),
}
QUERIES = {
    "diary:entry-list": ("q", "emotion", "tag", "from", "to", "page"),
    "diary:calendar": ("month",),
    "diary:trends": ("period", "from", "to"),
    "diary:entry-create": ("date",),
    "diary:home": ("q", "strategy"),
    "account_login": ("next",),
}
API_QUERIES = {
    "/api/v1/entries/": ("q", "emotion", "tag", "from", "to", "cursor", "page_size", "updated_since", "include"),
    "/api/v1/movies/": ("q", "emotion", "cursor", "page_size"),
    "/api/v1/tracks/": ("q", "mood", "cursor", "page_size"),
    "/api/v1/trends/": ("from", "to"),
    "/api/v1/calendar/": ("month",),
    "/api/v1/tags/": ("q",),
}
SAVED: tuple[type[Model], ...] = (User, Entry, Tag, Correction, Feedback, Recommendation, Reminder)


def state() -> list[list[object]]:
    """What the database holds of everybody's. A save changes it, and so does half of one."""
    hidden = {"last_login", "password"}
    columns = {model: [f.attname for f in model._meta.concrete_fields if f.attname not in hidden] for model in SAVED}
    return [list(model.objects.order_by("pk").values_list(*columns[model])) for model in SAVED]


@contextmanager
def undone() -> Iterator[None]:
    """What happens within is taken back: an account that one example ends is there for the next one."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def values_of(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, WORDS))


@pytest.mark.parametrize(
    "value", ["\x00", "\u202e", "9" * 5_000, "a" + "\u0300\u0316" * 500, "'\"><svg onload=x>@a.kr"]
)
def test_forms_of_one_odd_value(owner: User, value: str) -> None:
    for name, fields in FORMS.items():
        with undone():
            send(owner, name, dict.fromkeys(fields, value))


@MANY
@given(data=st.data())
def test_forms_of_anything(owner: User, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(FORMS)))
    values = data.draw(values_of(FORMS[name]))
    with undone():
        send(owner, name, values)


def send(owner: User, name: str, values: dict[str, str]) -> None:
    client, before = Client(), state()
    if not name.startswith(("account_login", "account_signup", "account_reset")):
        client.force_login(owner)
    cache.clear()
    answer = client.post(reverse(name), values)
    assert answer.status_code < 500
    # What is refused is a page that comes back; what is taken leads on.
    if answer.status_code in {200, 400, 403, 404, 409, 422}:
        assert state() == before
    if name == "account_login" and values.get("password") != PASSWORD:
        assert not get_user(client).is_authenticated


@MANY
@given(data=st.data())
def test_forms_of_an_entry_of_anything(owner: User, catalogue: None, data: st.DataObject) -> None:
    with undone():
        with TestCase.captureOnCommitCallbacks(execute=True):  # it is read, and answered
            entry, _new = services.create_entry(user=owner, text=SAD, written_on=date(2026, 11, 1), tags=["가족"])
        shown = Recommendation.objects.first()
        assert shown is not None
        forms = {
            reverse("diary:entry-edit", args=[entry.pk]): ("text", "written_on", "tags", "revision"),
            reverse("diary:entry-correct", args=[entry.pk]): ("emotion",),
            reverse("diary:entry-delete", args=[entry.pk]): ("revision",),
            reverse("diary:entry-recommend-again", args=[entry.pk]): ("strategy", "kind"),
            reverse("diary:recommendation-feedback", args=[shown.pk]): ("opinion", "is_seen", "seen", "undo"),
        }
        # By number: the id of an entry is another one each time.
        path, fields = list(forms.items())[data.draw(st.integers(0, len(forms) - 1))]
        client, before = Client(), state()
        client.force_login(owner)
        answer = client.post(path, data.draw(values_of(fields)))
        assert answer.status_code < 500
        if answer.status_code in {200, 400, 403, 404, 409, 422} and "recommendation" not in path:
            assert state() == before


@MANY
@given(data=st.data())
def test_addresses_of_anything(owner: User, data: st.DataObject) -> None:
    client = Client()
    client.force_login(owner)
    paths = {reverse(name): names for name, names in QUERIES.items()} | API_QUERIES
    path = data.draw(st.sampled_from(sorted(paths)))
    before = state()
    assert client.get(path, data.draw(values_of(paths[path]))).status_code < 500
    assert state() == before
