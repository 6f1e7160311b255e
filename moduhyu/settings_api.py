"""Settings of the API and of its OpenAPI document. `moduhyu.settings` takes them over."""

from email.utils import parseaddr
from pathlib import Path
from typing import Any

from moduhyu.settings_accounts import DEFAULT_FROM_EMAIL

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "diary.api.authentication.SessionTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["diary.api.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "diary.api.document.DocumentedView",
    "URL_FORMAT_OVERRIDE": None,  # `Accept` asks for a format, and nothing else does
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
        {"name": "look-back", "description": "돌아보기: 달력, 흐름, 태그. Calendar, trends and tags."},
        {"name": "portability", "description": "가져가기와 가져오기. Taking a diary along, and bringing one here."},
        {
            "name": "settings",
            "description": "설정: 시간대, 알림. Time zone, reminder, what models may learn from.",
        },
        {"name": "account", "description": "계정. The account itself."},
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
        "EntryStatus": "diary.models.Entry.Status",
        "Emotion": "diary.models.EMOTION_CHOICES",
        "Mood": "diary.models.MOOD_CHOICES",
        "Strategy": "diary.api.serializers.STRATEGY_CHOICES",
        "BucketSize": "diary.api.look_back_views.BUCKET_SIZES",
        "ImportFormat": "diary.api.portability_views.FORMATS",
        "Opinion": "diary.models.Feedback.Opinion",
    },
}
