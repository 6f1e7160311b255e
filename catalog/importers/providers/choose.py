"""The provider that an operator asked for, set up from the site's settings."""

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from catalog.importers.links import playlist_id, track_id
from catalog.importers.providers.base import FeatureSource, ProviderError, TrackProvider
from catalog.importers.providers.cache import AnswerCache
from catalog.importers.providers.csv_file import CsvTracks
from catalog.importers.providers.http import JsonService
from catalog.importers.providers.reccobeats import ReccoBeats, ReccoBeatsTracks
from catalog.importers.providers.retry import Patience
from catalog.importers.providers.spotify import Spotify, SpotifyPlaylist
from catalog.importers.providers.spotify_sign_in import sign_in


def read_track_ids(*, ids: Sequence[str], file: Path | None) -> list[str]:
    """Spotify ids out of arguments and a file with one a line (`#` starts a comment).

    Raises ProviderError that names each text that is neither an id nor a track's URI or link.
    """
    places = [(f"--ids {text}", text) for text in ids]
    if file is not None:
        try:
            lines = file.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ProviderError(f"{file}: can't be read ({error})") from error
        places += [(f"{file.name}, line {number}: {line.strip()}", line) for number, line in enumerate(lines, start=1)]
    found, wrong = [], []
    for place, text in places:
        if bare := text.partition("#")[0].strip():
            spotify_id = track_id(bare)
            found.append(spotify_id) if spotify_id else wrong.append(place)
    if wrong:
        raise ProviderError("No track's id, spotify:track: URI or link:\n" + "\n".join(wrong[:20]))
    if not found:
        raise ProviderError("There are no track ids. Name them with --ids or --ids-file")
    return found


def csv_provider(file: Path) -> TrackProvider:
    """The tracks of a CSV file."""
    return CsvTracks(file)


def reccobeats_provider(spotify_ids: Sequence[str], *, cache: Path) -> TrackProvider:
    """The tracks with these Spotify ids, out of ReccoBeats."""
    return ReccoBeatsTracks(_reccobeats(cache), spotify_ids)


def spotify_provider(playlist: str, *, audio_features: str, cache: Path) -> TrackProvider:
    """The tracks of a playlist (id, URI or link), with audio features from `reccobeats` or `spotify`."""
    found = playlist_id(playlist)
    if found is None:
        raise ProviderError(f"{playlist!r} is no playlist. Write spotify:playlist:ID or copy its link")
    auth_manager = sign_in(
        client_id=settings.SPOTIPY_CLIENT_ID,
        client_secret=settings.SPOTIPY_CLIENT_SECRET,
        redirect_uri=settings.SPOTIPY_REDIRECT_URI,
        accounts_url=settings.SPOTIFY_ACCOUNTS_URL,
        token_file=settings.SPOTIFY_TOKEN_FILE,
        timeout=settings.PROVIDER_TIMEOUT,
    )
    spotify = Spotify(auth_manager, url=settings.SPOTIFY_API_URL, patience=_patience())
    features: FeatureSource = spotify if audio_features == "spotify" else _reccobeats(cache)
    return SpotifyPlaylist(spotify, found, features)


def _reccobeats(cache: Path) -> ReccoBeats:
    service = JsonService("ReccoBeats", settings.RECCOBEATS_URL, setting="RECCOBEATS_URL", patience=_patience())
    return ReccoBeats(service, AnswerCache(cache / "reccobeats.sqlite3"))


def _patience() -> Patience:
    return Patience(
        timeout=settings.PROVIDER_TIMEOUT, backoff=settings.PROVIDER_BACKOFF, max_wait=settings.PROVIDER_MAX_WAIT
    )
