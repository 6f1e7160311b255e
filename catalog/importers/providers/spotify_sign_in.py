"""Signing in to Spotify: the authorization code flow, with PKCE where there is no client secret."""

import json
import os
from pathlib import Path
from typing import Any

from spotipy.cache_handler import CacheHandler  # type: ignore[import-untyped]
from spotipy.oauth2 import SpotifyOAuth, SpotifyPKCE  # type: ignore[import-untyped]

from catalog.importers.providers.base import ProviderError

SCOPE = "playlist-read-private playlist-read-collaborative"
_PARTS = {"access_token", "refresh_token", "expires_at", "scope"}


class TokenFile(CacheHandler):  # type: ignore[misc]
    """The token of the last sign-in in a file that only its owner reads."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def get_cached_token(self) -> dict[str, Any] | None:
        """The token, or None where there is none or the file is damaged."""
        try:
            token = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return token if isinstance(token, dict) and token.keys() >= _PARTS else None

    def save_token_to_cache(self, token_info: dict[str, Any]) -> None:
        """Write the token; the file is never readable for others, not even while it is made."""
        temporary = self._file.with_suffix(".new")
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            json.dump(token_info, handle)
        temporary.replace(self._file)


def sign_in(
    *, client_id: str, client_secret: str, redirect_uri: str, accounts_url: str, token_file: Path, timeout: float
) -> Any:
    """An auth manager of spotipy. At the first request it takes the remembered token, renewed if need be; without one
    it shows an address in the terminal and asks for the one that the browser is sent on to.

    Raises ProviderError when the application is not set up.
    """
    if not client_id or not redirect_uri:
        raise ProviderError(
            "Spotify needs SPOTIPY_CLIENT_ID and SPOTIPY_REDIRECT_URI (https://developer.spotify.com/dashboard); "
            "without an account there, use --provider reccobeats or csv"
        )
    settings = {
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": SCOPE,
        "open_browser": False,
        "cache_handler": TokenFile(token_file),
        "requests_timeout": timeout,
    }
    manager = SpotifyOAuth(client_secret=client_secret, **settings) if client_secret else SpotifyPKCE(**settings)
    manager.OAUTH_TOKEN_URL = f"{accounts_url.rstrip('/')}/api/token"
    manager.OAUTH_AUTHORIZE_URL = f"{accounts_url.rstrip('/')}/authorize"
    return manager
