"""Spotify's ids, as people copy them: bare, as spotify:track:ID, or as a link."""

import re

_ID = r"[0-9A-Za-z]{22}"
_REFERENCE = re.compile(
    rf"(?:(?:https?://)?open\.spotify\.com/(?:intl-[a-z-]+/)?(?P<page>track|playlist)/|spotify:(?P<uri>track|playlist):)?"
    rf"(?P<id>{_ID})(?:[?#].*)?",
    re.ASCII,
)


def is_track_id(text: str) -> bool:
    """Whether the text has the form of a Spotify id: 22 letters and digits."""
    return re.fullmatch(_ID, text, re.ASCII) is not None


def track_id(text: str) -> str | None:
    """The id in a track's id, URI or link; None for anything else."""
    return _read(text, "track")


def playlist_id(text: str) -> str | None:
    """The id in a playlist's id, URI or link; None for anything else."""
    return _read(text, "playlist")


def _read(text: str, kind: str) -> str | None:
    found = _REFERENCE.fullmatch(text.strip())
    if found is None or (found["page"] or found["uri"] or kind) != kind:
        return None
    return found["id"]
