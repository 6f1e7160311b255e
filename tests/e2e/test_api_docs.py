"""The API's documentation in a browser: all of it from this site, allowed by its policy, and good for trying out."""

import re

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from diary.api.document_view import document
from diary.api.examples import operations
from diary.models import Entry
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def problems(page: Page, live_server: LiveServer) -> list[str]:
    """What the browser complains of, and every address outside the site that the page asks for."""
    found: list[str] = []

    def remember(url: str) -> None:
        if not url.startswith((live_server.url, "data:")):
            found.append(url)

    page.on("request", lambda request: remember(request.url))
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def test_docs_list_every_operation(page: Page, live_server: LiveServer, problems: list[str]) -> None:
    page.goto(f"{live_server.url}/api/docs/")
    expect(page.locator(".opblock")).to_have_count(len(list(operations(document()))))
    expect(page.locator(".opblock-summary-description", has_text="일기 쓰기 Write an entry")).to_be_visible()
    page.locator("#operations-entries-read_entry .opblock-summary-control").click()
    expect(page.locator("#operations-entries-read_entry")).to_contain_text("An entry as it was read")
    assert problems == []


def test_docs_try_out_with_a_session_token(
    page: Page, live_server: LiveServer, problems: list[str], owner: User, catalogue: None
) -> None:
    body = {"email": owner.email, "password": PASSWORD}
    answer = Client().post("/_allauth/app/v1/auth/login", body, content_type="application/json")
    page.goto(f"{live_server.url}/api/docs/")
    page.get_by_role("button", name="Authorize", exact=True).click()
    scheme = page.locator(".auth-container", has_text="X-Session-Token")
    scheme.get_by_role("textbox").fill(answer.json()["meta"]["session_token"])
    scheme.get_by_role("button", name=re.compile("Apply")).click()
    page.locator(".auth-btn-wrapper").get_by_role("button", name="Close").first.click()
    operation = page.locator("#operations-entries-create_entry")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table .response-col_status").last).to_contain_text("201")
    assert Entry.objects.get().text.startswith("드디어 합격했다!")
    assert problems == []
