"""The interface of a provider of tracks, and the errors that all of them raise."""

from collections.abc import Iterator
from typing import Protocol

from catalog.rows import FetchedTrack, SkippedTrack


class ProviderError(Exception):
    """A source can't go on; the message says why and what to do. What it gave before stays good."""


class TrackProvider(Protocol):
    """A source of tracks."""

    @property
    def expected(self) -> int | None:
        """How many items `fetch` gives in all, skipped ones counted; None while that is not known."""

    def fetch(self) -> Iterator[FetchedTrack | SkippedTrack]:
        """Everything that was asked for, one by one, as it arrives, and no track twice. Raises ProviderError when the
        source fails."""


class FeatureSource(Protocol):
    """A source of the audio features of tracks that are known by their Spotify ids."""

    def features(self, spotify_ids: list[str]) -> dict[str, dict[str, float]]:
        """Features by Spotify id; an id that the source has no features of is left out. Raises ProviderError."""
