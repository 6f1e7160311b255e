"""Everybody at every address of the site, with every method: who gets what is told by tests/access/routes.py."""

import logging
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from diary.api import document_view
from diary.api.examples import METHODS as DOCUMENTED_METHODS
from tests.access.cast import APP, METHODS, Cast, make_cast, routes
from tests.access.routes import ROUTES, WITHOUT_CSRF_TOKEN, Kind
from tests.access.rules import ADMIN, OBJECTS, PRIVATE, fault_of, same

PEOPLE = ("owner", "outsider", "visitor", "staff")


@pytest.fixture
def cast(
    catalogue: None,
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]],
) -> Iterator[Cast]:
    settings.VAR_DIR = tmp_path  # where exports lie
    logging.disable(logging.WARNING)  # every refusal is a line
    yield make_cast(django_capture_on_commit_callbacks)
    logging.disable(logging.NOTSET)


def methods_of(who: str, kind: Kind) -> tuple[str, ...]:
    """All of them, but where a person is to an address what another one is who has walked it: one will do then."""
    if who == "owner" and kind not in PRIVATE - ADMIN:
        return ("GET",)  # the owner of nothing there, as the outsider
    if who == "staff" and kind not in ADMIN | OBJECTS:
        return ("GET",)  # staff without rights is an outsider
    return METHODS


def test_every_address_is_classified() -> None:
    unknown, gone = set(routes()) - set(ROUTES), set(ROUTES) - set(routes())
    assert not unknown, f"New addresses: say in tests/access/routes.py of what kind each is: {sorted(unknown)}"
    assert not gone, f"Not addresses any more: take them out of tests/access/routes.py: {sorted(gone)}"


@pytest.mark.django_db
@pytest.mark.sqlite_only  # the same views answer, and it is the longest of all tests
def test_everybody_gets_what_is_theirs_and_no_more(cast: Cast) -> None:
    faults = []
    statuses: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for route, kind in ROUTES.items():
        path = cast.path_of(route)
        for who in PEOPLE:
            for method in methods_of(who, kind):
                response = getattr(cast, who).ask(method, path)
                statuses[route, who][method] = response.status_code
                if fault := fault_of(cast, kind, who, method, response):
                    faults.append(f"{method} {route} by {who}: {response.status_code}, {fault}")
    # Without this, an address that never worked would pass.
    faults += [
        f"{route}: the owner does not get there"
        for route, kind in ROUTES.items()
        if kind in OBJECTS and set(statuses[route, "owner"].values()) <= {401, 403, 404, 405}
    ]
    assert faults == []
    found = {
        (route, method.lower())
        for route in ROUTES
        if route.startswith("api/v1/")
        for method, status in statuses[route, "owner"].items()
        if status != 405 and method.lower() in DOCUMENTED_METHODS
    }
    assert found == set(documented_operations())


def documented_operations() -> Iterator[tuple[str, str]]:
    """The route and the method of every operation of the OpenAPI document."""
    by_path = {"/" + re.sub(r"<[^>]+>", "{}", route): route for route in ROUTES}
    for path, operations in document_view.document()["paths"].items():
        route = by_path[re.sub(r"{[^}]+}", "{}", path)]  # the document has names of its own for arguments
        yield from ((route, method) for method in operations if method in DOCUMENTED_METHODS)


@pytest.mark.django_db
def test_another_persons_object_is_as_none(cast: Cast) -> None:
    """Not even a header tells whether it exists."""
    told = []
    for route in (route for route, kind in ROUTES.items() if kind in OBJECTS):
        theirs, nobodys = cast.path_of(route), cast.path_to_nobodys(route)
        for method in METHODS:
            one, other = cast.outsider.ask(method, theirs), cast.outsider.ask(method, nobodys)
            if not same(one, other, theirs, nobodys):
                told.append(f"{method} {route}: {one.status_code}, {other.status_code}")
    assert told == []


@pytest.mark.django_db
def test_no_form_of_another_site_is_taken(cast: Cast) -> None:
    """With the owner's cookies and without a token of ours, everything that writes is refused."""
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = cast.owner.client.cookies
    assert browser.get("/api/v1/profile/").status_code == 200
    taken = []
    for route, kind in ROUTES.items():
        options = {"content_type": "application/json"} if route.startswith(("api/", APP)) else {}
        status = browser.post(cast.path_of(route), {"text": "글"}, **options).status_code
        if route.startswith(APP):
            # An app shows who it is by a token: cookies, which another site can have sent, are nothing there.
            is_refused = kind is not Kind.APP or status in (401, 405)
        elif route.startswith("api/"):
            is_refused = status in (401, 403, 405)
        else:
            is_refused = status == 403 or route in WITHOUT_CSRF_TOKEN or kind is Kind.NOTHING
        if not is_refused:
            taken.append(f"{route}: {status}")
    assert taken == []
