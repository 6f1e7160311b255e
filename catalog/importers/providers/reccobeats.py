"""ReccoBeats, a free service with the audio features of tracks: https://reccobeats.com/docs/documentation/introduction.

It needs no key. Both of its lists take up to 40 ids at once, leave out what they do not know, and name each track by a
link to Spotify: the ids of an answer are read there, never by position.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from catalog.importers.links import track_id
from catalog.importers.providers.base import ProviderError
from catalog.importers.providers.cache import AnswerCache
from catalog.importers.providers.features import read_features, read_track
from catalog.importers.providers.http import JsonService
from catalog.rows import FetchedTrack, SkippedTrack

NAME = "ReccoBeats"
BATCH = 40
_TRACK, _FEATURES = "reccobeats/track/", "reccobeats/features/"  # what the keys of the cache begin with

Answers = dict[str, Any]  # Spotify id → JSON, or None for what ReccoBeats does not have


class ReccoBeats:
    """The service, behind a cache. It is a FeatureSource."""

    def __init__(self, service: JsonService, cache: AnswerCache) -> None:
        self._service = service
        self._cache = cache
        self._has_feature_list = True

    def tracks(self, spotify_ids: Sequence[str]) -> Answers:
        """What ReccoBeats says of each track (title, artists, length …), or None. Raises ProviderError."""
        return self._known_or_asked(_TRACK, spotify_ids, self._ask_tracks)

    def features(self, spotify_ids: list[str]) -> dict[str, dict[str, float]]:
        """Audio features by Spotify id, for the tracks that have them. Raises ProviderError."""
        answers = self._known_or_asked(_FEATURES, spotify_ids, self._ask_features)
        return {key: found for key, answer in answers.items() if (found := read_features(answer)) is not None}

    def _known_or_asked(self, prefix: str, ids: Sequence[str], ask: Callable[[Sequence[str]], Answers]) -> Answers:
        """From the cache, and the rest from the service, in batches that go into the cache one by one."""
        known = self._cache.get(prefix + spotify_id for spotify_id in ids)
        answers = {key.removeprefix(prefix): answer for key, answer in known.items()}
        unknown = [spotify_id for spotify_id in ids if spotify_id not in answers]
        for start in range(0, len(unknown), BATCH):
            batch = unknown[start : start + BATCH]
            asked = dict.fromkeys(batch) | ask(batch)
            self._cache.put({prefix + spotify_id: answer for spotify_id, answer in asked.items()})
            answers |= asked
        return answers

    def _ask_tracks(self, ids: Sequence[str]) -> Answers:
        entries = self._ask_list("/v1/track", ids)
        if entries is None:
            raise ProviderError(f"{NAME} has no list of tracks any more (404). Check RECCOBEATS_URL")
        return entries

    def _ask_features(self, ids: Sequence[str]) -> Answers:
        """From the list of features; of a service without that list, one request a track."""
        entries = self._ask_list("/v1/audio-features", ids) if self._has_feature_list else None
        if entries is not None:
            return entries
        self._has_feature_list = False
        answers = {}
        for spotify_id, entry in self.tracks(ids).items():
            if entry is not None:
                place = quote(str(entry.get("id")), safe="")
                answers[spotify_id] = self._service.get(f"/v1/track/{place}/audio-features")
                self._cache.put({f"{_FEATURES}{spotify_id}": answers[spotify_id]})
        return answers

    def _ask_list(self, path: str, ids: Sequence[str]) -> Answers | None:
        """The entries of a list by Spotify id; None when there is no such list."""
        answer = self._service.get(path, {"ids": ",".join(ids)})
        if answer is None:
            return None
        content = answer.get("content") if isinstance(answer, dict) else None
        if not isinstance(content, list):
            raise ProviderError(
                f"{NAME} answers in a form that this version does not know. Use --provider csv instead"
            )
        entries = [entry for entry in content if isinstance(entry, dict)]
        by_id = {track_id(str(entry.get("href"))): entry for entry in entries}
        return {spotify_id: by_id[spotify_id] for spotify_id in ids if spotify_id in by_id}


class ReccoBeatsTracks:
    """A provider of the tracks with the given Spotify ids, out of ReccoBeats alone: it tells no album and no date."""

    def __init__(self, reccobeats: ReccoBeats, spotify_ids: Sequence[str]) -> None:
        self._reccobeats = reccobeats
        self._ids = list(dict.fromkeys(spotify_ids))

    @property
    def expected(self) -> int:
        """How many different ids were asked for."""
        return len(self._ids)

    def fetch(self) -> Iterator[FetchedTrack | SkippedTrack]:
        """The tracks in the order of their ids. Raises ProviderError."""
        for start in range(0, len(self._ids), BATCH):
            batch = self._ids[start : start + BATCH]
            tracks = self._reccobeats.tracks(batch)
            known = [spotify_id for spotify_id in batch if tracks[spotify_id] is not None]
            features = self._reccobeats.features(known)
            for spotify_id in batch:
                yield _join(spotify_id, tracks[spotify_id], features.get(spotify_id))


def _join(spotify_id: str, entry: Any, features: dict[str, float] | None) -> FetchedTrack | SkippedTrack:
    if entry is None:
        return SkippedTrack(spotify_id, f"{NAME} does not know this track")
    track = read_track(
        spotify_id=spotify_id,
        title=entry.get("trackTitle"),
        artists=entry.get("artists"),
        duration_ms=entry.get("durationMs"),
        popularity=entry.get("popularity"),
    )
    if track is None:
        return SkippedTrack(spotify_id, f"{NAME} tells no title, artist or length")
    if features is None:
        return SkippedTrack(spotify_id, f"{NAME} has no usable audio features of it")
    return replace(track, features=features)
