"""Who walks through the site, what belongs to the owner there, and how each address is asked."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from fido2.cose import ES256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
)

from accounts.session_store import stored_key
from catalog.models import Action, Curation, Movie, SavedSearch, Track
from catalog.models import Kind as CatalogKind
from diary import services
from diary.api.buckets import forget_buckets
from diary.models import Entry, Feedback, Recommendation
from diary.reminders import unsubscribe_token
from tests.diary.model_folders import SHIPPED_VERSION
from tests.factories import PASSWORD, SAD, make_user

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CANARY = "빈소에서"  # a word of the owner's entry
OWNERS_EMAIL = "owner@example.com"
APP = "_allauth/app/"
# An argument in a route, of a path or of a regular expression.
_ARGUMENT = re.compile(r"<(?P<plain>[\w:]+)>|\(\?P<(?P<regex>\w+)>[^)]*\)")
NOBODYS = {"uuid": str(uuid.UUID(int=0)), "int": str(10**9)}


def routes() -> Iterator[str]:
    """The route of every URL pattern of the site."""
    return _routes(get_resolver().url_patterns, "")


def _routes(patterns: list[Any], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            assert isinstance(pattern, URLPattern)
            yield route


@dataclass(frozen=True)
class Person:
    """Somebody at a browser, or with an app that brings the token of the same session."""

    client: Client
    token: str

    def ask(self, method: str, path: str) -> HttpResponse:
        """One request that leaves nothing behind: neither in the database, nor in cookies, nor in counted limits."""
        cache.clear()
        forget_buckets()
        cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}
        headers = {"accept-language": "ko", "if-match": "*"}
        options: dict[str, Any] = {}
        if path.startswith((f"/{APP}", "/api/")):
            options = {"content_type": "application/json"}
        if path.startswith(f"/{APP}") and self.token:
            headers["x-session-token"] = self.token
        with transaction.atomic():
            response = self.client.generic(method, path, b"{}" if options else b"", headers=headers, **options)
            transaction.set_rollback(True)
        self.client.cookies.clear()
        self.client.cookies.load(cookies)
        return response


def _log_in(email: str) -> Person:
    client = Client(raise_request_exception=False)
    response = client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert response.status_code == 302, email
    # As for who changes their passkeys, where allauth asks for the password once more.
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return Person(client, client.session.session_key)


@dataclass(frozen=True)
class Cast:
    """Everybody, and the arguments that lead to what is the owner's."""

    owner: Person
    outsider: Person
    visitor: Person
    staff: Person
    arguments: dict[str, str]

    def path_of(self, route: str) -> str:
        """The address that leads to the owner's object, if it leads to one."""
        return _fill(route, self.arguments | _admin_arguments(route, self.arguments))

    def path_to_nobodys(self, route: str) -> str:
        """The address of an object that does not exist."""
        wanted = {
            name: NOBODYS[name.partition(":")[0]] for name in self.arguments if name.partition(":")[0] in NOBODYS
        }
        return _fill(route, self.arguments | wanted)


def _fill(route: str, arguments: dict[str, str]) -> str:
    filled = _ARGUMENT.sub(lambda match: arguments[match["plain"] or match["regex"]], route)
    return "/" + filled.replace("^", "").replace("$", "")


def _admin_arguments(route: str, arguments: dict[str, str]) -> dict[str, str]:
    model = "/".join(route.split("/")[1:3]) if route.startswith("admin/") else ""
    return {"path:object_id": arguments[model]} if model in arguments else {}


def make_cast(commit: Callable[..., AbstractContextManager[Any]]) -> Cast:
    """The owner has something of every kind; nobody else has anything. Needs a catalogue.

    `commit` is pytest-django's `django_capture_on_commit_callbacks`.
    """
    owner = make_user(OWNERS_EMAIL)
    make_user("outsider@example.com")
    make_user("staff@example.com", is_staff=True)
    people = {name: _log_in(f"{name}@example.com") for name in ("owner", "outsider", "staff")}
    with commit(execute=True):
        entry, _is_new = services.create_entry(user=owner, text=SAD, written_on=date(2026, 11, 1))
    assert CANARY in entry.text
    with commit(execute=True):
        export = people["owner"].client.post("/api/v1/exports/", content_type="application/json").json()
    arguments = _arguments(people["owner"], entry) | {"uuid:export_id": export["id"]}
    return Cast(**people, visitor=Person(Client(raise_request_exception=False), ""), arguments=arguments)


def passkey_credential() -> dict[str, Any]:
    """What a passkey leaves with the site when it is added."""
    key = ES256.from_cryptography_key(generate_private_key(SECP256R1()).public_key())
    attested = AttestedCredentialData.create(Aaguid.NONE, b"a passkey", key)
    data = AuthenticatorData.create(sha256(b"testserver").digest(), AuthenticatorData.FLAG.AT, 0, attested)
    answer = AuthenticatorAttestationResponse(
        client_data=CollectedClientData.create("webauthn.create", b"challenge", "https://testserver"),
        attestation_object=AttestationObject.create("none", data, {}),
    )
    return dict(RegistrationResponse(raw_id=b"a passkey", response=answer))


def _arguments(person: Person, entry: Entry) -> dict[str, str]:
    owner = entry.user
    passkey = Authenticator.objects.create(
        user=owner, type="webauthn", data={"name": "휴대전화", "credential": passkey_credential()}
    )
    address = EmailAddress.objects.get_or_create(user=owner, email=owner.email)[0]
    movie, track = Movie.objects.first(), Track.objects.first()
    assert movie
    assert track
    recommendation = Recommendation.objects.filter(entry=entry).first()
    assert recommendation
    liked = Feedback.objects.create(user=owner, movie=movie, opinion=Feedback.Opinion.LIKE)
    step = Curation.objects.create(kind=CatalogKind.MOVIE, action=Action.HIDE, selection={"query": {}})
    search = SavedSearch.objects.create(owner=owner, kind=CatalogKind.MOVIE, name="weak", query="weak=yes")
    session = UserSession.objects.get(session_key=stored_key(person.token))
    return {
        "uuid:entry_id": str(entry.pk),
        "uuid:pk": str(entry.pk),
        "int:recommendation_id": str(recommendation.pk),
        "int:feedback_id": str(liked.pk),
        "int:session_id": str(session.pk),
        "int:pk": str(passkey.pk),
        "int:movie_id": str(movie.pk),
        "int:track_id": str(track.pk),
        "int:file_id": "1",
        "month:month": "2026-11",
        "year:year": "2026",
        "str:token": unsubscribe_token(owner.pk),
        "key": "no-key",
        "id": str(owner.pk),
        "app_label": "diary",
        "url": "no/such/page/",
        "path:content_type_id": "1",
        "path:object_id": "1",
        "str:version": SHIPPED_VERSION,
        "auth/group": str(Group.objects.create(name="curators").pk),
        "accounts/user": str(owner.pk),
        "diary/entry": str(entry.pk),
        "catalog/movie": str(movie.pk),
        "catalog/track": str(track.pk),
        "catalog/curation": str(step.pk),
        "int:curation_id": str(step.pk),
        "int:search_id": str(search.pk),
        "account/emailaddress": str(address.pk),
    }
