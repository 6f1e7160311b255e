"""All settings of the site, with those of accounts, API, help and logs in files of their own.

Every variable that an operator may set is read in these, strictly, by `moduhyu.env`.
"""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from ml.artifacts import EMOTION_MODEL
from moduhyu.env import (
    read_bool,
    read_database,
    read_encryption_keys,
    read_list,
    read_model_store,
    read_model_version,
    read_number,
    read_secret,
    read_url,
)
from moduhyu.settings_accounts import *  # noqa: F403
from moduhyu.settings_accounts import SOCIAL_LOGIN_APPS, SOCIAL_LOGIN_ORIGINS
from moduhyu.settings_api import *  # noqa: F403
from moduhyu.settings_help import *  # noqa: F403
from moduhyu.settings_logging import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # diaries lie here

# --- Where and how it runs -----------------------------------------------------------

DEBUG = read_bool("DEBUG", default=False)
HTTPS = read_bool("HTTPS", default=True)  # `make run` turns it off: browsers refuse secure cookies over plain HTTP
SECRET_KEY = read_secret("SECRET_KEY", VAR_DIR / "secret_key")
ALLOWED_HOSTS = read_list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = read_list("CSRF_TRUSTED_ORIGINS", [])
ROOT_URLCONF = "moduhyu.urls"
PRIVACY_CONTACT = os.environ.get("PRIVACY_CONTACT", "").strip()  # an e-mail address, shown on the privacy page
SITE_URL = read_url("SITE_URL", "http://127.0.0.1:8000")  # where links in mails lead that no request caused
WSGI_APPLICATION = "moduhyu.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# SQLite's indexes hold no further columns; it reads them from the table, and nothing needs to be done about it.
SILENCED_SYSTEM_CHECKS = ["models.W040"]

INSTALLED_APPS = [
    "moduhyu",
    "accounts",
    "diary",
    "catalog",
    "moduhyu.admin_app.SiteAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.socialaccount",
    *SOCIAL_LOGIN_APPS,
    "accounts.apps.SessionListConfig",  # allauth.usersessions
    "csp",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
]

