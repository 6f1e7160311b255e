"""Services that answer with anything, and model folders from anywhere."""

import gzip
import json
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.importers.providers import http
from catalog.importers.providers.base import ProviderError
from catalog.importers.providers.cache import AnswerCache
from catalog.importers.providers.reccobeats import ReccoBeats
from catalog.importers.providers.spotify import read_entry
from catalog.rows import FetchedTrack, SkippedTrack
from ml.errors import ModelError
from ml.manifest import MANIFEST, read_manifest
from tests.catalog.providers.answers import spotify_track
from tests.catalog.providers.server import Reply, serve
from tests.catalog.providers.test_http import service
from tests.catalog.providers.test_spotify import connect, fetch

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just("\ud800")),
    lambda child: st.one_of(st.lists(child, max_size=3), st.dictionaries(st.text(max_size=8), child, max_size=3)),
    max_leaves=8,
)
MANY = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_an_answer_that_is_too_large_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_ANSWER_BYTES", 1_000_000)
    bomb = Reply(body=gzip.compress(b" " * 100_000_000), headers={"Content-Encoding": "gzip"})
    for reply in (Reply(body=b" " * 2_000_000), bomb):
        with serve(lambda _request, reply=reply: reply) as server, pytest.raises(ProviderError, match="more than"):
            service(server.url).get("/x")


def test_an_answer_that_goes_elsewhere_is_not_followed(tmp_path: Path) -> None:
    with serve(lambda _request: Reply(body={})) as elsewhere:
        away = Reply(302, {}, headers={"Location": f"{elsewhere.url}/v1/steal"})
        with serve(lambda _request: away) as server:
            with pytest.raises(ProviderError, match="302"):
                service(server.url).get("/x")
            with pytest.raises(ProviderError):
                fetch(connect(server, tmp_path))
        assert elsewhere.asked == []


def test_an_answer_that_nests_too_deep_is_no_json() -> None:
    with serve(lambda _request: Reply(body=b"[" * 200_000)) as server, pytest.raises(ProviderError, match="not JSON"):
        service(server.url).get("/x")


@pytest.fixture
def dripping() -> Iterator[str]:
    """The address of a service that sends a byte now and then, for ever."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)

        def drip() -> None:
            clients: list[socket.socket] = []
            while not ended.wait(0.01):
                try:
                    client, _address = listener.accept()
                    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                    clients.append(client)
                except TimeoutError:
                    pass
                for client in list(clients):
                    try:
                        client.sendall(b" ")
                    except OSError:
                        clients.remove(client)

        thread = threading.Thread(target=drip)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        ended.set()
        thread.join()


def test_an_answer_without_an_end_is_given_up(dripping: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_DROPS", 0.1)
    monkeypatch.setattr(http, "_READ_AT_ONCE", 1)
    with pytest.raises(ProviderError, match="without an end"):
        service(dripping).get("/x")


@MANY
@given(answer=JSON)
def test_services_that_answer_with_anything(tmp_path: Path, answer: Any) -> None:
    body = json.dumps(answer).encode()
    with serve(lambda _request: Reply(body=body)) as server:
        try:
            found = ReccoBeats(service(server.url), AnswerCache(tmp_path / uuid4().hex)).features(["0" * 22])
        except ProviderError:
            return
    assert isinstance(found, dict)


@MANY
@given(data=st.data())
def test_tracks_with_any_part_replaced(data: st.DataObject) -> None:
    entry: Any = json.loads(json.dumps({"is_local": False, "item": spotify_track(1)}))
    place = data.draw(st.sampled_from([entry, entry["item"], entry["item"]["artists"][0], entry["item"]["album"]]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(JSON)
    assert isinstance(read_entry(entry, "entry 1"), FetchedTrack | SkippedTrack)


@pytest.mark.parametrize(
    "manifest",
    [
        b"[" * 200_000,
        b"\xff\xfe",
        b"[]",
        b'{"files": []}',
        b'{"files": {}}',
        b'{"files": {"../secret": "x"}}',
        b'{"files": {"/etc/passwd": "x"}}',
        b'{"files": {"..": "x"}}',
        b'{"files": {".": "x"}}',
        b'{"files": {"": "x"}}',
        b'{"files": {"a\\u0000b": "x"}}',
        b'{"files": {"pipe": "x"}}',
        b'{"files": {"zero": "x"}}',
        b'{"files": {"folder": "x"}}',
        b'{"files": {"weights": null}}',
        b'{"files": {"weights": ["x"]}}',
        b'{"format": "1", "files": {"weights": "x"}}',
        b'{"files": {"' + b"x" * 5_000 + b'": "x"}}',
        b'{"files": {"\\ud800": "x"}}',
        b'{"format": 1' + b"0" * 5_000 + b"}",
    ],
)
def test_model_folders_from_anywhere(tmp_path: Path, manifest: bytes) -> None:
    (tmp_path / "secret").write_text("x")
    folder = tmp_path / "model"
    (folder / "folder").mkdir(parents=True)
    os.mkfifo(folder / "pipe")
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "weights").write_bytes(b"x")
    (folder / MANIFEST).write_bytes(manifest)
    with pytest.raises(ModelError):
        read_manifest(folder, trainer="x")
