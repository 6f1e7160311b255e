"""Spotify's Web API, through spotipy: the tracks of a playlist, with their audio features from a source of choice.

Spotify's own audio features are closed to applications since 27 November 2024. Since February 2026 an application in
development mode reads only the playlists of its user, at /playlists/{id}/items instead of /tracks, with `item` in
place of `track`: https://developer.spotify.com/documentation/web-api/tutorials/february-2026-migration-guide.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import requests
import spotipy  # type: ignore[import-untyped]
from spotipy.exceptions import SpotifyException, SpotifyOauthError  # type: ignore[import-untyped]

from catalog.importers.links import is_track_id
from catalog.importers.providers.base import FeatureSource, ProviderError
from catalog.importers.providers.features import read_features, read_track
from catalog.importers.providers.retry import PASSING, PassingError, Patience, ask_patiently, read_retry_after
from catalog.rows import FetchedTrack, SkippedTrack

NAME = "Spotify"
PAGE = 50
CLOSED = (
    "Spotify's audio features are unavailable since November 2024 (403). "
    "Use --audio-features reccobeats, or --provider csv with a file"
)


class Spotify:
    """The service for one user. As a FeatureSource it works only for applications from before November 2024."""

    def __init__(self, auth_manager: Any, *, url: str, patience: Patience) -> None:
        self._patience = patience
        # A session of requests as it is: the one of spotipy sleeps for as long as Retry-After says, a day if need be.
        session = requests.Session()
        session.max_redirects = 0  # the token and the tracks go nowhere else
        self._client = spotipy.Spotify(
            auth_manager=auth_manager, requests_session=session, requests_timeout=patience.timeout
        )
        self._client.prefix = f"{url.rstrip('/')}/v1/"
        self._entries = "items"

    def page(self, playlist: str, offset: int) -> Mapping[str, Any]:
        """PAGE entries of a playlist from `offset` on, under `items`, and their `total`. Raises ProviderError."""
        try:
            page = self._ask(lambda: self._get_page(playlist, offset))
        except SpotifyException as error:
            if error.http_status == 404 and self._entries == "items":
                self._entries = "tracks"  # what the place was called before 2026
                return self.page(playlist, offset)
            raise _describe(error) from error
        if not isinstance(page, Mapping) or not isinstance(page.get("items"), list):
            raise ProviderError(f"{NAME} gives no tracks of this playlist: since 2026 only to its owner")
        return page

    def features(self, spotify_ids: list[str]) -> dict[str, dict[str, float]]:
        """Spotify's own audio features by id. Raises ProviderError, for most applications with CLOSED."""
        try:
            answers = self._ask(lambda: self._get_features(spotify_ids))
        except SpotifyException as error:
            raise ProviderError(CLOSED) if error.http_status in {403, 404} else _describe(error) from error
        entries = [answer for answer in answers or () if isinstance(answer, Mapping)]
        return {str(entry.get("id")): found for entry in entries if (found := read_features(entry)) is not None}

    def _get_page(self, playlist: str, offset: int) -> Any:
        # By offset, never by the address under `next`: the token goes nowhere but to this service.
        if self._entries == "items":
            return self._client.playlist_items(playlist, limit=PAGE, offset=offset)
        return self._client.next(
            {"next": f"{self._client.prefix}playlists/{playlist}/tracks?limit={PAGE}&offset={offset}"}
        )

    def _get_features(self, spotify_ids: list[str]) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # who asks for these knows
            return self._client.audio_features(spotify_ids)

    def _ask(self, ask: Callable[[], Any]) -> Any:
        """What spotipy returns, with patience. Raises ProviderError, and SpotifyException for what won't pass."""

        def once() -> Any:
            try:
                answer = ask()
            except SpotifyException as error:
                if error.http_status in PASSING:
                    wait = read_retry_after((error.headers or {}).get("Retry-After"))
                    raise PassingError(f"answers {error.http_status}", retry_after=wait) from error
                raise
            except EOFError as error:
                raise ProviderError(f"{NAME} needs a sign-in once: run this in a terminal") from error
            except SpotifyOauthError as error:
                problem = str(error.error or "no reason given")[:100]
                raise ProviderError(
                    f"{NAME} refuses the sign-in ({problem}). Check SPOTIPY_CLIENT_ID and "
                    "SPOTIPY_CLIENT_SECRET, delete spotify_token.json in VAR_DIR and sign in again"
                ) from error
            except requests.exceptions.Timeout as error:
                raise PassingError(f"no answer within {self._patience.timeout:g} seconds") from error
            except requests.exceptions.RequestException as error:
                problem = f"can't be reached, or breaks off ({type(error).__name__})"
                raise PassingError(
                    f"{problem}; check the network, SPOTIFY_API_URL and SPOTIFY_ACCOUNTS_URL"
                ) from error
            if answer is None:  # spotipy's word for what is not JSON
                raise PassingError("answers with something that is not JSON, or breaks off")
            return answer

        return ask_patiently(once, self._patience, service=NAME)


