"""Each role of the staff at every address of the admin: what opens for it, and that nothing of anybody is told."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from accounts.roles import Role
from catalog.curation import steps
from catalog.models import Action, Kind, Movie
from diary.models import Entry
from diary.tags import set_tags
from moduhyu.roles import give_role, take_role
from tests.access.cast import CANARY, METHODS, Cast, make_cast, routes
from tests.access.role_pages import APP_LISTS, CURATORS, PAGES
from tests.factories import make_user

pytestmark = pytest.mark.django_db

TAG, ZONE = "할머니집마당", "Pacific/Chatham"
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
# Rows that every request may touch: whose session is in use, what was done in the admin, and what allauth remembers.
VOLATILE = {"sessions.session", "usersessions.usersession", "admin.logentry"}


@dataclass(frozen=True)
class Colleague:
    """Somebody with a role, at a browser."""

    role: Role
    user: User
    browser: Client

    def told_by(self, response: HttpResponse) -> list[str]:
        """What an answer tells of anybody else, which must be nothing."""
        told = response.getvalue().decode(errors="replace") + str(response.headers)
        secrets = [word for word in (CANARY, TAG, ZONE) if word in told]
        return secrets + [address for address in ADDRESS.findall(told) if address != self.user.email]


@dataclass(frozen=True)
class Stage:
    """The owner of a diary, everybody with a role, and arguments that lead to what is the owner's."""

    cast: Cast
    owner: User
    colleagues: list[Colleague]


@pytest.fixture
def stage(
    catalogue: None,
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]],
) -> Stage:
    """Somebody's diary with canaries in it, and a superuser who has changed account, entry and film."""
    settings.VAR_DIR, settings.MODEL_CACHE_DIR = tmp_path, tmp_path / "models"
    cast = make_cast(django_capture_on_commit_callbacks)
    entry = Entry.objects.get()
    set_tags(entry, [TAG])
    owner = entry.user
    owner.time_zone = ZONE
    owner.save()
    chief = make_user("chief@example.com", is_staff=True, is_superuser=True)
    _do_as_superuser(chief, owner)
    colleagues = [_make_colleague(role) for role in Role]
    # Who has done something to an account before, and is no superuser any more.
    for colleague in colleagues:
        LogEntry.objects.filter(user=chief, content_type__model="user").update(user=colleague.user)
    return Stage(cast, owner, colleagues)


def _do_as_superuser(chief: User, owner: User) -> None:
    browser = Client()
    browser.force_login(chief)
    fields = {"is_active": "on", "groups": [], "user_permissions": []}
    assert browser.post(reverse("admin:accounts_user_change", args=[owner.pk]), fields).status_code == 302
    LogEntry.objects.log_actions(chief.pk, [Entry.objects.get()], CHANGE, "x", single_object=True)
    selection = {"ids": [Movie.objects.earliest("pk").pk]}
    step = steps.begin(curator=chief, kind=Kind.MOVIE, action=Action.PIN, selection=selection)
    steps.advance(step.pk, seconds=0)


def _make_colleague(role: Role) -> Colleague:
    user = make_user(f"{role.value}@example.com")
    give_role(user, role)
    browser = Client(raise_request_exception=False, headers={"accept-language": "ko"})
    browser.force_login(user)
    return Colleague(role, User.objects.get(pk=user.pk), browser)


