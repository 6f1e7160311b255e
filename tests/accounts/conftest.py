"""Accounts whose address is verified, and a site that sends mails."""

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from tests.accounts.phone import Phone


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def verified(owner: User) -> User:
    """The owner, who has shown that the address is theirs."""
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    return owner


@pytest.fixture
def with_mails(settings: Settings) -> None:
    """As where EMAIL_URL is set: addresses are verified, by code."""
    reverse("account_login")  # allauth's addresses are made once, by the settings of the start
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
