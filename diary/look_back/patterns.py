"""On which weekdays and with which tags a feeling came more often than chance explains. Standard library only.

What is said here is a count, never a cause: who writes on hard Mondays only has no hard Mondays.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, lgamma
from typing import Generic, TypeVar

from ml.labels import FEELINGS, Emotion

MIN_ENTRIES = 8  # of a weekday or tag, before anything is said of it
# A difference that a person would notice; with very many entries chance alone is excluded by far smaller ones.
MIN_SURPLUS = 0.1
SIGNIFICANCE = 0.05  # for all that is tried together
MAX_PATTERNS = 3

Group = TypeVar("Group")


@dataclass(frozen=True)
class Pattern(Generic[Group]):
    """Of a group's `count` entries, `hits` count as the emotion; of all `total` of the period, `total_hits` do."""

    group: Group
    emotion: Emotion
    hits: int
    count: int
    total_hits: int
    total: int

    @property
    def surplus(self) -> float:
        """The group's share of the emotion less that of the whole period, each between 0 and 1."""
        return self.hits / self.count - self.total_hits / self.total

    @property
    def chance(self) -> float:
        """The probability of so many hits or more, were the group's entries drawn from the period's at random.

        The upper tail of the hypergeometric distribution, as in Fisher's exact test: the person's own share over the
        period is what the group is held against, and it holds for few entries as well as for many.
        """
        draws = _log_comb(self.total, self.count)
        return sum(
            exp(_log_comb(self.total_hits, hits) + _log_comb(self.total - self.total_hits, self.count - hits) - draws)
            for hits in range(self.hits, min(self.count, self.total_hits) + 1)
        )


def _log_comb(n: int, k: int) -> float:
    """The logarithm of the number of ways to choose k of n; that number itself has thousands of digits for many."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def find_patterns(groups: Mapping[Group, Counter[str]], totals: Counter[str]) -> list[Pattern[Group]]:
    """The MAX_PATTERNS patterns that chance explains least, strongest first; mostly there is none.

    `groups` holds the number of entries of every look for every weekday or tag, `totals` for the whole period. Entries
    that nobody could read count among the rest. Plain days (중립) are no feeling to tell of.

    The more is tried, the more is found by chance. The bound for all feelings of all groups that are large enough is
    SIGNIFICANCE together (Bonferroni), so that at most one person in twenty is told of a pattern where there is none.
    """
    total = totals.total()
    large = {group: counts for group, counts in groups.items() if MIN_ENTRIES <= counts.total() < total}
    tried = [
        Pattern(group, feeling, counts[feeling], counts.total(), totals[feeling], total)
        for group, counts in large.items()
        for feeling in FEELINGS
    ]
    # Before the exact chance, which costs most: what is no surplus needs none.
    candidates = [pattern for pattern in tried if pattern.surplus >= MIN_SURPLUS]
    ranked = sorted(((pattern.chance, pattern) for pattern in candidates), key=lambda item: item[0])
    return [pattern for chance, pattern in ranked if chance * len(tried) < SIGNIFICANCE][:MAX_PATTERNS]
