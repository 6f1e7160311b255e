"""What the browser keeps for when there is no connection: the service worker, its pages, whose outbox may be sent."""

import json
import re
import zlib
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client, override_settings

from accounts.keys import browser_key
from accounts.models import User
from diary import services
from tests.factories import SAD, make_entry, make_user

pytestmark = pytest.mark.django_db

PAGES = ("/offline/", "/offline/elsewhere/")


def shell_of(client: Client, **headers: str) -> dict[str, Any]:
    script = client.get("/sw.js", headers=headers).text
    return json.loads(re.search(r"const SHELL = (.+);", script)[1])


def test_service_worker_answers_for_the_whole_site_and_is_asked_for_anew(client: Client) -> None:
    response = client.get("/sw.js")
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert response.headers["Service-Worker-Allowed"] == "/"
    assert "no-cache" in response.headers["Cache-Control"]
    assert 'importScripts("/static/outbox.js", "/static/worker.js");' in response.text


def test_service_worker_keeps_what_its_pages_load(client: Client) -> None:
    shell = shell_of(client)
    assert shell["pages"] == list(PAGES)
    for page in PAGES:
        loaded = re.findall(r'<(?:script src|link rel="stylesheet" href)="([^"]+)"', client.get(page).text)
        assert len(loaded) >= 8
        assert set(loaded) <= set(shell["files"])
    for file in shell["files"]:
        assert finders.find(file.removeprefix("/static/")), file


def test_service_worker_names_files_by_their_hashes(client: Client, tmp_path: Path) -> None:
    before = shell_of(client)["version"]
    hashed = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=settings.STORAGES | {"staticfiles": hashed}):
        call_command("collectstatic", interactive=False, verbosity=0)
        script = client.get("/sw.js").text
        shell = shell_of(client)
    assert shell["version"] != before
    named = {*shell["files"], *re.findall(r'"(/static/[^"]+)"', script.split("importScripts")[1])}
    assert len(named) == len(shell["files"]) + 1  # worker.js, which no page loads
    for file in named:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", file)
        assert (tmp_path / file.removeprefix("/static/")).is_file()


def test_service_worker_is_the_same_until_something_changes(client: Client, owner_client: Client) -> None:
    first = client.get("/sw.js").content
    assert client.get("/sw.js").content == first
    assert owner_client.get("/sw.js", headers={"accept-language": "ko"}).content == first


def test_service_worker_changes_with_the_language(client: Client) -> None:
    korean, english = (shell_of(client, **{"accept-language": code})["version"] for code in ("ko", "en"))
    assert korean != english


@pytest.mark.parametrize("page", PAGES)
def test_offline_pages_are_the_same_for_everybody(owner: User, owner_client: Client, page: str) -> None:
    make_entry(owner, SAD)
    korean = {"accept-language": "ko"}
    response = owner_client.get(page, headers=korean)
    assert response.text == Client().get(page, headers=korean).text
    assert "csrfmiddlewaretoken" not in response.text
    assert browser_key(owner) not in response.text
    assert not response.cookies


