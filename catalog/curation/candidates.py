"""What a curator should look at, as far as the catalogue itself can tell: what is new, and what is uncertain.

All is read by the indexes that recommendations are drawn by, and only as deep as recommendations could reach.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from catalog.curation.actions import TAG_NAMES
from catalog.models import FEWEST_REVIEWS, Kind, MovieTag, Reason, Source, TrackTag

# How many of the strongest tags of each kind are looked at; recommendations draw from the first 150 (`catalog.pools`),
# and from more for who was shown those.
DEPTH = 1000
# A film whose strongest lift is so little above the mean (1.0) could as well have none.
HARDLY_ABOVE_MEAN = 0.1
# Two moods of a track whose probabilities differ by less are as likely as each other.
NEARLY_EQUAL = 0.1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A film or track that should stand in the review queue, as `ReviewItem` holds it."""

    kind: Kind
    item_id: int
    reason: Reason
    urgency: float
    emotion: str = ""
    people: int | None = None
    disliked: int | None = None
    # The rank of its tag, which breaks ties: what is recommended most comes first.
    weight: float = field(default=0.0, compare=False)


def film_confidence(review_count: int, strongest_lift: float) -> float:
    """How far a film's tags can be trusted, 0 to 1: by the number of reviews, and by how clear the strongest is.

    Films without reviews are tagged by their plots, and measured by clearness alone.
    """
    evidence = review_count / FEWEST_REVIEWS if review_count else 1.0
    return max(0.0, min(1.0, evidence, (strongest_lift - 1.0) / HARDLY_ABOVE_MEAN))


def track_confidence(probability: float, rival: float) -> float:
    """How far a track's mood can be trusted, 0 to 1: by the distance to the likeliest of its other moods."""
    return min(1.0, abs(probability - rival) / NEARLY_EQUAL)


def new_items(limit: int) -> list[Candidate]:
    """Films and tracks that came by an import and nobody has looked at, `limit` of either, oldest first."""
    found = []
    for kind in Kind:
        new = kind.model._default_manager.filter(added_at__isnull=False, reviewed_at=None, is_hidden=False)
        found += [
            Candidate(kind, pk, Reason.NEW, urgency=0.0)
            for pk in new.order_by("added_at", "pk").values_list("pk", flat=True)[:limit]
        ]
    return found


def changed_items(limit: int) -> list[Candidate]:
    """Reviewed films and tracks that are put forward for what no curator has seen, `limit` of either.

    An import brought the tag after the review, or a curator gave the item back to the model.
    """
    found = []
    for kind in Kind:
        rows = (row for tags in _drawn(kind) for row in tags.values_list(f"{kind}_id", f"{kind}__reviewed_at"))
        ids = {pk for pk, reviewed_at in rows if reviewed_at is not None}
        found += [Candidate(kind, pk, Reason.NEW, urgency=1.0) for pk in sorted(ids)[:limit]]
    return found


def uncertain_items(limit: int) -> list[Candidate]:
    """Films and tracks that are recommended for tags of little confidence, `limit` of either, the least one first."""
    return [*_least_confident(_uncertain_films(), limit), *_least_confident(_uncertain_tracks(), limit)]


def _uncertain_films() -> Iterator[Candidate]:
    strongest = MovieTag.objects.filter(movie=OuterRef("movie")).order_by("-score").values("score")[:1]
    for tags in _drawn(Kind.MOVIE):
        rows = tags.annotate(strongest=Subquery(strongest))
        for pk, reviews, lift, weight in rows.values_list("movie_id", "movie__review_count", "strongest", "weight"):
            yield _uncertain(Kind.MOVIE, pk, film_confidence(reviews, lift), weight)


def _uncertain_tracks() -> Iterator[Candidate]:
    others = TrackTag.objects.filter(track=OuterRef("track")).exclude(mood=OuterRef("mood"))
    rival = others.order_by("-score").values("score")[:1]
    for tags in _drawn(Kind.TRACK):
        rows = tags.annotate(rival=Subquery(rival))
        for pk, score, likeliest, weight in rows.values_list("track_id", "score", "rival", "weight"):
            yield _uncertain(Kind.TRACK, pk, track_confidence(score, likeliest or 0.0), weight)


def _uncertain(kind: Kind, item_id: int, confidence: float, weight: float) -> Candidate:
    return Candidate(kind, item_id, Reason.UNCERTAIN, urgency=round(1.0 - confidence, 2), weight=weight)


def _least_confident(candidates: Iterable[Candidate], limit: int) -> list[Candidate]:
    """Each item once, with its least certain tag."""
    doubtful = (candidate for candidate in candidates if candidate.urgency > 0)
    ordered = sorted(doubtful, key=lambda candidate: (-candidate.urgency, -candidate.weight, candidate.item_id))
    once: dict[int, Candidate] = {}
    for candidate in ordered:
        once.setdefault(candidate.item_id, candidate)
    return list(once.values())[:limit]


def _drawn(kind: Kind) -> Iterator[QuerySet[Any]]:
    """The computed tags that recommendations draw from, DEPTH of each name for well-known items and for others."""
    tags = MovieTag.objects if kind == Kind.MOVIE else TrackTag.objects
    for name in TAG_NAMES[kind]:
        for is_well_known in (True, False):
            yield tags.drawn(name, is_well_known).exclude(source=Source.CURATED)[:DEPTH]
