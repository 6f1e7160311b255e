"""Reads of the catalogue: which films and tracks answer what was felt."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

from django.db.models import Exists, OuterRef, Q

from catalog.draw import Pick, draw
from catalog.models import LoadedFile, Movie, MovieTag, Source, Track, TrackTag
from catalog.pools import POOL_SIZE, Facts, PoolKey, PoolReader, TagRow, pool
from ml.labels import FILM_EMOTION, TRACK_MOOD, Emotion, Strategy

Scores = Mapping[Emotion, float]

# A feeling that has less of an entry than this is within the error of a calibrated reading, and is not answered.
LEAST_PROBABILITY = 0.1

# Surprise is to be no burden (ml.labels.FILM_EMOTION): a film that also carries more than this of one of these, and
# that no curator chose, is not drawn for it. Without that, body horror and Hamlet answered a plain day.
HEAVY_FEELINGS = (Emotion.SADNESS, Emotion.ANGER, Emotion.ANXIETY)
LIGHT_LIFT = 1.1

# Between the names of artists who made a song together.
_TOGETHER = re.compile(r"\s*(?:,|;|/|&|\bfeat\.?|\bft\.?|\bwith\b|\bx\b)\s*", re.IGNORECASE)


def movies_for(
    *,
    scores: Scores,
    strategy: Strategy,
    exclude: Set[int] = frozenset(),
    avoid: Set[str] = frozenset(),
    count: int = 3,
    seed: str | None = None,
) -> list[Pick]:
    """`count` films that answer the scores of an entry (emotion → probability) by `strategy`, strongest feeling first.

    No two share a director, none is hidden, deals with suicide, is among the film ids in `exclude` or by a director in
    `avoid` (spelled as `Pick.makers` spells them); well-known and less-known ones, and decades, are mixed. The same
    `seed` chooses the same films while the catalogue stays; without one, each call chooses afresh.
    """
    return draw(
        wanted_tags(scores, FILM_EMOTION[strategy]),
        lambda tag, is_well_known: pool((tag, is_well_known), _MOVIES, exclude),
        count=count,
        seed=seed,
        avoid=avoid,
    )


def tracks_for(
    *,
    scores: Scores,
    strategy: Strategy,
    exclude: Set[int] = frozenset(),
    avoid: Set[str] = frozenset(),
    count: int = 3,
    seed: str | None = None,
) -> list[Pick]:
    """`count` tracks that answer the scores of an entry by `strategy`; as `movies_for`, with artists for directors."""
    return draw(
        wanted_tags(scores, TRACK_MOOD[strategy]),
        lambda tag, is_well_known: pool((tag, is_well_known), _TRACKS, exclude),
        count=count,
        seed=seed,
        avoid=avoid,
    )


def answered_emotions(scores: Scores) -> Scores:
    """The emotions that are answered, with their probabilities.

    One below LEAST_PROBABILITY is left out, and so is 중립, unless it is the strongest: the plain part of a day that
    was sad all the same asks for no light film. Raises ValueError for empty scores.
    """
    strongest = max(scores, key=scores.__getitem__)
    return {
        emotion: probability
        for emotion, probability in scores.items()
        if emotion == strongest or (probability >= LEAST_PROBABILITY and emotion != Emotion.NEUTRAL)
    }


def wanted_tags(scores: Scores, answer: Mapping[Emotion, str]) -> dict[str, float]:
    """How much each tag is wanted: the probabilities of the emotions that it answers, together.

    Raises ValueError for empty scores.
    """
    wanted: dict[str, float] = defaultdict(float)
    for emotion, probability in answered_emotions(scores).items():
        wanted[answer[emotion]] += probability
    return dict(wanted)


def is_file_loaded(*, name: str, sha256: str) -> bool:
    """Whether the catalogue file of that name was last loaded with that content."""
    return LoadedFile.objects.filter(name=name, sha256=sha256).exists()


def movies_by_ids(ids: Set[str]) -> dict[str, int]:
    """The films that these external ids or IMDb ids name, as far as there are any: id → primary key."""
    found = Movie.objects.filter(Q(external_id__in=ids) | Q(imdb_id__in=ids - {""}))
    rows = list(found.values_list("pk", "external_id", "imdb_id"))
    # Where they disagree, the external id is the one that is unique.
    return {imdb_id: pk for pk, _external_id, imdb_id in rows} | {external_id: pk for pk, external_id, _imdb in rows}


def tracks_by_ids(ids: Set[str]) -> dict[str, int]:
    """The tracks that these Spotify ids name, as far as there are any: id → primary key."""
    return dict(Track.objects.filter(spotify_id__in=ids).values_list("spotify_id", "pk"))


def _movie_rows(key: PoolKey, limit: int) -> Iterable[TagRow]:
    rows = MovieTag.objects.drawn(*key).values_list("weight", "movie_id", "score", "source")
    # Who has seen most of the light ones gets a longer list (catalog.pools), and a heavy one is better than none.
    if key[0] == Emotion.EMBARRASSMENT and limit <= POOL_SIZE:
        heavy = MovieTag.objects.filter(movie=OuterRef("movie"), emotion__in=HEAVY_FEELINGS, score__gt=LIGHT_LIFT)
        if light := list(rows.filter(Q(source=Source.CURATED) | ~Exists(heavy))[:limit]):
            return light
    return rows[:limit]


def _track_rows(key: PoolKey, limit: int) -> Iterable[TagRow]:
    return TrackTag.objects.drawn(*key).values_list("weight", "track_id", "score", "source")[:limit]


def _movie_facts(ids: list[int]) -> dict[int, Facts]:
    movies = Movie.objects.filter(pk__in=ids).values_list("pk", "director", "year", "has_suicide_theme")
    return {pk: Facts(_names(director.split(",")), year // 10, theme) for pk, director, year, theme in movies}


def _track_facts(ids: list[int]) -> dict[int, Facts]:
    tracks = Track.objects.filter(pk__in=ids).values_list("pk", "artist", "release_date")
    return {
        # The year alone is certain of a release date; a track without one has a decade of its own.
        pk: Facts(_names(_TOGETHER.split(artist)), int(released[:4]) // 10 if released[:4].isdecimal() else -pk, False)
        for pk, artist, released in tracks
    }


def _names(parts: Iterable[str]) -> frozenset[str]:
    return frozenset(name.strip().casefold() for name in parts) - {""}


_MOVIES = PoolReader(_movie_rows, _movie_facts)
_TRACKS = PoolReader(_track_rows, _track_facts)
