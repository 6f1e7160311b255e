"""How often pages may be asked for: one budget with the API, and a page that loses nothing of what was typed."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from diary.api.buckets import forget_buckets
from diary.models import Entry
from tests.factories import SAD
from tests.services.redis import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/entries/"
NEW = {"text": f"{SAD}\r\n\r\n<b>&lt;둘째 줄", "written_on": "2026-11-01", "tags": "#비 #산책"}


def limit(settings: Settings, **rates: tuple[int, int]) -> None:
    settings.API_RATES = settings.API_RATES | rates


def statuses(client: Client, path: str, count: int, **query: str) -> list[int]:
    return [client.get(path, query).status_code for _ in range(count)]


def form_of(page: str) -> dict[str, str]:
    """What the page would send again."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    text = re.search(r'<textarea[^>]*name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert text
    return {name: unescape(value) for name, value in [*hidden, ("text", text[1])]}


def test_text_that_comes_too_soon_waits_on_the_page_and_is_sent_again(
    owner_client: Client, owner: User, settings: Settings
) -> None:
    limit(settings, write=(1, 3600))
    assert owner_client.post(PAGE, NEW).status_code == 302
    again = NEW | {"text": NEW["text"] + " 또"}
    refused = owner_client.post(PAGE, again)
    assert (refused.status_code, Entry.objects.of(owner).count()) == (429, 1)
    assert 3500 < int(refused["Retry-After"]) <= 3600
    assert "60분 뒤에" in refused.text
    assert "no-store" in refused["Cache-Control"]
    assert "settled_draft" not in refused.cookies  # the browser keeps the draft
    assert {name: value for name, value in form_of(refused.text).items() if name in again} == again
    forget_buckets()
    assert owner_client.post(PAGE, form_of(refused.text)).status_code == 302
    assert {entry.text for entry in Entry.objects.of(owner)} == {
        values["text"].replace("\r\n", "\n") for values in (NEW, again)
    }


def test_pages_and_api_share_one_budget(owner_client: Client, owner_api: APIClient, settings: Settings) -> None:
    limit(settings, search=(2, 60), read=(3, 60))
    assert owner_client.get(PAGE, {"q": "비"}).status_code == 200
    assert owner_api.get("/api/v1/entries/?q=비").status_code == 200
    assert owner_client.get(PAGE, {"q": "비"}).status_code == 429
    assert owner_api.get("/api/v1/entries/?q=비").status_code == 429
    assert statuses(owner_client, "/calendar/2026-11/", 4) == [200, 200, 200, 429]


def test_exports_and_imports_are_heavy(owner_client: Client, settings: Settings) -> None:
    limit(settings, heavy=(2, 3600))
    assert owner_client.post("/export/").status_code == 200
    upload = {"file": SimpleUploadedFile("a.csv", b"full_date,mood,note\n2025-10-04,good,one\n")}
    assert owner_client.post("/import/", upload).status_code == 302
    assert owner_client.get("/import/preview/").status_code == 200  # a search
    assert owner_client.post("/import/preview/").status_code == 429
    again = owner_client.post("/import/", {"file": SimpleUploadedFile("a.csv", b"x")})
    assert again.status_code == 429
    assert "<form" not in again.text  # a file can't be sent again by a page
    assert Entry.objects.count() == 0


def test_everybody_has_a_budget_of_their_own_and_visitors_none(
    client: Client, owner_client: Client, outsider_client: Client, settings: Settings
) -> None:
    limit(settings, read=(1, 3600))
    assert statuses(owner_client, PAGE, 2) == [200, 429]
    assert statuses(outsider_client, PAGE, 2) == [200, 429]
    assert statuses(client, "/help/", 3) == [200, 200, 200]
    assert "Cookie" not in client.get("/sw.js").get("Vary", "")
    settings.API_RATES = settings.API_RATES | {"read": None}
    assert statuses(owner_client, PAGE, 3) == [200, 200, 200]


def test_workers_share_the_budget_by_redis(
    owner_client: Client, settings: Settings, redis_server: RedisServer
) -> None:
    limit(settings, read=(2, 3600))
    settings.REDIS_URL = redis_server.url
    answered = []
    for _ in range(3):
        forget_buckets()  # as another process, which has counted nothing yet
        answered.append(owner_client.get(PAGE).status_code)
    assert answered == [200, 200, 429]


def test_a_form_from_elsewhere_is_refused_and_not_shown_again(owner: User, settings: Settings) -> None:
    limit(settings, write=(1, 3600))
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    assert [browser.post(PAGE, NEW).status_code for _ in range(3)] == [403] * 3


def test_password_that_comes_too_soon_is_on_no_page(owner_client: Client, settings: Settings) -> None:
    limit(settings, write=(1, 3600))
    assert owner_client.post(PAGE, NEW).status_code == 302
    refused = owner_client.post("/settings/delete/", {"password": "a-secret-of-mine-7", "email": "x"})
    assert refused.status_code == 429
    assert "a-secret-of-mine-7" not in refused.text
    assert "다시 보내기" not in refused.text
