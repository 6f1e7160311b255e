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
    providers: dict[str, dict[str, Any] | None] = {
        "kakao": _with_secret("KAKAO", SCOPE=["account_email"]),
        "naver": _with_secret("NAVER"),
        "google": _with_apps("GOOGLE", _with_secret("GOOGLE", SCOPE=["openid", "email"], OAUTH_PKCE_ENABLED=True)),
        "apple": _with_apps("APPLE", _apple()),
    }
    return {name: settings for name, settings in providers.items() if settings is not None}


def _with_secret(prefix: str, **settings: Any) -> dict[str, Any] | None:
    pair = read_together(f"{prefix}_CLIENT_ID", f"{prefix}_CLIENT_SECRET")
    if pair is None:
        return None
    client_id, secret = pair
    return {"APPS": [{"client_id": client_id, "secret": secret}], **settings}


def _apple() -> dict[str, Any] | None:
    names = ("APPLE_CLIENT_ID", "APPLE_TEAM_ID", "APPLE_KEY_ID", "APPLE_PRIVATE_KEY")
    values = read_together(*names)
    if values is None:
        return None
    client_id, team_id, key_id, private_key = values
    app = {
        "client_id": client_id,
        "key": team_id,
        "secret": key_id,
        "settings": {"certificate_key": check_signing_key("APPLE_PRIVATE_KEY", private_key)},
    }
    return {"APPS": [app], "SCOPE": ["email"]}


def _with_apps(prefix: str, provider: dict[str, Any] | None) -> dict[str, Any] | None:
    """With the clients of mobile apps, whose tokens are taken: they have no button and no secret."""
    name = f"{prefix}_APP_CLIENT_IDS"
    client_ids = read_list(name, [])
    if provider is None:
        if client_ids:
            raise ImproperlyConfigured(f"{name} needs {prefix}_CLIENT_ID and what goes with it.")
        return None
    apps = [{"client_id": client_id, "settings": {"hidden": True}} for client_id in client_ids]
    return {**provider, "APPS": [*provider["APPS"], *apps]}
