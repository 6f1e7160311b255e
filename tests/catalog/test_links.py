"""Spotify's ids as people copy them."""

import pytest

from catalog.importers.links import is_track_id, playlist_id, track_id

ID = "0yFq4GHDqLfeceyAs63B3W"


@pytest.mark.parametrize(
    "text",
    [
        ID,
        f" {ID}\n",
        f"spotify:track:{ID}",
        f"https://open.spotify.com/track/{ID}",
        f"https://open.spotify.com/intl-ko/track/{ID}?si=abc",
        f"open.spotify.com/track/{ID}#here",
    ],
)
def test_track_id(text: str) -> None:
    assert track_id(text) == ID


@pytest.mark.parametrize(
    "text",
    [
        "",
        "short",
        ID + "x",
        f"spotify:playlist:{ID}",
        f"https://open.spotify.com/album/{ID}",
        f"https://example.com/track/{ID}",
        f"https://open.spotify.com.example.com/track/{ID}",
        "가" * 22,
    ],
)
def test_track_id_of_anything_else(text: str) -> None:
    assert track_id(text) is None
    assert not is_track_id(text)


def test_playlist_id() -> None:
    assert playlist_id(f"spotify:playlist:{ID}") == playlist_id(f"https://open.spotify.com/playlist/{ID}") == ID
    assert playlist_id(f"spotify:track:{ID}") is None