class SpotifyPlaylist:
    """A provider of the tracks of one playlist; local files, episodes and what was taken down are skipped."""

    def __init__(self, spotify: Spotify, playlist: str, features: FeatureSource) -> None:
        self._spotify = spotify
        self._playlist = playlist
        self._features = features
        self.expected: int | None = None

    def fetch(self) -> Iterator[FetchedTrack | SkippedTrack]:
        """The tracks in the playlist's order, page by page. Raises ProviderError."""
        seen: set[str] = set()
        offset = 0
        while True:
            page = self._spotify.page(self._playlist, offset)
            entries = page["items"]
            self.expected = max(_count(page), offset + len(entries))
            yield from self._read_page(entries, offset, seen)
            offset += len(entries)
            if not entries or offset >= self.expected:
                return

    def _read_page(self, entries: list[Any], offset: int, seen: set[str]) -> Iterator[FetchedTrack | SkippedTrack]:
        read = [read_entry(entry, f"entry {offset + place}") for place, entry in enumerate(entries, start=1)]
        wanted = {item.spotify_id for item in read if isinstance(item, FetchedTrack)} - seen
        features = self._features.features(sorted(wanted)) if wanted else {}
        for place, item in enumerate(read, start=offset + 1):
            if isinstance(item, SkippedTrack):
                yield item
            elif item.spotify_id in seen:
                yield SkippedTrack(f"entry {place}", "stands in the playlist more than once")
            elif item.spotify_id not in features:
                seen.add(item.spotify_id)
                yield SkippedTrack(item.spotify_id, "no usable audio features of it")
            else:
                seen.add(item.spotify_id)
                yield replace(item, features=features[item.spotify_id])


def read_entry(entry: Any, place: str) -> FetchedTrack | SkippedTrack:
    """A playlist's entry, under `item` or, as before 2026, under `track`; without features."""
    if not isinstance(entry, Mapping):
        return SkippedTrack(place, "is empty")
    if entry.get("is_local"):
        return SkippedTrack(place, "is a local file")
    item = entry.get("item") or entry.get("track")
    if not isinstance(item, Mapping):
        return SkippedTrack(place, "is no longer at Spotify")
    if item.get("type", "track") != "track":
        return SkippedTrack(place, f"is no track ({item['type']})")
    spotify_id = str(item.get("id"))
    track = read_track(
        spotify_id=spotify_id,
        title=item.get("name"),
        artists=item.get("artists"),
        duration_ms=item.get("duration_ms"),
        album=item.get("album"),
        popularity=item.get("popularity"),
    )
    if track is None or not is_track_id(spotify_id):
        return SkippedTrack(place, "has no id, title, artist or length")
    return track


def _count(page: Mapping[str, Any]) -> int:
    total = page.get("total")
    return total if isinstance(total, int) else 0


def _describe(error: SpotifyException) -> ProviderError:
    status = error.http_status
    if status == 401:
        return ProviderError(
            f"{NAME} does not accept the sign-in (401). Delete spotify_token.json in VAR_DIR, sign in again"
        )
    if status == 403:
        return ProviderError(
            f"{NAME} refuses (403): since 2026 an application reads only its user's own playlists, and its owner "
            "needs Premium. Copy the tracks into a playlist of your own, or use --provider reccobeats --ids-file"
        )
    if status == 404:
        return ProviderError(f"{NAME} has no such playlist, or it is private to somebody else (404)")
    return ProviderError(f"{NAME} answers {status}. Check the playlist, and SPOTIFY_API_URL")
