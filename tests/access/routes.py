"""What every address of the site is, and to whom: a URL that is missing here fails tests/access/test_walk.py.

The keys are Django's routes as `django.urls` writes them, in the order of `moduhyu/urls.py`; but an export is
downloaded before it is deleted.
"""

from enum import Enum


class Kind(Enum):
    """Who may do what there."""

    PUBLIC = "the same for everybody, and nothing of anybody"
    HOME = "the landing page for visitors, one's own page for who is logged in"
    ENTRANCE = "where visitors log in, sign up or get a new password; of nobody's data"
    LINK = "for whoever holds the secret in the address, logged in or not"
    OWN = "a page of one's own data: visitors are led to the log-in"
    OBJECT = "a page of one person's object: to others it does not exist"
    API = "one's own data or the catalogue through the API: 401 for visitors"
    API_OBJECT = "one person's object through the API: to others it does not exist"
    APP_ENTRANCE = "as ENTRANCE, for mobile apps"
    APP = "one's own account for mobile apps: 401 without a token"
    ADMIN = "the admin's own pages, empty for staff without rights; everybody else is led to the log-in"
    ADMIN_MODEL = "pages of a model: 403 or 404 for staff without the right; everybody else is led to the log-in"
    NOTHING = "an address that a package brings and the site has no use for: 404 for everybody"
    METRICS = "for the monitoring, which brings a token; to everybody else it does not exist"


HOME, PUBLIC, ENTRANCE, LINK, OWN, OBJECT = (
    Kind.HOME, Kind.PUBLIC, Kind.ENTRANCE, Kind.LINK, Kind.OWN, Kind.OBJECT,
)  # fmt: skip
API, API_OBJECT, APP, APP_ENTRANCE = Kind.API, Kind.API_OBJECT, Kind.APP, Kind.APP_ENTRANCE

