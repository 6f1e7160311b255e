"""What the browser tests share: logging in without the form, and saving an entry by hand."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from diary import services
from diary.models import Entry
from tests.factories import SAD

LogIn = Callable[..., None]


@pytest.fixture
def log_in(live_server: LiveServer) -> LogIn:
    """`log_in(page or context, user)`: from now on this browser is theirs; None logs out."""

    def log_in(target: Page | BrowserContext, user: User | None, url: str = "") -> None:
        context = target.context if isinstance(target, Page) else target
        context.clear_cookies()
        if user is None:
            return
        client = Client()
        client.force_login(user)
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": url or live_server.url}])

    return log_in


@pytest.fixture
def write_page(page: Page, live_server: LiveServer, log_in: LogIn, owner: User) -> Page:
    """The write page of the owner."""
    log_in(page, owner)
    page.goto(live_server.url)
    return page


@pytest.fixture
def entry(owner: User) -> Entry:
    """An entry of theirs with a tag."""
    return services.create_entry(user=owner, text=SAD, written_on=date(2026, 11, 1), tags=["가족"])[0]
