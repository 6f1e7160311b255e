"""A playlist at Spotify, through spotipy, from a real server in the shapes of before and after 2026."""

import json
import logging
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog.importers.providers.base import ProviderError
from catalog.importers.providers.retry import Patience
from catalog.importers.providers.spotify import CLOSED, Spotify, SpotifyPlaylist, read_entry
from catalog.importers.providers.spotify_sign_in import SCOPE, TokenFile, sign_in
from catalog.rows import FetchedTrack, SkippedTrack
from tests.catalog.providers.answers import FEATURES, spotify_id, spotify_track
from tests.catalog.providers.server import Asked, Reply, Server, serve

PLAYLIST = "37i9dQZF1DX9tPFwDMOaN1"
TOKEN, REFRESH, SECRET = "token-that-nobody-may-see", "refresh-that-nobody-may-see", "secret-that-nobody-may-see"

Answer = Callable[[Asked], Reply]


class KnownFeatures:
    """A FeatureSource that knows all tracks but some."""

    def __init__(self, *unknown: int) -> None:
        self._unknown = {spotify_id(number) for number in unknown}

    def features(self, spotify_ids: list[str]) -> dict[str, dict[str, float]]:
        return {key: dict(FEATURES) for key in spotify_ids if key not in self._unknown}


def token(**fields: Any) -> dict[str, Any]:
    hour = int(time.time()) + 3600
    return {"access_token": TOKEN, "refresh_token": REFRESH, "expires_at": hour, "scope": SCOPE} | fields


def connect(server: Server, folder: Path, *, signed_in: dict[str, Any] | None = None, secret: str = "") -> Spotify:
    file = folder / "token.json"
    TokenFile(file).save_token_to_cache(token() if signed_in is None else signed_in)
    manager = sign_in(
        client_id="client",
        client_secret=secret,
        redirect_uri="http://127.0.0.1:8080/",
        accounts_url=server.url,
        token_file=file,
        timeout=2,
    )
    return Spotify(manager, url=server.url, patience=Patience(tries=3, timeout=0.5, backoff=0.001, max_wait=5))


def pages(entries: list[Any], *, place: str = "items") -> Answer:
    """A playlist that answers under one of its two addresses."""

    def answer(request: Asked) -> Reply:
        if request.path != f"/v1/playlists/{PLAYLIST}/{place}":
            return Reply(404, {"error": {"status": 404, "message": "Not found."}})
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        following = "https://example.com/elsewhere" if offset + limit < len(entries) else None
        page = {"items": entries[offset : offset + limit], "total": len(entries), "next": following}
        return Reply(body=page)

    return answer


def new(number: int, **fields: Any) -> dict[str, Any]:
    return {"is_local": False, "item": spotify_track(number, **fields)}


def old(number: int, **fields: Any) -> dict[str, Any]:
    return {"is_local": False, "track": spotify_track(number, **fields)}


def fetch(spotify: Spotify, features: Any = None) -> list[FetchedTrack | SkippedTrack]:
    return list(SpotifyPlaylist(spotify, PLAYLIST, features or KnownFeatures()).fetch())


@pytest.mark.parametrize(("place", "build"), [("items", new), ("items", old), ("tracks", old)])
def test_fetch_a_playlist_of_either_shape(tmp_path: Path, place: str, build: Callable[..., dict[str, Any]]) -> None:
    with serve(pages([build(1), build(2)], place=place)) as server:
        first, second = fetch(connect(server, tmp_path))
        assert server.asked[-1].headers["Authorization"] == f"Bearer {TOKEN}"
    assert isinstance(first, FetchedTrack)
    assert (first.title, first.artist, first.album, first.release_date) == (
        "노래 1",
        "가수, 친구",
        "앨범",
        "2024-03-01",
    )
    assert (first.duration_ms, first.popularity, first.features) == (180_000, 55, FEATURES)
    assert isinstance(second, FetchedTrack)