DIARY = {
    "": HOME,
    "help/": PUBLIC,
    "privacy/": PUBLIC,
    "settings/time-zone/": OWN,
    "settings/reminder/": OWN,
    "reminder/off/<str:token>/": LINK,
    "sw.js": PUBLIC,
    "offline/": PUBLIC,
    "offline/elsewhere/": PUBLIC,
    "offline/account/": HOME,
    "calendar/": OWN,
    "calendar/<month:month>/": OWN,
    "calendar/<year:year>/": OWN,
    "trends/": OWN,
    "entries/": OWN,
    "entries/new/": OWN,
    "entries/<uuid:entry_id>/": OBJECT,
    "entries/<uuid:entry_id>/edit/": OBJECT,
    "entries/<uuid:entry_id>/delete/": OBJECT,
    "entries/<uuid:entry_id>/analyze/": OBJECT,
    "entries/<uuid:entry_id>/emotion/": OBJECT,
    "entries/<uuid:entry_id>/recommendations/": OBJECT,
    "entries/<uuid:entry_id>/recommendations/others/": OBJECT,
    "recommendations/<int:recommendation_id>/feedback/": OBJECT,
    "liked/": OWN,
    "liked/<int:feedback_id>/forget/": OBJECT,
    "export/": OWN,
    "import/": OWN,
    "import/preview/": OWN,
    "import/cancel/": OWN,
    "import/done/": OWN,
    "import/read/": OWN,
    "settings/delete/": OWN,
}
ACCOUNTS = {
    "settings/": OWN,
    "settings/sessions/": OWN,
    "settings/sessions/end-others/": OWN,
    "settings/sessions/<int:session_id>/end/": OBJECT,
    "accounts/sessions/": PUBLIC,  # leads to settings/sessions/
    "accounts/login/": ENTRANCE,
    "accounts/logout/": ENTRANCE,
    "accounts/inactive/": ENTRANCE,
    "accounts/signup/": ENTRANCE,
    "accounts/reauthenticate/": OWN,
    "accounts/email/": OWN,
    "accounts/confirm-email/": ENTRANCE,
    "accounts/password/change/": OWN,
    "accounts/password/set/": OWN,
    "accounts/password/reset/": ENTRANCE,
    "accounts/login/code/confirm/": ENTRANCE,
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$": LINK,
    "accounts/password/reset/confirm/": ENTRANCE,
    "accounts/password/reset/complete/": ENTRANCE,
    "accounts/password/reset/done/": ENTRANCE,
    "accounts/2fa/": OWN,
    "accounts/2fa/authenticate/": ENTRANCE,
    "accounts/2fa/reauthenticate/": OWN,
    "accounts/2fa/totp/activate/": OWN,
    "accounts/2fa/totp/deactivate/": OWN,
    "accounts/2fa/recovery-codes/": OWN,
    "accounts/2fa/recovery-codes/generate/": OWN,
    "accounts/2fa/recovery-codes/download/": OWN,
    "accounts/2fa/webauthn/": OWN,
    "accounts/2fa/webauthn/add/": OWN,
    "accounts/2fa/webauthn/reauthenticate/": OWN,
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": OBJECT,
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": OBJECT,
    "accounts/2fa/webauthn/login/": ENTRANCE,
    "accounts/3rdparty/login/cancelled/": ENTRANCE,
    "accounts/3rdparty/login/error/": ENTRANCE,
    "accounts/3rdparty/signup/": ENTRANCE,
    "accounts/3rdparty/": OWN,
    "accounts/social/login/cancelled/": PUBLIC,  # allauth's old addresses, which lead to the new ones
    "accounts/social/login/error/": PUBLIC,
    "accounts/social/signup/": PUBLIC,
    "accounts/social/connections/": PUBLIC,
    "accounts/kakao/login/": ENTRANCE,
    "accounts/kakao/login/callback/": ENTRANCE,
    "accounts/naver/login/": ENTRANCE,
    "accounts/naver/login/callback/": ENTRANCE,
    "accounts/google/login/": ENTRANCE,
    "accounts/google/login/callback/": ENTRANCE,
    "accounts/google/login/token/": ENTRANCE,
    "accounts/apple/login/": ENTRANCE,
    "accounts/apple/login/callback/": ENTRANCE,
    "accounts/apple/login/callback/finish/": ENTRANCE,
    "i18n/setlang/": PUBLIC,
}
# Of every model that has pages in the admin: what Django makes for it.
ADMIN_MODELS = ("auth/group", "accounts/user", "diary/entry", "catalog/movie", "catalog/track", "catalog/curation")
ADMIN_PAGES = ("", "add/", "<path:object_id>/history/", "<path:object_id>/delete/", "<path:object_id>/change/",
               "<path:object_id>/")  # fmt: skip
