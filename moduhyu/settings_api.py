"""Settings of the API and of its OpenAPI document. `moduhyu.settings` takes them over."""

from email.utils import parseaddr
from pathlib import Path
from typing import Any

from corsheaders.defaults import default_headers

from moduhyu.env import read_origins, read_rate
from moduhyu.settings_accounts import DEFAULT_FROM_EMAIL

# How often, and how many at once: a phone that comes out of the air sends hundreds of entries in a minute, and nobody
# writes as many every hour. See diary/api/throttles.py for who is counted where.
API_RATES = {
    "read": read_rate("API_RATE_READ", "600/min"),
    "write": read_rate("API_RATE_WRITE", "1000/h"),
    "search": read_rate("API_RATE_SEARCH", "60/min"),  # each opens all texts of a diary
    "batch": read_rate("API_RATE_BATCH", "100/h"),  # up to a hundred entries each
    "heavy": read_rate("API_RATE_HEAVY", "30/h"),  # exports and imports, seconds of work each
    "anonymous": read_rate("API_RATE_ANONYMOUS", "120/min"),
}

# Browsers of other origins may use the API only where they are named here, and only with a token: never with cookies.
CORS_ALLOWED_ORIGINS = read_origins("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/(api|_allauth/app)/"
CORS_ALLOW_HEADERS = (*default_headers, "x-session-token", "if-match", "if-none-match", "if-modified-since")
CORS_EXPOSE_HEADERS = ("content-disposition", "etag", "location", "retry-after", "www-authenticate", "x-request-id")


REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "diary.api.authentication.SessionTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["diary.api.throttles.IsLoggedIn"],
    "DEFAULT_THROTTLE_CLASSES": ["diary.api.throttles.RateThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["diary.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["diary.api.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "diary.api.document.DocumentedView",
    "DEFAULT_METADATA_CLASS": "diary.api.metadata.NoMetadata",
    "URL_FORMAT_OVERRIDE": None,  # `?format=` is as unknown as any other parameter that a view does not name
    "EXCEPTION_HANDLER": "diary.api.errors.problem_handler",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "모두의 휴게소 API",
    "DESCRIPTION": Path(__file__).with_name("api.md").read_text("utf-8"),
    "CONTACT": dict(zip(("name", "email"), parseaddr(DEFAULT_FROM_EMAIL), strict=True)),
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    "SERVERS": [{"url": "/", "description": "이 사이트 This site"}],
    "TAGS": [
        {"name": "entries", "description": "일기: 쓰고, 읽고, 고치고, 지워요. Entries, as they are written and read."},
        {"name": "recommendations", "description": "영화와 음악에 대한 의견. What a person says of films and tracks."},
        {"name": "catalogue", "description": "영화와 음악. Films by emotion, tracks by mood."},
        {"name": "look-back", "description": "돌아보기: 달력, 흐름, 태그. Calendar, trends and tags."},
        {"name": "portability", "description": "가져가기와 가져오기. Taking a diary along, and bringing one here."},
        {
            "name": "settings",
            "description": "설정: 시간대, 알림. Time zone, reminder, what models may learn from.",
        },
        {"name": "account", "description": "계정. The account itself."},
        {"name": "about", "description": "이 사이트가 쓰는 모델. The model that reads entries."},
    ],
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # What is sent has fewer fields than what is answered, and says so by types of its own.
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "diary.api.schema.add_common_problems",
        "diary.api.examples.add_examples",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "ExportStatus": "diary.models.Export.Status",
        "EntryStatus": "diary.models.Entry.Status",
        "Emotion": "diary.models.EMOTION_CHOICES",
        "Feeling": "catalog.models.FEELING_CHOICES",
        "Mood": "diary.models.MOOD_CHOICES",
        "Strategy": "diary.api.serializers.STRATEGY_CHOICES",
        "BucketSize": "diary.api.look_back_views.BUCKET_SIZES",
        "ImportFormat": "diary.api.portability_views.FORMATS",
        "Opinion": "diary.models.Feedback.Opinion",
    },
}
