"""Every error of the API: one shape, a type that stays, words in the asked language, nothing of what went wrong."""

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, path
from pytest_django import Settings
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts.models import User
from diary import services
from diary.api.problem import TITLES
from diary.fields import Sealed
from diary.models import Entry
from moduhyu.urls import handler400, handler404, handler500
from moduhyu.urls import urlpatterns as site_addresses
from tests.factories import HAPPY, SAD, make_entry

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = "/api/v1/entries/"
SECRET = "아무에게도 말하지 않은 일"
DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs" / "api.md"
NEW = {"text": SAD, "written_on": "2026-11-01"}


class BrokenView(APIView):
    """Fails as no view may, with a line of a diary in its words."""

    def get(self, request: Request) -> Response:
        raise RuntimeError(SECRET)


class LostView(APIView):
    """Finds its database gone."""

    def get(self, request: Request) -> Response:
        raise OperationalError(SECRET)


urlpatterns: list[URLPattern] = [
    *site_addresses,
    path("api/v1/broken/", BrokenView.as_view()),
    path("api/v1/lost/", LostView.as_view()),
]


class Case(NamedTuple):
    """A request that goes wrong, and how."""

    status: int
    kind: str
    send: Callable[["Stage"], HttpResponse]


class Stage:
    """Who asks, in a language."""

    def __init__(self, owner: User, settings: Settings, language: str) -> None:
        self.settings = settings
        self.owner = owner
        self.entry = make_entry(owner, SECRET)
        self.headers = {"accept-language": language}
        self.phone = APIClient(headers=self.headers, raise_request_exception=False)
        self.phone.force_authenticate(owner)
        self.nobody = Client(headers=self.headers, raise_request_exception=False)

    @property
    def url(self) -> str:
        return f"{ENTRIES}{self.entry.pk}/"

    def browser(self) -> HttpResponse:
        client = APIClient(enforce_csrf_checks=True, headers=self.headers)
        client.force_login(self.owner)
        return client.post(ENTRIES, NEW, format="json")

    def limited(self) -> HttpResponse:
        self.settings.API_RATES = self.settings.API_RATES | {"read": (1, 60)}
        self.phone.get(ENTRIES)
        return self.phone.get(ENTRIES)

    def damaged(self) -> HttpResponse:
        Entry.objects.filter(pk=self.entry.pk).update(text=Sealed(b"\x01" + bytes(60)))
        return self.phone.get(self.url)

    def changed(self) -> HttpResponse:
        services.update_entry(entry=self.entry, text=HAPPY, written_on=date(2026, 11, 1), revision=1)
        return self.phone.patch(self.url, {"text": SAD}, format="json", headers={"if-match": '"1"'})

    def bad_rows(self) -> HttpResponse:
        table = "full_date,date,weekday,time,mood,activities,note_title,note\n2999-99-99,,,,rad,,,글\n"
        return self.phone.post("/api/v1/import/?on_error=refuse", table, content_type="text/csv")


