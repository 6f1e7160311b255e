"""Tracks of any provider into the catalogue: moods by the shipped classifier, weights against the whole catalogue."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from catalog import services, track_moods
from catalog.importers.providers.base import ProviderError
from catalog.models import Source, Track, TrackTag
from catalog.rows import UNKNOWN_CODES, FetchedTrack, SkippedTrack, TrackRow
from catalog.track_moods import Catalogue, measure_catalogue, predict_moods
from catalog.weights import track_weights
from ml.artifacts import MUSIC_MODEL
from ml.labels import Mood
from ml.music.data import input_matrix
from ml.music.predict import MoodClassifier

CHUNK = 1_000
# The shipped catalogue rounds its probabilities to four digits.
SAME_PROBABILITY = 1e-3

_DETAILS = ("title", "artist", "album", "release_date", "duration_ms", "popularity")


@dataclass(slots=True)
class ImportReport:
    """What became of an import: counts of tracks, and why others were skipped."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: list[SkippedTrack] = field(default_factory=list)
    failure: str = ""  # what ended the fetch before its end

    @property
    def fetched(self) -> int:
        """How many tracks came, whatever became of them."""
        return self.added + self.changed + self.unchanged


def import_tracks(items: Iterable[FetchedTrack | SkippedTrack], *, dry_run: bool = False) -> ImportReport:
    """Add or refresh tracks, CHUNK by CHUNK, each in a transaction of its own; curated tags, hidden and pinned stay.

    What a provider does not tell (an album, a popularity, a key) is left as it is stored; a track that stays the
    same is not written. When the provider fails, what came before is imported and `failure` says why it ended. With
    `dry_run` nothing is written. Memory: SAMPLE_SIZE tracks of the catalogue and as many new ones. Raises ModelError
    when the classifier that ships with the site is damaged.
    """
    report = ImportReport()
    classifier = MoodClassifier.load(MUSIC_MODEL)
    tracks = _fetched(items, report)
    first = list(islice(tracks, track_moods.SAMPLE_SIZE))
    if first:
        catalogue = measure_catalogue(first, classifier)
        tracks = chain(first, tracks)
        while chunk := list(islice(tracks, CHUNK)):
            _import_chunk(chunk, classifier, catalogue, report, dry_run=dry_run)
    return report


def _fetched(items: Iterable[FetchedTrack | SkippedTrack], report: ImportReport) -> Iterator[FetchedTrack]:
    """The tracks among the items; what is skipped, and why the items end early, goes into the report."""
    try:
        for item in items:
            if isinstance(item, SkippedTrack):
                report.skipped.append(item)
            else:
                yield item
    except ProviderError as error:
        report.failure = str(error)


def _import_chunk(
    chunk: Sequence[FetchedTrack],
    classifier: MoodClassifier,
    catalogue: Catalogue,
    report: ImportReport,
    *,
    dry_run: bool,
) -> None:
    stored = Track.objects.in_bulk([track.spotify_id for track in chunk], field_name="spotify_id")
    rows = _complete(chunk, stored, classifier, catalogue)
    moods = _stored_moods(stored.values())
    written = []
    for row in rows:
        track = stored.get(row.spotify_id)
        if track is None:
            report.added += 1
        elif _is_same(row, track, moods.get(track.pk, {})):
            report.unchanged += 1
            continue
        else:
            report.changed += 1
        written.append(row)
    if not dry_run:
        services.upsert_tracks(written, track_weights(written, catalogue.ranks), added_at=timezone.now())


def _complete(
    chunk: Sequence[FetchedTrack], stored: dict[str, Track], classifier: MoodClassifier, catalogue: Catalogue
) -> list[TrackRow]:
    """Rows with moods; what the provider does not tell comes from the stored track or stays unknown."""
    probabilities = predict_moods(classifier, input_matrix(chunk))
    return [
        _complete_one(track, stored.get(track.spotify_id), scores, catalogue.median_popularity)
        for track, scores in zip(chunk, probabilities, strict=True)
    ]


def _complete_one(
    fetched: FetchedTrack, track: Track | None, scores: NDArray[np.float64], median_popularity: int
) -> TrackRow:
    features = dict(fetched.features)
    popularity, album, release_date = fetched.popularity, fetched.album, fetched.release_date
    artist_ko = ""
    if track is not None:
        popularity = track.popularity if popularity is None else popularity
        artist_ko = track.artist_ko if track.artist == fetched.artist else ""
        album, release_date = album or track.album, release_date or track.release_date
        features |= {
            name: getattr(track, name) for name, unknown in UNKNOWN_CODES.items() if features[name] == unknown
        }
    row = TrackRow(
        spotify_id=fetched.spotify_id,
        title=fetched.title,
        artist=fetched.artist,
        artist_ko=artist_ko,
        album=album,
        release_date=release_date,
        duration_ms=fetched.duration_ms,
        popularity=median_popularity if popularity is None else popularity,
        features=features,
        probabilities=dict(zip(Mood, scores.tolist(), strict=True)),
    )
    written = () if track is None else track.curated_facts
    return replace(row, **{name: getattr(track, name) for name in written})


def _stored_moods(tracks: Iterable[Track]) -> dict[int, dict[str, float | None]]:
    """Track id → mood → stored probability, None where a curator's word stands instead."""
    moods: dict[int, dict[str, float | None]] = {}
    tags = TrackTag.objects.filter(track__in=list(tracks)).values_list("track_id", "mood", "score", "source")
    for track_id, mood, score, source in tags:
        moods.setdefault(track_id, {})[mood] = None if source == Source.CURATED else score
    return moods


def _is_same(row: TrackRow, track: Track, moods: dict[str, float | None]) -> bool:
    details = all(getattr(track, name) == getattr(row, name) for name in _DETAILS)
    features = all(getattr(track, name) == value for name, value in row.features.items())
    return details and features and all(_is_same_mood(moods, mood, row.probabilities[mood]) for mood in Mood)


def _is_same_mood(moods: dict[str, float | None], mood: Mood, probability: float) -> bool:
    if mood not in moods:
        return False
    score = moods[mood]
    return score is None or abs(score - probability) < SAME_PROBABILITY
