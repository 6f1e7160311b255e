"""The admin's door: staff alone, by the site's own log-in, and with a second factor where that is asked for."""

import functools
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminToField
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from diary.views import model_desk, review
from moduhyu.coverage import coverage
from moduhyu.desk_pages import open_pages

KEY = "id"  # of every model that a form of the admin leads to
# Pages of the admin beyond those that Django makes of models: address, view and name of each.
PAGES = (
    ("review/", review.review, "review"),
    ("coverage/", coverage, "coverage"),
    ("models/", model_desk.model_desk, "models"),
    ("models/rollback/", model_desk.model_rollback, "model-rollback"),
    ("models/versions/<str:version>/", model_desk.model_version, "model-version"),
    ("models/versions/<str:version>/fetch/", model_desk.model_fetch, "model-fetch"),
    ("models/versions/<str:version>/activate/", model_desk.model_activate, "model-activate"),
)


class SecuredAdminSite(admin.AdminSite):
    """Django's own, whose log-in would count no attempts and know of no second factor."""

    site_header = site_title = _("모두의 휴게소 관리")
    index_title = _("큐레이터의 책상")
    enable_nav_sidebar = False  # the header leads to the desk's pages, and lists need the width

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page of the admin shows around itself: Django's, and the desk's pages."""
        context = super().each_context(request)
        return context | {"desk_pages": open_pages(request.user) if context["has_permission"] else []}

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Our pages before Django's, whose last address takes everything."""
        ours = [path(address, self.admin_view(view), name=name) for address, view, name in PAGES]
        return [*ours, *super().get_urls()]

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, and with `ADMIN_SECOND_FACTOR` only within a session in which a second factor was shown.

        It is not enough that there is one: an older session, begun with a stolen password alone, must stay outside.
        """
        if not super().has_permission(request):
            return False
        return not settings.ADMIN_SECOND_FACTOR or (_has_shown_factor(request) and is_mfa_enabled(request.user))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's, but a pop-up may ask for nothing except the key: for some other fields Django answers 500."""

        @functools.wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if any(given.get(TO_FIELD_VAR, KEY) != KEY for given in (request.GET, request.POST)):
                raise DisallowedModelAdminToField
            return view(request, *args, **kwargs)

        return super().admin_view(checked, cacheable)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to what is missing: the log-in, the second factor of who has one, or the page that sets one up."""
        return secure_admin_login(self._login)(request)  # type: ignore[no-any-return]

    def _login(self, request: HttpRequest) -> HttpResponse:
        """For staff, who are logged in."""
        if self.has_permission(request):
            return HttpResponseRedirect(_next_of(request))
        if not is_mfa_enabled(request.user):
            return render(request, "403_second_factor.html", status=403)
        has_app = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.TOTP).exists()
        page = resolve_url("mfa_reauthenticate" if has_app else "mfa_reauthenticate_webauthn")
        return HttpResponseRedirect(f"{page}?{urlencode({REDIRECT_FIELD_NAME: _next_of(request)})}")


def _has_shown_factor(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


def _next_of(request: HttpRequest) -> str:
    """Where in the admin somebody wanted to go."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else reverse("admin:index")
