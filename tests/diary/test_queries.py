"""The query of an address: what is unknown, comes twice or can't be read is refused, and pointed at."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern
from rest_framework.test import APIClient

from accounts.models import User
from diary.api.queries import StrictQuery
from diary.api.urls import urlpatterns
from tests.factories import make_entry

pytestmark = pytest.mark.django_db(transaction=True)

READS = ("entries/", "calendar/", "trends/", "tags/", "settings/", "export/")


def api_views() -> Iterator[tuple[str, Any]]:
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        yield str(pattern.pattern), pattern.callback.cls  # type: ignore[union-attr]


def test_every_endpoint_refuses_what_it_does_not_know() -> None:
    found = dict(api_views())
    assert len(found) > 10
    assert [path for path, view in found.items() if not issubclass(view, StrictQuery)] == []


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("method", ["get", "head"])
def test_unknown_parameter_is_refused(owner_api: APIClient, path: str, method: str) -> None:
    response = getattr(owner_api, method)(f"/api/v1/{path}?emotoin=joy&format=json")
    assert response.status_code == 400
    if method == "get":
        assert [error["pointer"] for error in response.json()["errors"]] == ["/emotoin", "/format"]


def test_unknown_parameter_is_refused_of_one_entry(owner_api: APIClient, owner: User) -> None:
    entry = make_entry(owner)
    url = f"/api/v1/entries/{entry.pk}/"
    assert owner_api.get(f"{url}?page_size=5").status_code == 400
    assert owner_api.get(f"{url}recommendations/?strategie=shift").status_code == 400
    assert owner_api.delete(f"{url}?force=1", headers={"If-Match": "*"}).status_code == 400
    entry.refresh_from_db()  # it is still there


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("tag=a&tag=b", "/tag"),
        ("page_size=5&page_size=5", "/page_size"),
        ("q=%00", "/q"),
        ("tag=%00", "/tag"),
        ("cursor=%00", "/cursor"),
        ("page_size=%00", "/page_size"),
        ("page_size=", "/page_size"),
        ("page_size=-1", "/page_size"),
        ("page_size=%D9%A1", "/page_size"),  # a digit, of the Arabs'
        ("cursor=", "/cursor"),
        ("%00=1", "/\x00"),
    ],
)
def test_malformed_parameter_is_pointed_at(owner_api: APIClient, query: str, pointer: str) -> None:
    response = owner_api.get(f"/api/v1/entries/?{query}")
    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert response.json()["detail"]


def test_nobody_is_told_of_the_login_first(db: None) -> None:
    assert APIClient().get("/api/v1/entries/?nope=1").status_code == 401


@pytest.mark.parametrize("method", ["put", "trace"])
def test_method_that_is_not_there_answers_405_whatever_the_query(owner_api: APIClient, method: str) -> None:
    response = owner_api.generic(method.upper(), "/api/v1/trends/?period=7&unknown=1")
    assert response.status_code == 405
    assert "GET" in response["Allow"]
