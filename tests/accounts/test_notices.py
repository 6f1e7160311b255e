"""What somebody is told by mail when their account was changed."""

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.factories import PASSWORD


@pytest.mark.parametrize(
    ("language", "site", "way_back"),
    [
        ("ko", "[모두의 휴게소] ", "바로 비밀번호를 다시 정해 주세요."),
        ("en", "[Everyone’s Rest Stop] ", "reset your password right away."),
    ],
)
def test_changed_password_is_told_with_the_way_back(owner: User, language: str, site: str, way_back: str) -> None:
    """Whoever did not change it can't log in to change it again."""
    client = Client(headers={"accept-language": language})
    client.force_login(owner)
    passwords = {"oldpassword": PASSWORD, "password1": "another-lamp-9-stop", "password2": "another-lamp-9-stop"}
    assert client.post("/accounts/password/change/", passwords).status_code == 302
    [message] = mail.outbox
    assert message.subject.startswith(site)
    assert f"{way_back}\nhttp://testserver/accounts/password/reset/\n" in message.body
    assert Client().get("/accounts/password/reset/").status_code == 200