def database() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but those that any request may touch."""
    return {
        model._meta.label_lower: sorted(model._base_manager.values_list(), key=str)
        for model in apps.get_models()
        if model._meta.label_lower not in VOLATILE
    }


def test_every_page_of_the_admin_is_classified() -> None:
    pages = {route for route in routes() if route.startswith("admin/")}
    assert pages == set(PAGES), "say in tests/access/role_pages.py whom it opens for"


def test_each_role_opens_its_pages_and_no_others(stage: Stage) -> None:
    wrong = []
    for colleague in stage.colleagues:
        for route, access in PAGES.items():
            status = colleague.browser.get(stage.cast.path_of(route), follow=True).status_code
            allowed = {200} if colleague.role in access.opens else {403, 404, 405}
            if status not in allowed:
                wrong.append(f"{colleague.role} {route}: {status}")
        for label, roles in APP_LISTS.items():
            status = colleague.browser.get(f"/admin/{label}/").status_code
            if status != (200 if colleague.role in roles else 404):
                wrong.append(f"{colleague.role} list of {label}: {status}")
    assert wrong == []


def test_models_without_a_page_have_none(stage: Stage) -> None:
    """Every model that there is, at the addresses that Django would give it."""
    opened = []
    registered = {model._meta.label for model in admin.site._registry}
    for model in apps.get_models():
        if model._meta.label in registered:
            continue
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for colleague in stage.colleagues:
            for page in ("", "add/", "1/", "1/change/", "1/delete/", "1/history/"):
                status = colleague.browser.get(base + page, follow=True).status_code
                if status != 404:
                    opened.append(f"{colleague.role} {base}{page}: {status}")
    assert opened == []


@pytest.mark.sqlite_only  # the same views answer, and it asks for every page as everybody
def test_nothing_of_anybody_is_told_by_any_answer(stage: Stage) -> None:
    told, asked = [], 0
    for colleague in stage.colleagues:
        for path in (*map(stage.cast.path_of, PAGES), *_sly_addresses(stage)):
            for method in METHODS:
                if "logout" in path or (method not in ("GET", "HEAD", "OPTIONS") and "password" in path):
                    continue
                response = colleague.browser.generic(method, path)
                asked += 1
                assert response.status_code < 500, f"{method} {path}"
                if secrets := colleague.told_by(response):
                    told.append(f"{colleague.role} {method} {path}: {secrets}")
    assert told == []
    assert asked > 1000


def _sly_addresses(stage: Stage) -> Iterator[str]:
    """Searches, lookups, fields and pop-ups that a page does not offer, and the way to any object's own page."""
    entries, users = reverse("admin:diary_entry_changelist"), reverse("admin:accounts_user_changelist")
    movies, entry = reverse("admin:catalog_movie_changelist"), Entry.objects.get()
    yield from (f"{entries}?{field}__contains={CANARY}" for field in ("text", "tags__name", "user__email", "id"))
    yield from (f"{entries}?user__email__startswith=o", f"{entries}?correction__label=joy", f"{entries}?q={CANARY}")
    yield from (f"{movies}?recommendation__entry__user__email__startswith=o", f"{movies}?q=owner")
    yield from (f"{users}?q=owner", f"{users}?email__startswith=o", f"{entries}?_popup=1", f"{entries}?o=-1.2.9")
    for field in ("recommendation", "tags", "title", "no_such_field"):
        yield f"{movies}?_to_field={field}"
    for field in ("text", "user", "id", "tags", "analysis"):
        yield f"{entries}?_to_field={field}"
        yield f"{reverse('admin:diary_entry_change', args=[entry.pk])}?_to_field={field}"
    yield f"{reverse('admin:diary_entry_change', args=[entry.pk])}?_changelist_filters=text__contains%3D{CANARY}"
    for model in (Entry, User, Movie, LogEntry, Group):
        key = model._base_manager.values_list("pk", flat=True).first()
        yield f"/admin/r/{ContentType.objects.get_for_model(model).pk}/{key}/"


def test_autocomplete_gives_what_a_role_may_view_and_no_more(stage: Stage) -> None:
    """For every field of every model that leads to another."""
    given = set()
    for colleague in stage.colleagues:
        for model in apps.get_models():
            for field in model._meta.get_fields():
                if not field.is_relation:
                    continue
                query = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
                answer = colleague.browser.get("/admin/autocomplete/", query | {"field_name": field.name, "term": ""})
                assert answer.status_code in {200, 403, 404}, field
                assert colleague.told_by(answer) == []
                if answer.status_code == 200:
                    given.add((colleague.role, field.related_model._meta.label))
    assert given == {(role, f"catalog.{model}") for role in Role for model in ("Movie", "Track")}


def test_forged_forms_change_nothing(stage: Stage) -> None:
    """With what a right form would hold, an own right in hand, and tokens that fit: refused by right alone."""
    before = database()
    for colleague in stage.colleagues:
        for path, body in _forged_forms(stage, colleague):
            response = colleague.browser.post(path, body, follow=True)
            assert response.status_code < 500, path
            assert colleague.told_by(response) == [], path
            assert database() == before, f"{colleague.role} POST {path} {body}"
            User.objects.get(pk=colleague.user.pk, is_staff=True)  # still there, and still let in


