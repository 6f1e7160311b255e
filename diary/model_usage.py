"""How much each version of the emotion model has read, and how often people agree with it. Counts alone, no entry."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q

from catalog.counted import counted
from diary.crowd import FEWEST_PEOPLE
from diary.models import Analysis, Correction, Entry

# So many corrections, the latest ones, tell of agreement: all those of ten million entries would be counted too long.
LATEST_CORRECTIONS = 100_000


@dataclass(frozen=True, slots=True)
class VersionUsage:
    """What a version has read: the number of entries, and their share of all that were read, in 0…1.

    `agreement` is the share, among entries whose writers said what they feel like, of those that were read so; None
    where fewer than FEWEST_PEOPLE people said so. It is counted over the latest LATEST_CORRECTIONS such entries of all
    versions.
    """

    entries: int
    share: float
    agreement: float | None


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """The usage of every version that has read an entry, as it was counted at a moment."""

    counted_at: datetime
    entries: int
    versions: dict[str, VersionUsage]


def get_usage() -> ModelUsage:
    """The usage as it was counted some minutes ago at most: over ten million entries a count takes seconds."""
    found = counted("model_usage", _count)
    entries = sum(count for _version, count, _agreement in found.rows)
    return ModelUsage(
        counted_at=found.at,
        entries=entries,
        versions={
            version: VersionUsage(count, count / entries, agreement) for version, count, agreement in found.rows
        },
    )


def count_unread() -> dict[str, int]:
    """How many entries wait to be read, and how many could not be, by status."""
    found = Entry.objects.unanalyzed().order_by().values_list("status").annotate(count=Count("pk"))
    return {Entry.Status.PENDING.value: 0, Entry.Status.FAILED.value: 0, **dict(found)}


def _count() -> list[list[Any]]:
    """A row for every version: how many entries it read, and how often people agree."""
    agreement = _count_agreement()
    return [[version, count, agreement.get(version)] for version, count in _count_read().items()]


def _count_read() -> dict[str, int]:
    """Version → number of entries, by the index `analysis_model_version` alone."""
    return dict(Analysis.objects.order_by().values_list("model_version").annotate(count=Count("*")))


def _count_agreement() -> dict[str, float]:
    """Version → share of corrected or confirmed entries that it had read as their writers say."""
    latest = Correction.objects.order_by("-corrected_at").values("pk")[:LATEST_CORRECTIONS]
    counted = (
        Correction.objects.filter(pk__in=latest, entry__status=Entry.Status.ANALYZED)
        .order_by()
        .values(version=F("entry__analysis__model_version"))
        .annotate(
            people=Count("entry__user", distinct=True),
            all=Count("pk"),
            agreeing=Count("pk", filter=Q(label=F("entry__analysis__label"))),
        )
    )
    return {row["version"]: row["agreeing"] / row["all"] for row in counted if row["people"] >= FEWEST_PEOPLE}
