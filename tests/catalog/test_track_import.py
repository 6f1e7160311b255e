"""Tracks of a provider into the catalogue."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from catalog import track_import, track_moods
from catalog.curation import writes
from catalog.importers.providers.base import ProviderError
from catalog.models import Source, Track, TrackTag
from catalog.rows import FetchedTrack, SkippedTrack
from catalog.track_import import ImportReport, import_tracks
from ml.labels import Mood
from tests.catalog.providers.answers import FEATURES, spotify_id

pytestmark = pytest.mark.django_db

CODES = {"key": 5, "mode": 1, "time_signature": 4}
QUIET = FEATURES | CODES
LOUD = QUIET | {"energy": 0.97, "loudness": -3.0, "acousticness": 0.01, "valence": 0.35, "tempo": 160.0}


def fetched(number: int, features: dict[str, float] = QUIET, **fields: object) -> FetchedTrack:
    track = FetchedTrack(spotify_id(number), f"노래 {number}", "가수", "앨범", "2024", 200_000, 50, dict(features))
    return replace(track, **fields)


def spread(count: int, start: int = 1) -> list[FetchedTrack]:
    """Tracks all over valence and energy, the same ones every time."""
    random = np.random.default_rng(7)
    return [
        fetched(start + place, QUIET | {"valence": float(valence), "energy": float(energy)})
        for place, (valence, energy) in enumerate(random.random((count, 2)).round(3))
    ]


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, len(report.skipped)


def weights() -> dict[tuple[str, str], float]:
    return {(tag.track.spotify_id, tag.mood): tag.weight for tag in TrackTag.objects.select_related("track")}


def test_import_tracks_adds_them_with_moods() -> None:
    report = import_tracks([fetched(1), SkippedTrack("line 3", "is bad"), fetched(2, LOUD)])
    assert counts(report) == (2, 0, 0, 1)
    quiet, loud = Track.objects.order_by("spotify_id")
    assert (quiet.title, quiet.album, quiet.popularity, quiet.tempo, quiet.key) == ("노래 1", "앨범", 50, 72.5, 5)
    for track in (quiet, loud):
        assert sum(tag.score for tag in track.tags.all()) == pytest.approx(1)
        assert {tag.source for tag in track.tags.all()} == {Source.FEATURES}
    assert loud.tags.get(mood=Mood.ENERGETIC).score > quiet.tags.get(mood=Mood.ENERGETIC).score


def test_import_tracks_again_changes_nothing() -> None:
    import_tracks(spread(30))
    before = weights()
    assert counts(import_tracks(spread(30))) == (0, 0, 30, 0)
    assert weights() == before


def test_import_tracks_a_changed_track_is_refreshed() -> None:
    import_tracks([fetched(1), fetched(2)])
    report = import_tracks([fetched(1, title="새 제목"), fetched(2, LOUD), fetched(3)])
    assert counts(report) == (1, 2, 0, 0)
    assert Track.objects.get(spotify_id=spotify_id(1)).title == "새 제목"
    assert Track.objects.get(spotify_id=spotify_id(2)).energy == 0.97


@pytest.mark.parametrize(("artist", "expected"), [("가수", "다른 이름"), ("Somebody Else", "")])
def test_import_tracks_keeps_the_korean_name_of_the_same_artist(artist: str, expected: str) -> None:
    import_tracks([fetched(1, artist="가수")])
    Track.objects.update(artist_ko="다른 이름")
    import_tracks([fetched(1, artist=artist, title="새 제목")])
    assert Track.objects.get().artist_ko == expected


def test_import_tracks_a_track_without_its_moods_gets_them() -> None:
    import_tracks([fetched(1)])
    TrackTag.objects.filter(mood=Mood.SAD).delete()
    assert counts(import_tracks([fetched(1)])) == (0, 1, 0, 0)
    assert TrackTag.objects.filter(mood=Mood.SAD).exists()


def test_import_tracks_keeps_curated_tags_hidden_and_pinned() -> None:
    import_tracks([fetched(1), fetched(2)])
    tag = TrackTag.objects.get(track__spotify_id=spotify_id(1), mood=Mood.HAPPY)
    tag.score = 0.95
    writes.curate_tag(tag)
    Track.objects.filter(spotify_id=spotify_id(1)).update(is_hidden=True)
    Track.objects.filter(spotify_id=spotify_id(2)).update(is_pinned=True)
    assert counts(import_tracks([fetched(1), fetched(2)])) == (0, 0, 2, 0)
    assert counts(import_tracks([fetched(1, LOUD), fetched(2, LOUD)])) == (0, 2, 0, 0)
    tag.refresh_from_db()
    assert (tag.score, tag.source) == (0.95, Source.CURATED)
    assert Track.objects.get(is_hidden=True).spotify_id == spotify_id(1)
    assert Track.objects.get(is_pinned=True).spotify_id == spotify_id(2)


def test_import_tracks_what_is_not_told_stays_as_it_is_stored() -> None:
    import_tracks([fetched(1, popularity=77), fetched(2, popularity=20), fetched(3, popularity=30)])
    silent = QUIET | {"key": -1, "mode": -1, "time_signature": 0}
    told = {"album": "", "release_date": "", "popularity": None}
    report = import_tracks([fetched(1, silent, **told), fetched(4, silent, **told)])
    assert counts(report) == (1, 0, 1, 0)
    kept, new = (Track.objects.get(spotify_id=spotify_id(number)) for number in (1, 4))
    assert (kept.album, kept.release_date, kept.popularity, kept.key, kept.mode) == ("앨범", "2024", 77, 5, 1)
    # Of a new track nobody knows how popular it is: like the middle of the catalogue.
    assert (new.album, new.popularity, new.key, new.mode, new.time_signature) == ("", 30, -1, -1, 0)


def test_import_tracks_are_ranked_against_the_catalogue_and_not_among_themselves() -> None:
    import_tracks(spread(200))
    loudest = [fetched(900 + number, LOUD) for number in range(8)]
    import_tracks(loudest)
    of = weights()
    for track in loudest:  # among themselves each would stand in the middle, and none be put forward
        assert of[track.spotify_id, Mood.ENERGETIC] > 0.6
        assert of[track.spotify_id, Mood.CALM] == 0
    middling = fetched(990, QUIET | {"valence": 0.5, "energy": 0.5})
    import_tracks([middling])
    assert weights()[middling.spotify_id, Mood.ENERGETIC] == 0


def test_import_tracks_together_or_one_by_one_are_ranked_alike() -> None:
    import_tracks(spread(100))
    new = spread(120)[100:]
    import_tracks(new)
    together = weights()
    for track in new:
        import_tracks([replace(track, title="바뀐 제목")])
    assert weights() == together


def test_import_tracks_a_sample_of_a_large_catalogue_ranks_like_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    import_tracks(spread(600))
    new = [replace(track, spotify_id=spotify_id(5_000 + place)) for place, track in enumerate(spread(600)[:50])]
    import_tracks(new)
    whole = weights()
    Track.objects.filter(spotify_id__in=[track.spotify_id for track in new]).delete()
    monkeypatch.setattr(track_moods, "SAMPLE_SIZE", 200)
    monkeypatch.setattr(track_import, "CHUNK", 7)
    assert counts(import_tracks(new)) == (50, 0, 0, 0)
    sampled = weights()
    put_forward = {key for key, weight in whole.items() if weight > 0}
    assert len(put_forward ^ {key for key, weight in sampled.items() if weight > 0}) < 40
    both = [key for key in put_forward if sampled[key] > 0]
    assert max(abs(sampled[key] - whole[key]) for key in both) < 0.15


def test_import_tracks_a_failure_keeps_what_came_before() -> None:
    def items() -> Iterator[FetchedTrack]:
        yield fetched(1)
        raise ProviderError("Service: answers 500")

    report = import_tracks(items())
    assert (counts(report), report.failure) == ((1, 0, 0, 0), "Service: answers 500")
    assert Track.objects.count() == 1


def test_import_tracks_dry_run_writes_nothing() -> None:
    import_tracks([fetched(1), fetched(2)])
    report = import_tracks([fetched(1), fetched(2, LOUD), fetched(3)], dry_run=True)
    assert counts(report) == (1, 1, 1, 0)
    assert Track.objects.count() == 2
    assert Track.objects.get(spotify_id=spotify_id(2)).energy == 0.2


def test_import_tracks_of_nothing() -> None:
    assert counts(import_tracks([])) == (0, 0, 0, 0)
    assert counts(import_tracks([SkippedTrack("line 2", "is bad")])) == (0, 0, 0, 1)
