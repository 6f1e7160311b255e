"""Logging in with an account elsewhere: as little of it as possible comes here."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import is_headless_request
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess, Provider
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.models import User

# Naver tells an address without telling whether it is verified; only the addresses that it gives out itself are.
OWN_DOMAINS = {"naver": "@naver.com"}


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Takes the number of the account elsewhere and its address; no name, no picture, no token."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "email_taken": _("이미 가입한 이메일이에요. 먼저 로그인한 뒤 설정에서 %s 계정을 연결해 주세요."),
        "no_password": _("비밀번호를 먼저 정해 주세요. 그래야 연결을 끊어도 다시 들어올 수 있어요."),
        "no_verified_email": _("이메일을 먼저 확인해 주세요. 그래야 연결을 끊어도 다시 들어올 수 있어요."),
        "disconnect_last": _("마지막으로 남은 연결이에요. 비밀번호를 먼저 정해 주세요."),
        "connected_other": _("이미 다른 휴게소 계정에 연결되어 있어요. 그 계정에서 연결을 끊은 뒤 다시 해 주세요."),
        "unverified_email": _("이메일을 먼저 확인해 주세요. 그래야 다른 계정을 연결할 수 있어요."),
    }

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The providers of the settings, without a look into the database: nobody sets them up in the admin."""
        return [
            SocialApp(provider=name, **app)
            for name, provider_settings in settings.SOCIALACCOUNT_PROVIDERS.items()
            for app in provider_settings["APPS"]
            if provider in (None, name) and client_id in (None, app["client_id"])
        ]

    def list_providers(self, request: HttpRequest) -> list[Provider]:
        """One for each button, in the order of the settings: the clients of mobile apps have none."""
        order = list(settings.SOCIALACCOUNT_PROVIDERS)
        shown = [p for p in super().list_providers(request) if not p.app.settings.get("hidden")]
        return sorted(shown, key=lambda p: order.index(p.id))

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Called as soon as the provider has answered: what is dropped here reaches no table and no session."""
        sociallogin.account.extra_data = {}
        domain = OWN_DOMAINS.get(sociallogin.account.provider)
        if domain is not None:
            for address in sociallogin.email_addresses:
                address.verified = address.email.casefold().endswith(domain)
        user: User = super().populate_user(request, sociallogin, {"email": data.get("email")})
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Drop what the provider's tokens tell, and let nobody connect who has not shown that their address is theirs.

        Somebody who had signed up with another's address could come back by the connection after its owner had taken
        the account over with a new password.
        """
        sociallogin.token = None
        sociallogin.state.pop("id_token", None)
        if sociallogin.state.get("process") != AuthProcess.CONNECT:
            return
        if not EmailAddress.objects.filter(user=request.user, verified=False).exists():
            return
        error: ValidationError = self.validation_error("unverified_email")
        if is_headless_request(request):
            raise error
        messages.error(request, error.message)
        raise ImmediateHttpResponse(redirect("account_email"))