EXCHANGE_PAGES = ("export/", "import/", "import/<int:file_id>/", "import/<int:file_id>/errors/")
LIST_PAGES = ("suggest/", "searches/", "searches/<int:search_id>/remove/", "curate/", *EXCHANGE_PAGES)
ADMIN = (
    {
        "admin/coverage/": Kind.ADMIN_MODEL,
        "admin/review/": Kind.ADMIN_MODEL,
        "admin/": Kind.ADMIN,
        "admin/login/": Kind.ADMIN,
        "admin/logout/": Kind.ADMIN,
        "admin/password_change/": Kind.ADMIN,
        "admin/password_change/done/": Kind.ADMIN,
        "admin/autocomplete/": Kind.ADMIN_MODEL,
        "admin/jsi18n/": Kind.ADMIN,
        "admin/r/<path:content_type_id>/<path:object_id>/": Kind.ADMIN_MODEL,
        "admin/accounts/user/<id>/password/": Kind.ADMIN_MODEL,
        "admin/models/": Kind.ADMIN_MODEL,
        "admin/models/rollback/": Kind.ADMIN_MODEL,
        "admin/models/versions/<str:version>/": Kind.ADMIN_MODEL,
        "admin/models/versions/<str:version>/fetch/": Kind.ADMIN_MODEL,
        "admin/models/versions/<str:version>/activate/": Kind.ADMIN_MODEL,
        "admin/^(?P<app_label>auth|accounts|diary|catalog)/$": Kind.ADMIN_MODEL,
        "admin/(?P<url>.*)$": Kind.ADMIN_MODEL,
    }
    | {f"admin/{model}/{page}": Kind.ADMIN_MODEL for model in ADMIN_MODELS for page in ADMIN_PAGES}
    | {
        f"admin/catalog/{model}/{page}": Kind.ADMIN_MODEL
        for model in ("movie", "track")
        for page in (*EXCHANGE_PAGES, *LIST_PAGES)
    }
    | {f"admin/catalog/curation/<int:curation_id>/{page}": Kind.ADMIN_MODEL for page in ("", "advance/", "undo/")}
)
REST = {
    "api/v1/entries/": API,
    "api/v1/entries/<uuid:pk>/": API_OBJECT,
    "api/v1/entries/batch/": API,
    "api/v1/calendar/": API,
    "api/v1/trends/": API,
    "api/v1/tags/": API,
    "api/v1/entries/<uuid:entry_id>/analysis/": API_OBJECT,
    "api/v1/entries/<uuid:entry_id>/correction/": API_OBJECT,
    "api/v1/entries/<uuid:entry_id>/recommendations/": API_OBJECT,
    "api/v1/entries/<uuid:entry_id>/recommendations/others/": API_OBJECT,
    "api/v1/settings/": API,
    "api/v1/export/": API,
    "api/v1/exports/": API,
    "api/v1/exports/<uuid:export_id>/download/": API_OBJECT,
    "api/v1/exports/<uuid:export_id>/": API_OBJECT,
    "api/v1/import/": API,
    "api/v1/profile/": API,
    "api/v1/account/deletion/": API,
    "api/v1/model/": API,
    "api/v1/browse/": API,
    "api/v1/liked/": API,
    "api/v1/movies/": API,
    "api/v1/movies/<int:movie_id>/": API,
    "api/v1/movies/<int:movie_id>/feedback/": API,
    "api/v1/tracks/": API,
    "api/v1/tracks/<int:track_id>/": API,
    "api/v1/tracks/<int:track_id>/feedback/": API,
    "api/v1/recommendations/<int:recommendation_id>/feedback/": API_OBJECT,
    "api/schema/": PUBLIC,
    "api/docs/": PUBLIC,
}
# What follows `_allauth/app/v1/`.
HEADLESS = {
    "config": PUBLIC,
    "auth/session": APP,
    "auth/reauthenticate": APP,
    "auth/code/confirm": APP_ENTRANCE,
    "auth/password/request": APP_ENTRANCE,
    "auth/password/reset": APP_ENTRANCE,
    "auth/login": APP_ENTRANCE,
    "auth/signup": APP_ENTRANCE,
    "auth/email/verify": APP_ENTRANCE,
    "auth/email/verify/resend": APP_ENTRANCE,
    "auth/phone/verify": Kind.NOTHING,  # no account has a telephone number
    "auth/phone/verify/resend": Kind.NOTHING,
    "account/password/change": APP,
    "account/email": APP_ENTRANCE,  # also for who has just signed up, and has mistyped the address
    "account/phone": Kind.NOTHING,
    "account/providers": APP,
    "auth/provider/signup": APP_ENTRANCE,
    "auth/provider/redirect": APP_ENTRANCE,
    "auth/provider/token": APP_ENTRANCE,
    "auth/2fa/authenticate": APP_ENTRANCE,
    "auth/2fa/reauthenticate": APP,
    "auth/webauthn/authenticate": APP_ENTRANCE,
    "auth/webauthn/reauthenticate": APP,
    "auth/webauthn/login": APP_ENTRANCE,
    "account/authenticators": APP,
    "account/authenticators/totp": APP,
    "account/authenticators/recovery-codes": APP,
    "account/authenticators/webauthn": APP,
    "auth/sessions": APP,
    "tokens/refresh": APP_ENTRANCE,
}
PROBES = {"healthz": PUBLIC, "readyz": PUBLIC, "metrics": Kind.METRICS}

ROUTES = {
    **DIARY,
    **ACCOUNTS,
    **ADMIN,
    **REST,
    **{f"_allauth/app/v1/{route}": kind for route, kind in HEADLESS.items()},
    **PROBES,
}
# Forms that another site may send without a token of ours: by a mail program, by a provider, with a secret in them.
WITHOUT_CSRF_TOKEN = {
    "reminder/off/<str:token>/",
    "accounts/apple/login/callback/",
    "accounts/google/login/token/",
}
