"""Settings of the API and of its OpenAPI document. `moduhyu.settings` takes them over."""

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "diary.api.authentication.SessionTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["diary.api.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "diary.api.errors.problem_handler",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "모두의 휴게소 API",
    "DESCRIPTION": "일기를 쓰면 마음을 읽고 영화와 음악으로 답해요. "
    "Write a Korean diary entry, have its emotion read, be answered with films and music.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "diary.api.schema.add_common_problems",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "ExportStatus": "diary.models.Export.Status",
        "EntryStatus": "diary.models.Entry.Status",
        "Emotion": "diary.models.EMOTION_CHOICES",
        "Mood": "diary.models.MOOD_CHOICES",
        "Opinion": "diary.models.Feedback.Opinion",
    },
}
