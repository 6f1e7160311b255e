"""Which items out of the pools: shared by feeling, mixed, fresh for every seed. No database here."""

import random
from bisect import bisect
from collections.abc import Callable, Mapping, Sequence, Set
from itertools import accumulate
from typing import NamedTuple

from catalog.pools import Candidate

# How much likelier a strong item is drawn than a weak one of the pool: at 1 the draw is nearly even.
SHARPNESS = 3
# A second item of the same decade is drawn as if it had this share of its weight.
SAME_DECADE = 0.25
# A pinned item's weight is lifted by this, above every other one: those come first.
PINNED_BONUS = 2.0


class Pick(NamedTuple):
    """A film or track chosen for a tag, with the tag's score and source, and who made it (in one spelling)."""

    item_id: int
    tag: str
    score: float
    source: str
    makers: frozenset[str] = frozenset()


# tag, whether the well-known ones → candidates, strongest first
Pools = Callable[[str, bool], list[Candidate]]


def draw(
    wanted: Mapping[str, float],
    pools: Pools,
    *,
    count: int,
    seed: str | None,
    avoid: Set[str] = frozenset(),
) -> list[Pick]:
    """Draw `count` items, or as many as there are, for the tags in proportion to how much each is wanted.

    Well-known and less-known items take turns, a decade comes twice only where it must, and nobody made two of them,
    nor is any maker among `avoid`; none deals with suicide. A tag that has nothing left is stood in for by the next
    one that is wanted. The same seed draws the same items; None draws others each time.
    """
    generator = random.Random(seed)  # noqa: S311 - variety, not secrecy
    picked: dict[int, Pick] = {}
    makers = set(avoid)
    decades: set[int] = set()
    for place, main in enumerate(share_slots(wanted, count, generator)):
        for tag, is_well_known in _alternatives(main, _most_wanted_first(wanted), place):
            free = [
                candidate
                for candidate in pools(tag, is_well_known)
                if candidate.item_id not in picked
                and makers.isdisjoint(candidate.facts.makers)
                and not candidate.facts.has_suicide_theme
            ]
            if free:
                chosen = _draw_one(free, decades, generator)
                picked[chosen.item_id] = Pick(chosen.item_id, tag, chosen.score, chosen.source, chosen.facts.makers)
                makers |= chosen.facts.makers
                decades.add(chosen.facts.decade)
                break
    return list(picked.values())


def share_slots(wanted: Mapping[str, float], count: int, generator: random.Random) -> list[str]:
    """A tag for each of `count` places, by systematic sampling (Madow 1949): its number of places is its share of the
    places, rounded up or down by chance. The most wanted tag always comes first.
    """
    ordered = _most_wanted_first(wanted)
    if not ordered:
        return []
    bounds = list(accumulate(wanted[tag] for tag in ordered))
    step = bounds[-1] / count
    start = generator.random() * step
    places = [min(bisect(bounds, start + number * step), len(ordered) - 1) for number in range(count)]
    return [ordered[place] for place in (0, *places[1:])]


def _most_wanted_first(wanted: Mapping[str, float]) -> list[str]:
    return [tag for tag in sorted(wanted, key=lambda tag: -wanted[tag]) if wanted[tag] > 0]


def _alternatives(main: str, ordered: Sequence[str], place: int) -> list[tuple[str, bool]]:
    """Where to look for the item of a place: its own tag first, in turn among the well-known ones or the others."""
    is_known = place % 2 == 0
    tags = [main, *(tag for tag in ordered if tag != main)]
    return [(tag, each) for tag in tags for each in (is_known, not is_known)]


def _draw_one(free: Sequence[Candidate], decades: set[int], generator: random.Random) -> Candidate:
    pinned = [candidate for candidate in free if candidate.weight >= PINNED_BONUS]
    free = pinned or free
    weights = [
        candidate.weight**SHARPNESS * (SAME_DECADE if candidate.facts.decade in decades else 1.0) for candidate in free
    ]
    return generator.choices(free, weights)[0]
