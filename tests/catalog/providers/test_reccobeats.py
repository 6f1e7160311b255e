"""ReccoBeats in the shapes it documents, from a real server."""

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.importers.providers.base import ProviderError
from catalog.importers.providers.cache import AnswerCache
from catalog.importers.providers.http import JsonService
from catalog.importers.providers.reccobeats import ReccoBeats, ReccoBeatsTracks
from catalog.importers.providers.retry import Patience
from catalog.rows import FetchedTrack, SkippedTrack
from tests.catalog.providers.answers import FEATURES, reccobeats, reccobeats_features, reccobeats_track, spotify_id
from tests.catalog.providers.server import Asked, Reply, Server, serve


def provider(server: Server, folder: Path, numbers: list[int]) -> ReccoBeatsTracks:
    haste = Patience(tries=2, timeout=2, backoff=0.001)
    service = JsonService("ReccoBeats", server.url, setting="RECCOBEATS_URL", patience=haste)
    cached = ReccoBeats(service, AnswerCache(folder / "reccobeats.sqlite3"))
    return ReccoBeatsTracks(cached, [spotify_id(number) for number in numbers])


def test_fetch_tracks_with_their_features(tmp_path: Path) -> None:
    with serve(reccobeats({1, 2})) as server:
        first, second = provider(server, tmp_path, [2, 1]).fetch()
    assert isinstance(first, FetchedTrack)
    assert (first.spotify_id, first.title, first.artist) == (spotify_id(2), "노래 2", "가수")
    assert (first.duration_ms, first.popularity, first.album) == (200_002, 40, "")
    assert first.features == {**FEATURES, "key": 5, "mode": 1, "time_signature": 0}
    assert isinstance(second, FetchedTrack)
    assert second.spotify_id == spotify_id(1)


def test_fetch_asks_in_batches_of_forty_and_no_track_twice(tmp_path: Path) -> None:
    with serve(reccobeats(set(range(90)))) as server:
        source = provider(server, tmp_path, [*range(90), 0])
        assert source.expected == len(list(source.fetch())) == 90
        assert server.paths() == ["/v1/track", "/v1/audio-features"] * 3
        assert {len(request.query["ids"].split(",")) for request in server.asked} == {40, 10}


def test_fetch_again_asks_nothing(tmp_path: Path) -> None:
    with serve(reccobeats({1})) as server:
        before = list(provider(server, tmp_path, [1, 404]).fetch())
        asked = len(server.asked)
        assert list(provider(server, tmp_path, [1, 404]).fetch()) == before
        assert len(server.asked) == asked
        list(provider(server, tmp_path, [1, 2]).fetch())
        assert {request.query["ids"] for request in server.asked[asked:]} == {spotify_id(2)}


def test_fetch_what_reccobeats_lacks_is_skipped_with_the_reason(tmp_path: Path) -> None:
    known = {1: {"valence": 1.5}, 2: {"tempo": None}, 3: {"energy": True}, 4: {"key": None, "mode": 7}}
    with serve(reccobeats(known)) as server:
        *skipped, kept = provider(server, tmp_path, [9, 1, 2, 3, 4]).fetch()
    assert skipped == [
        SkippedTrack(spotify_id(9), "ReccoBeats does not know this track"),
        *(SkippedTrack(spotify_id(n), "ReccoBeats has no usable audio features of it") for n in (1, 2, 3)),
    ]
    assert isinstance(kept, FetchedTrack)
    assert (kept.features["key"], kept.features["mode"]) == (-1, -1)


@pytest.mark.parametrize(
    "fields",
    [{"trackTitle": None}, {"artists": "가수"}, {"artists": [None]}, {"durationMs": 0}, {"durationMs": "long"}],
)
def test_fetch_a_track_without_title_artist_or_length_is_skipped(tmp_path: Path, fields: dict[str, object]) -> None:
    def answer(request: Asked) -> Reply:
        build = reccobeats_track if request.path == "/v1/track" else reccobeats_features
        return Reply(body={"content": [build(1, **(fields if request.path == "/v1/track" else {}))]})

    with serve(answer) as server:
        assert list(provider(server, tmp_path, [1]).fetch()) == [
            SkippedTrack(spotify_id(1), "ReccoBeats tells no title, artist or length")
        ]


def test_fetch_from_a_service_without_the_list_of_features(tmp_path: Path) -> None:
    def answer(request: Asked) -> Reply:
        if request.path == "/v1/audio-features":
            return Reply(404, {})
        if request.path.endswith("/audio-features"):
            number = int(request.path.split("/")[3][-12:])
            return Reply(404, {}) if number == 2 else Reply(body=reccobeats_features(number))
        return reccobeats({1, 2, 3})(request)

    with serve(answer) as server:
        items = list(provider(server, tmp_path, [1, 2, 3]).fetch())
        assert [isinstance(item, FetchedTrack) for item in items] == [True, False, True]
        asked = len(server.asked)
        assert list(provider(server, tmp_path, [1, 2, 3]).fetch()) == items
        assert len(server.asked) == asked


def breaks_after(good: int) -> Callable[[Asked], Reply]:
    seen: list[Asked] = []

    def answer(request: Asked) -> Reply:
        seen.append(request)
        return reccobeats(set(range(100)))(request) if len(seen) <= good else Reply(500, {})

    return answer


def test_fetch_a_failure_in_the_middle_keeps_what_came_before(tmp_path: Path) -> None:
    fetched: list[FetchedTrack | SkippedTrack] = []
    with serve(breaks_after(2)) as server:
        items = provider(server, tmp_path, list(range(100))).fetch()
        with pytest.raises(ProviderError, match="answers 500, after 2 tries"):
            fetched.extend(items)
    assert len(fetched) == 40
    with serve(reccobeats(set(range(100)))) as server:
        assert len(list(provider(server, tmp_path, list(range(100))).fetch())) == 100
        assert len(server.asked) == 4  # the first forty were remembered


@pytest.mark.parametrize("body", [[], {"tracks": []}, {"content": {}}, "text", 5])
def test_fetch_an_unknown_form_is_refused(tmp_path: Path, body: object) -> None:
    with (
        serve(lambda request: Reply(body=body)) as server,
        pytest.raises(ProviderError, match="a form that this version does not know"),
    ):
        list(provider(server, tmp_path, [1]).fetch())


def test_fetch_odd_entries_are_passed_over(tmp_path: Path) -> None:
    def answer(request: Asked) -> Reply:
        good = reccobeats({1})(request).body["content"]
        return Reply(body={"content": [None, 3, {}, {"href": 7}, {"href": "https://example.com"}, *good]})

    with serve(answer) as server:
        [track] = provider(server, tmp_path, [1]).fetch()
    assert isinstance(track, FetchedTrack)


def test_fetch_where_there_is_no_such_service(tmp_path: Path) -> None:
    with (
        serve(lambda request: Reply(404, {})) as server,
        pytest.raises(ProviderError, match="Check RECCOBEATS_URL"),
    ):
        list(provider(server, tmp_path, [1]).fetch())
