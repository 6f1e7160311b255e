"""All addresses of the site."""

from allauth.headless.constants import Client
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularSwaggerSplitView

from accounts.app_views import AppPasswordView, AppSessionsView
from accounts.views import password_set
from diary.api.document_view import DocumentView
from moduhyu.errors import nothing_here
from moduhyu.health import healthz, readyz
from moduhyu.metrics import metrics

handler400 = "moduhyu.errors.bad_request"
handler404 = "moduhyu.errors.not_found"
handler500 = "moduhyu.errors.server_error"

# No account has a telephone number, and allauth's addresses for them answer 500.
PHONE_NUMBERS = ("auth/phone/verify", "auth/phone/verify/resend", "account/phone")

urlpatterns = [
    path("", include("diary.urls")),
    path("settings/", include("accounts.urls")),
    # allauth's list ends all other sessions or none; ours ends each.
    path("accounts/sessions/", RedirectView.as_view(pattern_name="accounts:sessions"), name="usersessions_list"),
    path("accounts/password/set/", password_set),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("diary.api.urls")),
    path("api/schema/", DocumentView.as_view(), name="schema"),
    path(
        "api/docs/",
        SpectacularSwaggerSplitView.as_view(url_name="schema", http_method_names=["get", "head"]),
        name="docs",
    ),
    *(path(f"_allauth/app/v1/{address}", nothing_here) for address in PHONE_NUMBERS),
    path("_allauth/app/v1/auth/sessions", AppSessionsView.as_api_view(client=Client.APP)),
    path("_allauth/app/v1/account/password/change", AppPasswordView.as_api_view(client=Client.APP)),
    path("_allauth/", include("allauth.headless.urls")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
