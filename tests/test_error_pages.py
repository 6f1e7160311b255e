"""The pages of what went wrong: designed, in both languages, and with a way to help."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from tests.pages.site_pages import ERROR_PAGES


@pytest.mark.parametrize("name", ERROR_PAGES)
@pytest.mark.parametrize(("language", "back"), [("ko", "휴게소로 돌아가기"), ("en", "Back to")])
def test_error_page_leads_back_and_to_help_in_both_languages(name: str, language: str, back: str) -> None:
    with translation.override(language):
        page = render_to_string(f"{name}.html")
    assert back in page
    assert 'href="/help/"' in page


@pytest.mark.django_db
def test_too_many_attempts_are_told_on_a_page(client: Client, owner: User) -> None:
    form, headers = {"email": owner.email}, {"accept-language": "ko"}
    answers = [client.post(reverse("account_reset_password"), form, headers=headers) for _ in range(40)]
    limited = [answer for answer in answers if answer.status_code == 429]
    assert limited
    assert "잠깐 쉬었다" in limited[-1].text


@pytest.mark.django_db
def test_form_without_a_token_is_told_on_a_page(owner: User) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "ko"})
    client.force_login(owner)
    answer = client.post(reverse("diary:entry-list"), {"text": "글"})
    assert answer.status_code == 403
    assert "페이지가 오래되었어요" in answer.text