def test_fetch_page_after_page_from_the_same_service(tmp_path: Path) -> None:
    with serve(pages([new(number) for number in range(120)])) as server:
        playlist = SpotifyPlaylist(connect(server, tmp_path), PLAYLIST, KnownFeatures())
        assert playlist.expected is None
        assert len(list(playlist.fetch())) == playlist.expected == 120
        assert [request.query["offset"] for request in server.asked] == ["0", "50", "100"]


def test_fetch_what_is_no_track_is_skipped_with_the_reason(tmp_path: Path) -> None:
    entries = [
        None,
        {"item": None},
        {"track": None},
        {"is_local": True, "item": spotify_track(1, id=None, is_local=True)},
        new(2, type="episode"),
        new(3, id=None),
        new(4, artists=[]),
        new(5),
        new(5),
        new(6),
    ]
    with serve(pages(entries)) as server:
        items = fetch(connect(server, tmp_path), KnownFeatures(6))
    assert [item.spotify_id for item in items if isinstance(item, FetchedTrack)] == [spotify_id(5)]
    assert [(item.place, item.reason) for item in items if isinstance(item, SkippedTrack)] == [
        ("entry 1", "is empty"),
        ("entry 2", "is no longer at Spotify"),
        ("entry 3", "is no longer at Spotify"),
        ("entry 4", "is a local file"),
        ("entry 5", "is no track (episode)"),
        ("entry 6", "has no id, title, artist or length"),
        ("entry 7", "has no id, title, artist or length"),
        ("entry 9", "stands in the playlist more than once"),
        (spotify_id(6), "no usable audio features of it"),
    ]


def test_read_entry_without_popularity() -> None:
    track = read_entry({"item": {name: value for name, value in spotify_track(1).items() if name != "popularity"}}, "")
    assert isinstance(track, FetchedTrack)
    assert track.popularity is None


def test_fetch_spotifys_own_features(tmp_path: Path) -> None:
    def answer(request: Asked) -> Reply:
        if request.path == "/v1/audio-features/":
            return Reply(body={"audio_features": [{"id": spotify_id(1), **FEATURES, "time_signature": 3}, None]})
        return pages([new(1), new(2)])(request)

    with serve(answer) as server:
        spotify = connect(server, tmp_path)
        first, second = fetch(spotify, spotify)
    assert isinstance(first, FetchedTrack)
    assert first.features["time_signature"] == 3
    assert second == SkippedTrack(spotify_id(2), "no usable audio features of it")


def test_fetch_spotifys_own_features_are_closed(tmp_path: Path) -> None:
    def answer(request: Asked) -> Reply:
        return Reply(403, {"error": {}}) if "audio-features" in request.path else pages([new(1)])(request)

    with serve(answer) as server:
        spotify = connect(server, tmp_path)
        with pytest.raises(ProviderError) as raised:
            fetch(spotify, spotify)
    assert str(raised.value) == CLOSED
    assert "--audio-features reccobeats" in CLOSED


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(401, {"error": {"message": "expired"}}), "does not accept the sign-in"),
        (Reply(403, {"error": {"message": "Forbidden"}}), "only its user's own playlists"),
        (Reply(404, {"error": {"message": "Not found"}}), "no such playlist"),
        (Reply(400, {"error": {"message": "Bad"}}), "answers 400"),
        (Reply(500, b"oops"), "answers 500, after 3 tries"),
        (Reply(429, {"error": {}}, headers={"Retry-After": "86400"}), "try again in 1,440 minutes"),
        (Reply(body=b'{"items": ['), "not JSON, or breaks off, after 3 tries"),
        (Reply(body={"items": [], "total": 0}, cut=True), "breaks off .*after 3 tries"),
        (Reply(body={"name": "somebody else's"}), "only to its owner"),
        (Reply(body=[]), "only to its owner"),
        (Reply(delay=1), "no answer within 0.5 seconds, after 3 tries"),
    ],
)
def test_fetch_a_failure_says_what_to_do(tmp_path: Path, reply: Reply, message: str) -> None:
    with serve(lambda request: reply) as server:
        spotify = connect(server, tmp_path)
        with pytest.raises(ProviderError, match=message):
            fetch(spotify)