def _forged_forms(stage: Stage, colleague: Colleague) -> Iterator[tuple[str, dict[str, Any]]]:
    entry, movies = Entry.objects.get(), reverse("admin:catalog_movie_changelist")
    entries, users = reverse("admin:diary_entry_changelist"), reverse("admin:accounts_user_changelist")
    movie = Movie.objects.earliest("pk")
    chosen = {"_selected_action": [movie.pk], "index": 0, "select_across": 1}
    for action in ("delete_selected", "no_such_action", "__class__"):
        yield movies, {"action": action, "post": "yes", **chosen}
        yield entries, {"action": action, "post": "yes", "_selected_action": [str(entry.pk)]}
        yield users, {"action": action, "post": "yes", "_selected_action": [stage.owner.pk]}
    if colleague.role not in CURATORS:
        yield from ((movies, {"action": action, **chosen}) for action in ("hide", "pin"))
        yield reverse("admin:catalog_movie_change", args=[movie.pk]), {"title": "x", "is_hidden": "on"}
    # As a list with editable columns would send it.
    rows = {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        "form-0-id": movie.pk,
        "form-0-is_hidden": "on",
        "_save": 1,
    }
    yield movies, rows
    yield entries, rows | {"form-0-id": str(entry.pk), "form-0-status": "failed"}
    for path in (
        *(reverse("admin:diary_entry_change", args=[entry.pk]), reverse("admin:diary_entry_delete", args=[entry.pk])),
        *(reverse("admin:diary_entry_add"), reverse("admin:catalog_movie_add")),
        reverse("admin:catalog_movie_delete", args=[movie.pk]),
    ):
        yield path, {"text": "바뀐 글", "title": "x", "year": 2000, "post": "yes", "_popup": 1, "_to_field": "id"}
    query = "app_label=diary&model_name=entry&field_name=user"
    yield f"/admin/autocomplete/?{query}", {"term": "owner"}
    yield f"{movies}?q=owner&_popup=1&_to_field=title", {}
    yield "/admin/r/1/1/", {}
    yield from _forged_rights(colleague)


def _forged_rights(colleague: Colleague) -> Iterator[tuple[str, dict[str, Any]]]:
    """Whatever could make somebody more than they are."""
    me, group = colleague.user.pk, Group.objects.get(name=colleague.role.value)
    rights = list(Permission.objects.values_list("pk", flat=True))
    more = {"email": "me@example.com", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    more |= {"groups": list(Group.objects.values_list("pk", flat=True)), "user_permissions": rights}
    yield reverse("admin:accounts_user_change", args=[me]), more
    yield reverse("admin:accounts_user_add"), more | {"password1": "a-new-lamp-9", "password2": "a-new-lamp-9"}
    yield f"/admin/accounts/user/{me}/password/", {"password1": "a-new-lamp-9", "password2": "a-new-lamp-9"}
    yield reverse("admin:auth_group_change", args=[group.pk]), {"name": group.name, "permissions": rights}
    yield reverse("admin:auth_group_add"), {"name": "all", "permissions": rights}
    yield reverse("admin:auth_group_delete", args=[group.pk]), {"post": "yes"}
    yield "/admin/auth/permission/add/", {"name": "x", "codename": "x", "content_type": 1}
    yield f"/admin/password_change/?id={me}", more


def test_nobody_raises_themselves_through_the_api(stage: Stage) -> None:
    for colleague in stage.colleagues:
        body = {"is_staff": True, "is_superuser": True, "groups": [1], "user_permissions": [1]}
        answer = colleague.browser.patch("/api/v1/settings/", body, content_type="application/json")
        assert answer.status_code == 400
        assert User.objects.get(pk=colleague.user.pk).is_superuser is False


def test_entries_are_listed_for_operators_without_a_word_of_them(stage: Stage) -> None:
    operator = next(colleague for colleague in stage.colleagues if colleague.role is Role.OPERATOR)
    page = operator.browser.get(reverse("admin:diary_entry_changelist"))
    assert str(Entry.objects.get().pk) in page.text
    assert operator.told_by(page) == []


def test_history_names_who_changed_a_film_by_number(stage: Stage) -> None:
    movie = Movie.objects.earliest("pk")
    chief = User.objects.get(email="chief@example.com")
    for colleague in stage.colleagues:
        page = colleague.browser.get(reverse("admin:catalog_movie_history", args=[movie.pk]))
        assert f"계정 {chief.pk}" in page.text
    browser = Client()
    browser.force_login(make_user("second@example.com", is_staff=True, is_superuser=True))
    assert chief.email in browser.get(reverse("admin:catalog_movie_history", args=[movie.pk])).text


def test_the_admins_log_keeps_no_address_of_an_account(stage: Stage) -> None:
    assert LogEntry.objects.filter(content_type__model="user").exists()
    assert not LogEntry.objects.filter(object_repr__contains="@").exists()


def test_role_taken_back_shuts_the_admin_at_once(stage: Stage) -> None:
    for colleague in stage.colleagues:
        take_role(User.objects.get(pk=colleague.user.pk), colleague.role)
        assert colleague.browser.get("/admin/").status_code == 302