CASES = [
    Case(400, "invalid", lambda stage: stage.phone.post(ENTRIES, {}, format="json")),
    Case(400, "invalid", lambda stage: stage.phone.get(ENTRIES, {"from": "어제"})),
    Case(400, "parse-error", lambda stage: stage.phone.post(ENTRIES, "{", content_type="application/json")),
    Case(400, "unreadable-file", lambda stage: stage.phone.post("/api/v1/import/", "?", content_type="text/csv")),
    Case(400, "bad-request", lambda stage: stage.nobody.get(ENTRIES, headers={"host": "elsewhere.example"})),
    Case(401, "not-authenticated", lambda stage: stage.nobody.get(ENTRIES)),
    Case(401, "not-authenticated", lambda stage: stage.nobody.get(ENTRIES, headers={"x-session-token": "made-up"})),
    Case(403, "permission-denied", lambda stage: stage.browser()),
    Case(404, "not-found", lambda stage: stage.phone.get(f"{ENTRIES}{uuid.uuid4()}/")),
    Case(404, "not-found", lambda stage: stage.nobody.get("/api/v1/nope/")),
    Case(404, "not-found", lambda stage: stage.nobody.get("/api/v2/entries/")),
    Case(404, "not-found", lambda stage: stage.nobody.get("/api/")),
    Case(404, "not-found", lambda stage: stage.nobody.get("/api")),
    Case(405, "method-not-allowed", lambda stage: stage.phone.put(ENTRIES, NEW, format="json")),
    Case(405, "method-not-allowed", lambda stage: stage.phone.post("/api/docs/", {}, format="json")),
    Case(406, "not-acceptable", lambda stage: stage.phone.get(ENTRIES, headers={"accept": "text/html"})),
    Case(
        409, "entry-exists", lambda stage: stage.phone.post(ENTRIES, NEW | {"id": str(stage.entry.pk)}, format="json")
    ),
    Case(409, "not-read-yet", lambda stage: stage.phone.get(f"{stage.url}recommendations/")),
    Case(412, "stale-entry", lambda stage: stage.changed()),
    Case(413, "too-large", lambda stage: stage.phone.post(ENTRIES, "a" * 6_000_000, content_type="application/json")),
    Case(415, "unsupported-media-type", lambda stage: stage.phone.post(ENTRIES, "글", content_type="text/plain")),
    Case(422, "bad-rows", lambda stage: stage.bad_rows()),
    Case(428, "match-required", lambda stage: stage.phone.delete(stage.url)),
    Case(429, "throttled", lambda stage: stage.limited()),
    Case(500, "server-error", lambda stage: stage.phone.get("/api/v1/broken/")),
    Case(503, "locked", lambda stage: stage.damaged()),
    Case(503, "unavailable", lambda stage: stage.phone.get("/api/v1/lost/")),
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.status}-{case.kind}")
def test_error_is_a_problem_document(case: Case, language: str, owner: User, settings: Settings) -> None:
    response = case.send(Stage(owner, settings, language))
    assert response.status_code == case.status
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == f"urn:moduhyu:{case.kind}"
    assert problem["status"] == case.status
    assert bool(re.search("[가-힣]", problem["title"])) == (language == "ko")
    assert problem["detail"]
    assert bool(re.search("[가-힣]", problem["detail"].replace("글", ""))) == (language == "ko")
    assert response["Content-Language"] == language
    assert "Accept-Language" in response["Vary"]
    if case.status != 412:  # that one sends the person their own entry
        assert SECRET not in response.text
    assert "Traceback" not in response.text


def test_headers_of_errors(owner: User, settings: Settings) -> None:
    stage = Stage(owner, settings, "ko")
    assert stage.nobody.get(ENTRIES)["WWW-Authenticate"] == "X-Session-Token"
    assert stage.phone.put(ENTRIES, NEW, format="json")["Allow"] == "GET, POST, HEAD, OPTIONS"
    assert int(stage.limited()["Retry-After"]) in range(55, 61)


def test_host_that_is_not_ours_is_refused_in_the_asked_language_before_the_redirect_to_https(
    settings: Settings,
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    for language, word in (("en", "request"), ("ko", "요청")):
        client = Client(headers={"accept-language": language, "host": "elsewhere.example"})
        response = client.get(ENTRIES)
        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
        assert word in response.json()["detail"]


def api_errors(parent: type = exceptions.APIException) -> Iterator[type[exceptions.APIException]]:
    """Our own exceptions that become answers, wherever they are defined."""
    for error in parent.__subclasses__():
        if error.__module__.startswith("diary.api"):
            yield error
        yield from api_errors(error)


def test_every_type_of_problem_is_documented_and_has_a_title() -> None:
    kinds = {case.kind for case in CASES} | {error.default_code.replace("_", "-") for error in api_errors()}
    statuses = {case.status for case in CASES} | {error.status_code for error in api_errors()}
    documented = set(re.findall(r"`urn:moduhyu:([a-z-]+)`", DOCUMENTATION.read_text(encoding="utf-8")))
    assert kinds == documented
    assert statuses - set(TITLES) == set()


def test_errors_point_into_lists_and_escape_names(owner_api: APIClient) -> None:
    body = NEW | {"tags": ["비", {"이름": "눈"}], "a/b~c": 1}
    problem = owner_api.post(ENTRIES, body, format="json").json()
    assert {error["pointer"] for error in problem["errors"]} == {"/tags/1", "/a~1b~0c"}


__all__ = ["handler400", "handler404", "handler500"]