def test_offline_account_names_the_key_and_a_token_that_saves(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    response = client.get("/offline/account/")
    assert "no-store" in response.headers["Cache-Control"]
    answer = response.json()
    assert answer["account"] == browser_key(owner)
    body = {"text": SAD, "written_on": "2026-11-01"}
    refused = client.post("/api/v1/entries/", body, content_type="application/json")
    assert refused.status_code == 403
    saved = client.post(
        "/api/v1/entries/", body, content_type="application/json", headers={"x-csrftoken": answer["csrf"]}
    )
    assert saved.status_code == 201


def test_offline_account_of_nobody(client: Client) -> None:
    assert client.get("/offline/account/").json()["account"] is None


def test_browser_key_is_one_of_an_account_and_tells_nothing(owner: User, outsider: User) -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", browser_key(owner))
    assert browser_key(owner) == browser_key(User.objects.get(pk=owner.pk))
    assert len({browser_key(user) for user in (owner, outsider, make_user("third@example.com"))}) == 3


def test_pages_name_the_account_only_when_logged_in(client: Client, owner: User, owner_client: Client) -> None:
    assert f'data-account="{browser_key(owner)}"' in owner_client.get("/help/").text
    assert "data-account" not in client.get("/help/").text


def said(tags: str, *lines: str) -> str:
    """What a draft of the first of November says, as the browser computes it."""
    return format(zlib.crc32("\n".join(("2026-11-01", tags, *lines)).encode()), "08x")


def test_save_tells_the_browser_which_draft_it_may_drop(owner: User, owner_client: Client) -> None:
    draft = "6e8a1a7e-3a86-4b56-9d9e-0a63e5b2f0a1"
    form = {"text": SAD, "written_on": "2026-11-01", "entry_id": draft}
    assert owner_client.post("/entries/", form).cookies["settled_draft"].value == f"{draft}.{said('', SAD)}"
    # Under the id of another text, the entry gets an id of its own; the draft is the one that was sent.
    other = owner_client.post("/entries/", form | {"text": "다른 글"})
    assert draft not in other.url
    assert other.cookies["settled_draft"].value == f"{draft}.{said('', '다른 글')}"
    changed = {"text": "고친\r\n글", "tags": "비", "revision": 1}
    edit = owner_client.post(f"/entries/{draft}/edit/", form | changed)
    assert edit.cookies["settled_draft"].value == f"{draft}.{said('비', '고친', '글')}"
    gone = owner_client.post(f"/entries/{draft}/delete/", {"revision": "2"})
    assert gone.cookies["settled_draft"].value == f"{draft}.{said('#비', '고친', '글')}"


def test_what_is_not_saved_settles_no_draft(owner: User, owner_client: Client) -> None:
    entry = make_entry(owner)
    services.update_entry(entry=entry, text="고친 글", written_on=entry.written_on, revision=1)
    stale = {"text": SAD, "written_on": "2026-11-01", "revision": 1}
    for path, form, status in (
        ("/entries/", {"text": "", "written_on": "2026-11-01"}, 422),
        (f"/entries/{entry.pk}/edit/", stale | {"text": ""}, 422),
        (f"/entries/{entry.pk}/edit/", stale, 409),
    ):
        response = owner_client.post(path, form)
        assert response.status_code == status
        assert "settled_draft" not in response.cookies


def test_edit_of_what_is_gone_keeps_the_text_and_looks_the_same_for_anothers(
    owner_client: Client, outsider: User
) -> None:
    theirs = make_entry(outsider, "남의 비밀")
    data = {"text": SAD, "written_on": "2026-11-01", "tags": "#비", "revision": 1}
    asked = [uuid4(), theirs.pk]
    pages = [owner_client.post(f"/entries/{pk}/edit/", data) for pk in asked]
    fresh = [page.context["form"]["entry_id"].value() for page in pages]
    assert [page.status_code for page in pages] == [404, 404]
    assert "그사이 지워진 일기예요." in pages[0].text
    assert SAD in pages[0].text
    assert str(theirs.pk) not in fresh
    alike = [
        re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.text.replace(new, "NEW").replace(str(old), "ASKED"))
        for page, new, old in zip(pages, fresh, asked, strict=True)
    ]
    assert alike[0] == alike[1]


def test_manifest_is_complete() -> None:
    manifest = json.loads(Path(finders.find("manifest.webmanifest")).read_text(encoding="utf-8"))
    assert (manifest["id"], manifest["start_url"], manifest["scope"]) == ("/", "/", "/")
    assert manifest["lang"] == "ko"
    assert manifest["shortcuts"][0] | {"icons": []} == {"name": "쓰기", "url": "/entries/new/", "icons": []}
    purposes = {(icon["sizes"], icon.get("purpose", "any")) for icon in manifest["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= purposes
    for icon in manifest["icons"]:
        assert finders.find(icon["src"])
