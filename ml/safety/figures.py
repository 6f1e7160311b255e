"""Recall and false alarms: counted, not estimated."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.safety.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Figures:
    """What came out for a part: how many of its phrases of each label were marked."""

    crises: int
    found: int
    others: int
    alarms: int

    @property
    def recall(self) -> float:
        """The share of the phrases that speak of a crisis that were marked, 0 to 1."""
        return self.found / self.crises

    @property
    def alarm_rate(self) -> float:
        """The share of the phrases that do not speak of one that were marked, 0 to 1."""
        return self.alarms / self.others


def add_figures(figures: Mapping[str, Mapping[str, int]], authors: Iterable[str]) -> Figures:
    """The figures of these authors together; `figures` are each author's fields."""
    own = [figures[author] for author in authors]
    return Figures(**{name: sum(values[name] for values in own) for name in own[0]})


def make_row(name: str, figures: Figures) -> str:
    """A row of a Markdown table: name, crises, found, recall, others, alarms, alarm rate."""
    counts = f"{figures.crises} | {figures.found} | {figures.recall:.3f}"
    return f"| {name} | {counts} | {figures.others} | {figures.alarms} | {figures.alarm_rate:.3f} |"


def count_figures(is_crisis: npt.NDArray[np.bool_], is_marked: npt.NDArray[Any]) -> Figures:
    """Count for two arrays of one length."""
    found, alarms = is_marked & is_crisis, is_marked & ~is_crisis
    return Figures(int(is_crisis.sum()), int(found.sum()), int((~is_crisis).sum()), int(alarms.sum()))


def score(phrases: Iterable[Phrase], find: Callable[[list[str]], Sequence[bool]]) -> Figures:
    """Ask `find` about all phrases at once, and count what is found and what is a false alarm."""
    asked = list(phrases)
    marks = find([phrase.text for phrase in asked])
    return count_figures(np.array([phrase.is_crisis for phrase in asked], bool), np.array(marks, bool))
