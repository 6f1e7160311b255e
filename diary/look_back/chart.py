"""The stacked bars of a period as places in an SVG, in percent of its size: sharp at every width without a script."""

from dataclasses import dataclass

from diary.look_back.trends import LOOKS, Trends
from diary.look_back.words import axis_name, bucket_name, look_name

# The plot leaves room for the scale on its left and for the names of bars below.
LEFT, RIGHT, TOP, BOTTOM = 10.0, 99.0, 4.0, 88.0
GAP = 0.2  # of a bar's place
MAX_LABELS = 4
GRID = (0, 50, 100)  # percent of a bar's entries


@dataclass(frozen=True)
class Part:
    """One look's share of a bar."""

    look: str
    y: str
    height: str
    title: str


@dataclass(frozen=True)
class StackedBar:
    """A bar; `label` is empty where the axis names its neighbour only."""

    x: str
    width: str
    center: str
    label: str
    parts: list[Part]


@dataclass(frozen=True)
class GridLine:
    """A line of the scale."""

    y: str
    percent: int


def grid_lines() -> list[GridLine]:
    return [GridLine(_percent(_height(percent / 100)), percent) for percent in GRID]


def stacked_bars(trends: Trends) -> list[StackedBar]:
    """A bar for every bucket, LOOKS from the bottom up; one without entries is empty."""
    size = trends.period.bucket_size
    place = (RIGHT - LEFT) / len(trends.buckets)
    every = -(-len(trends.buckets) // MAX_LABELS)
    bars = []
    for number, bucket in enumerate(trends.buckets):
        x = LEFT + place * (number + GAP / 2)
        parts, below = [], 0
        for look in LOOKS:
            if count := bucket.counts[look]:
                top = _height((below + count) / bucket.total)
                title = f"{bucket_name(bucket, size)} · {look_name(look)} {count}/{bucket.total}"
                parts.append(Part(look, _percent(top), _percent(_height(below / bucket.total) - top), title))
                below += count
        label = axis_name(bucket, size) if number % every == 0 else ""
        width = place * (1 - GAP)
        bars.append(StackedBar(_percent(x), _percent(width), _percent(x + width / 2), label, parts))
    return bars


def _height(share: float) -> float:
    """Where a share of a bar ends, from the top."""
    return BOTTOM - share * (BOTTOM - TOP)


def _percent(value: float) -> str:
    return f"{value:.2f}%"