def test_fetch_a_busy_service_is_asked_again(tmp_path: Path) -> None:
    replies = [Reply(429, {"error": {}}, headers={"Retry-After": "0"}), Reply(502, b"")]
    with serve(lambda request: replies.pop(0) if replies else pages([new(1)])(request)) as server:
        assert len(fetch(connect(server, tmp_path))) == 1
        assert len(server.asked) == 3


def test_fetch_where_nobody_listens(tmp_path: Path) -> None:
    with serve(lambda request: Reply()) as server:
        spotify = connect(server, tmp_path)
    with pytest.raises(ProviderError, match=r"can't be reached.*SPOTIFY_API_URL.*after 3 tries"):
        fetch(spotify)


@pytest.mark.parametrize("secret", ["", SECRET], ids=["pkce", "secret"])
def test_sign_in_renews_an_old_token_and_tells_it_to_nobody(
    tmp_path: Path, secret: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    renewed = token(access_token="renewed-that-nobody-may-see", expires_in=3600)

    def answer(request: Asked) -> Reply:
        return Reply(body=renewed) if request.path == "/api/token" else pages([new(1)])(request)

    with serve(answer) as server, caplog.at_level(logging.DEBUG, logger=""):
        assert len(fetch(connect(server, tmp_path, signed_in=token(expires_at=0), secret=secret))) == 1
        asked = server.asked
    assert asked[0].path == "/api/token"
    assert f"refresh_token={REFRESH}" in asked[0].body
    assert asked[1].headers["Authorization"] == "Bearer renewed-that-nobody-may-see"
    assert json.loads((tmp_path / "token.json").read_text())["access_token"] == "renewed-that-nobody-may-see"
    assert stat.S_IMODE((tmp_path / "token.json").stat().st_mode) == 0o600
    assert "nobody-may-see" not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize("secret", ["", SECRET], ids=["pkce", "secret"])
def test_sign_in_for_the_first_time(tmp_path: Path, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prompts: list[str] = []

    def paste(prompt: str) -> str:
        prompts.append(prompt)
        return "http://127.0.0.1:8080/?code=the-code"

    def answer(request: Asked) -> Reply:
        return Reply(body=token(expires_in=3600)) if request.path == "/api/token" else pages([new(1)])(request)

    monkeypatch.setattr("builtins.input", paste)
    with serve(answer) as server:
        assert len(fetch(connect(server, tmp_path, signed_in={}, secret=secret))) == 1
        assert "code=the-code" in server.asked[0].body
        assert f"{server.url}/authorize?" in prompts[0]
    assert ("code_challenge_method=S256" in prompts[0]) == (not secret)


def test_sign_in_without_a_terminal_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_terminal(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", no_terminal)
    with serve(lambda request: Reply()) as server:
        spotify = connect(server, tmp_path, signed_in={})
        with pytest.raises(ProviderError, match="run this in a terminal"):
            fetch(spotify)


def test_sign_in_refused_says_what_to_do(tmp_path: Path) -> None:
    refusal = Reply(400, {"error": "invalid_grant", "error_description": "Refresh token revoked"})
    with serve(lambda request: refusal) as server:
        spotify = connect(server, tmp_path, signed_in=token(expires_at=0))
        with pytest.raises(ProviderError, match=r"refuses the sign-in \(invalid_grant\).*SPOTIPY_CLIENT_ID") as raised:
            fetch(spotify)
    assert REFRESH not in str(raised.value)


def test_sign_in_needs_an_application(tmp_path: Path) -> None:
    with pytest.raises(ProviderError, match="SPOTIPY_CLIENT_ID and SPOTIPY_REDIRECT_URI"):
        sign_in(
            client_id="",
            client_secret="",
            redirect_uri="",
            accounts_url="http://127.0.0.1:9",
            token_file=tmp_path / "token.json",
            timeout=1,
        )


@pytest.mark.parametrize("content", ["", "[]", "{", '{"access_token": "x"}'])
def test_token_file_a_damaged_one_is_no_token(tmp_path: Path, content: str) -> None:
    (tmp_path / "token.json").write_text(content)
    assert TokenFile(tmp_path / "token.json").get_cached_token() is None
