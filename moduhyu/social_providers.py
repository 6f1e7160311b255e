"""Who else may vouch for a person: the providers of social login that the environment names."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from moduhyu.env import check_signing_key, read_list, read_together

# Where a browser is sent to log in: the Content-Security-Policy must let a form lead there.
AUTHORIZE_ORIGINS = {
    "google": "https://accounts.google.com",
    "apple": "https://appleid.apple.com",
    "kakao": "https://kauth.kakao.com",
    "naver": "https://nid.naver.com",
}


def read_social_providers() -> dict[str, dict[str, Any]]:
    """SOCIALACCOUNT_PROVIDERS with the providers that are set, in the order of their buttons.

    Raises ImproperlyConfigured for a provider of which only a part is set. Of every provider only an e-mail address is
    asked for, where it lets itself be asked.
    """
    kakao = read_together("KAKAO_CLIENT_ID", "KAKAO_CLIENT_SECRET")
    naver = read_together("NAVER_CLIENT_ID", "NAVER_CLIENT_SECRET")
    google = read_together("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET")
    apple = read_together("APPLE_CLIENT_ID", "APPLE_TEAM_ID", "APPLE_KEY_ID", "APPLE_PRIVATE_KEY")
    google_phones = _native_apps("GOOGLE_APP_CLIENT_IDS", google)
    apple_phones = _native_apps("APPLE_APP_CLIENT_IDS", apple)
    providers = {
        "kakao": kakao and {"APPS": [_web_app(*kakao)], "SCOPE": ["account_email"]},
        "naver": naver and {"APPS": [_web_app(*naver)]},
        "google": google
        and {"APPS": [_web_app(*google), *google_phones], "SCOPE": ["openid", "email"], "OAUTH_PKCE_ENABLED": True},
        "apple": apple and {"APPS": [_apple_app(*apple), *apple_phones], "SCOPE": ["email"]},
    }
    return {name: settings for name, settings in providers.items() if settings}


def _web_app(client_id: str, secret: str) -> dict[str, Any]:
    return {"client_id": client_id, "secret": secret}


def _apple_app(client_id: str, team_id: str, key_id: str, private_key: str) -> dict[str, Any]:
    """As allauth wants it: the key's id in the place of the secret, which is made of the key each time."""
    certificate_key = check_signing_key("APPLE_PRIVATE_KEY", private_key)
    return {
        "client_id": client_id,
        "key": team_id,
        "secret": key_id,
        "settings": {"certificate_key": certificate_key},
    }


def _native_apps(name: str, provider: tuple[str, ...] | None) -> list[dict[str, Any]]:
    """The clients of mobile apps, whose tokens are taken: they have no button and no secret."""
    client_ids = read_list(name, [])
    if client_ids and provider is None:
        needed = name.replace("_APP_CLIENT_IDS", "_CLIENT_ID")
        raise ImproperlyConfigured(f"{name} needs {needed} and what goes with it.")
    return [{"client_id": client_id, "settings": {"hidden": True}} for client_id in client_ids]
