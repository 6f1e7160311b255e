"""Roles are made from one table, given and taken by a command, and told to the security log."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.roles import Role
from moduhyu import roles
from moduhyu.roles import PERMISSIONS, set_up_roles
from tests.factories import log_in, make_user

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("role", *arguments, stdout=out)
    return out.getvalue()


def rights_of(role: Role) -> set[str]:
    found = Permission.objects.filter(group__name=role.value).values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in found}


def test_every_right_of_the_table_exists() -> None:
    known = {f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")}
    assert set().union(*PERMISSIONS.values()) - known == set()


def test_no_role_reaches_accounts_groups_or_what_people_write() -> None:
    """Of the diary, operators see entries' list and work at the model desk; of accounts, nobody sees anything."""
    granted = set().union(*PERMISSIONS.values())
    assert {right for right in granted if not right.startswith("catalog.")} == {
        "diary.operate_models",
        "diary.view_entry",
    }


def test_groups_have_the_rights_of_the_table_and_no_others() -> None:
    set_up_roles()
    curators = Group.objects.get(name="curator")
    curators.permissions.add(Permission.objects.get(codename="delete_user"))
    curators.permissions.remove(Permission.objects.get(codename="change_movie"))
    set_up_roles()
    set_up_roles()
    assert {role: rights_of(role) for role in Role} == {role: set(PERMISSIONS[role]) for role in Role}
    assert Group.objects.count() == len(Role)


def test_members_stay_when_roles_are_set_up_again() -> None:
    make_user("curator@example.com")
    run("give", "curator@example.com", "curator")
    set_up_roles()
    assert roles.list_holders(Role.CURATOR) == ["curator@example.com"]


def test_right_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PERMISSIONS, Role.OPERATOR, frozenset({"diary.read_texts"}))
    with pytest.raises(ImproperlyConfigured, match=r"diary\.read_texts"):
        set_up_roles()
    assert not Group.objects.exists()


@pytest.mark.parametrize("role", Role)
def test_role_is_given_and_taken(role: Role, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "moduhyu.security")
    user = make_user("new@example.com")
    assert f"이제 {role.label}" in run("give", " New@Example.com", role.value)
    user = User.objects.get(pk=user.pk)
    assert user.is_staff
    assert user.get_all_permissions() == PERMISSIONS[role]
    assert "new@example.com" in run("list")
    assert "맡지 않아요" in run("take", "new@example.com", role.value)
    user = User.objects.get(pk=user.pk)
    assert not user.is_staff
    assert user.get_all_permissions() == set()
    told = [(record.msg, record.account, record.role) for record in caplog.records]  # type: ignore[attr-defined]
    assert told == [("role_given", user.pk, role.value), ("role_taken", user.pk, role.value)]


def test_who_has_another_role_or_is_superuser_stays_in_the_admin() -> None:
    make_user("both@example.com")
    make_user("chief@example.com", is_staff=True, is_superuser=True)
    for email in ("both@example.com", "chief@example.com"):
        run("give", email, "curator")
    run("give", "both@example.com", "operator")
    for email in ("both@example.com", "chief@example.com"):
        run("take", email, "curator")
        assert User.objects.get(email=email).is_staff


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("give", "nobody@example.com", "curator"), "이 주소의 계정이 없어요"),
        (("give", "someone@example.com", "chief"), r"줄 수 있는 역할: curator \(큐레이터\)"),
        (("give", "gone@example.com", "curator"), "비활성화된 계정"),
        (("take", "someone@example.com", "curator"), "큐레이터 역할을 맡고 있지 않아요"),
        (("take", "nobody@example.com", "curator"), "이 주소의 계정이 없어요"),
    ],
)
def test_what_cannot_be_done_is_said_in_korean(arguments: tuple[str, ...], reason: str) -> None:
    make_user("someone@example.com")
    make_user("gone@example.com", is_active=False)
    with pytest.raises(CommandError, match=reason):
        run(*arguments)
    assert not User.objects.filter(is_staff=True).exists()


def test_superusers_see_roles_by_their_names() -> None:
    set_up_roles()
    Group.objects.create(name="friends")
    chief = make_user("chief@example.com", is_staff=True, is_superuser=True)
    browser = log_in(chief)
    for page in (f"/admin/accounts/user/{chief.pk}/change/", "/admin/auth/group/"):
        text = browser.get(page).text
        for name in ("책임 큐레이터", "운영자", "friends"):
            assert name in text