MIDDLEWARE = [
    "moduhyu.request_log.RequestLogMiddleware",
    "moduhyu.well_formed.WellFormedMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "moduhyu.middleware.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",  # before WhiteNoise: static files have a policy, too
    "corsheaders.middleware.CorsMiddleware",
    "moduhyu.middleware.ApiGZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "moduhyu.middleware.PrivateMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "moduhyu.middleware.SlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "moduhyu.middleware.SecurityLogMiddleware",
    "moduhyu.middleware.TimeZoneMiddleware",
    "moduhyu.middleware.SessionActivityMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "moduhyu.middleware.HtmxLoginMiddleware",
    "moduhyu.middleware.LockedMiddleware",
    "moduhyu.middleware.EndedAccountMiddleware",
    "moduhyu.middleware.OutageMiddleware",
    "diary.page_limits.PageLimitMiddleware",
    "diary.api.etags.ETagMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Data ----------------------------------------------------------------------------

DATABASES = {"default": read_database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
# What people write is sealed with keys that these wrap: see accounts/encryption.
ENCRYPTION_KEYS = read_encryption_keys("ENCRYPTION_KEYS", VAR_DIR / "encryption_keys")

REDIS_URL = os.environ.get("REDIS_URL", "").strip()
# Counters of login attempts: with Redis they hold across workers.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "moduhyu.cache.RedisOrMemoryCache"
        if REDIS_URL
        else "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": REDIS_URL,
        # In memory. Counters that somebody could push out by counting elsewhere would be none; Django keeps 300.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- Background work -----------------------------------------------------------------

_broker = os.environ.get("CELERY_BROKER_URL", "").strip()
CELERY_BROKER_URL = _broker or "memory://localhost/"
CELERY_TASK_ALWAYS_EAGER = not _broker  # the embedded default: analysed inside the request
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# A worker holds the task that it is at work on and no other: the next one goes to whoever is free first.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 60
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # a worker's lines look like the site's
# One more try at once mends a connection that died with a restarted broker. A broker that is down must not hold up a
# save: the entry stays pending.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 5}
REMINDER_INTERVAL = read_number("REMINDER_INTERVAL", 60)  # seconds between two looks for reminders that are due
# Seconds after which an entry that no worker has read is queued again. What a killed worker had in hand, the broker
# would bring back after an hour, and what it was never given not at all.
ANALYSIS_PATIENCE = read_number("ANALYSIS_PATIENCE", 60)
CLEANUP_INTERVAL_S = 600
REVIEW_QUEUE_INTERVAL_S = 3600
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "send-reminders": {
        "task": "diary.tasks.send_reminders_task",
        "schedule": REMINDER_INTERVAL,
        "options": {"expires": REMINDER_INTERVAL},  # looks that no worker took do not pile up
    },
    "analyze-overdue": {
        "task": "diary.tasks.analyze_overdue_task",
        "schedule": ANALYSIS_PATIENCE,
        "options": {"expires": ANALYSIS_PATIENCE},
    },
    "forget-what-is-over": {
        "task": "diary.tasks.forget_what_is_over_task",
        "schedule": CLEANUP_INTERVAL_S,
        "options": {"expires": CLEANUP_INTERVAL_S},
    },
    "fill-review-queue": {
        "task": "diary.tasks.fill_review_queue_task",
        "schedule": REVIEW_QUEUE_INTERVAL_S,
        "options": {"expires": REVIEW_QUEUE_INTERVAL_S},
    },
}

# --- The product's own ---------------------------------------------------------------

MODEL_STORE = read_model_store("MODEL_STORE")
MODEL_CACHE_DIR = VAR_DIR / "models"
EMOTION_MODEL_VERSION = read_model_version("EMOTION_MODEL_VERSION")  # stands above `manage.py model activate`
EMOTION_MODEL_DIR = Path(os.environ.get("EMOTION_MODEL_DIR", "").strip() or EMOTION_MODEL)
ENTRY_MAX_LENGTH = 100_000  # characters
# A Korean character takes nine bytes in a form: an entry over the limit still gets its own message, not a bare 400.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# That limit is not of files: the first handler refuses what is too large before a byte of it lies on the disk.
FILE_UPLOAD_HANDLERS = [
    "diary.portability.upload_limit.UploadLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "diary.portability.upload_limit.DeletedUpload",
]

# --- Where `manage.py import_tracks` asks for tracks: nothing else does --------------

PROVIDER_CACHE_DIR = VAR_DIR / "cache"
PROVIDER_TIMEOUT = read_number("PROVIDER_TIMEOUT", 10)  # seconds for an answer
PROVIDER_BACKOFF = read_number("PROVIDER_BACKOFF", 1)  # seconds before the second try, doubled for each later one
PROVIDER_MAX_WAIT = read_number("PROVIDER_MAX_WAIT", 120)  # a service that asks for more is asked another day
RECCOBEATS_URL = read_url("RECCOBEATS_URL", "https://api.reccobeats.com")
SPOTIFY_API_URL = read_url("SPOTIFY_API_URL", "https://api.spotify.com")
SPOTIFY_ACCOUNTS_URL = read_url("SPOTIFY_ACCOUNTS_URL", "https://accounts.spotify.com")
SPOTIFY_TOKEN_FILE = VAR_DIR / "spotify_token.json"
SPOTIPY_CLIENT_ID = os.environ.get("SPOTIPY_CLIENT_ID", "").strip()
SPOTIPY_CLIENT_SECRET = os.environ.get("SPOTIPY_CLIENT_SECRET", "").strip()
SPOTIPY_REDIRECT_URI = os.environ.get("SPOTIPY_REDIRECT_URI", "").strip()

# --- Language and time ---------------------------------------------------------------

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "moduhyu.formats"
TIME_ZONE = "Asia/Seoul"
USE_TZ = True

# --- Static files --------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", "").strip() or VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_MIMETYPES = {".svg": "image/svg+xml; charset=utf-8"}  # of text/… it says so by itself
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Security ------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
COOKIE_PREFIX = "__Host-" if HTTPS else ""  # see accounts.cookies
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
MESSAGE_STORAGE = "moduhyu.messages.MessageStorage"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
# Who reads no diary can still give rights and set passwords there. On one's own machine a password is enough.
ADMIN_SECOND_FACTOR = read_bool("ADMIN_SECOND_FACTOR", default=HTTPS)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # probes come to the process itself, past the proxy
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
if read_bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # login limits count visitors, not the proxy
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "base-uri": [NONE],
        "form-action": [SELF, *SOCIAL_LOGIN_ORIGINS],  # browsers follow a form's redirects with it
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "frame-src": ["https://open.spotify.com"],  # the player, once the reader asks for it
    }
}
# Nobody but the site's own pages may ask for a passkey, nobody at all for what none of them needs.
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=(), "
    'publickey-credentials-create=(self), publickey-credentials-get=(self), encrypted-media=("https://open.spotify.com")'
)

# --- Metrics -------------------------------------------------------------------------

METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "").strip()
if METRICS_TOKEN:  # before prometheus_client is imported, which looks for it then
    _metrics = VAR_DIR / "metrics"
    _metrics.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(_metrics))
