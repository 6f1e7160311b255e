"""Which sentences of a text a page marks. It needs nothing else, so that a page may ask without loading a model."""

from collections.abc import Mapping
from typing import TypeVar

LabelT = TypeVar("LabelT", bound=str)

# Nearly twice what each of six emotions would get of a sentence that says nothing. At 0.4, many a sentence that told
# was left out.
MARK_FROM = 0.3


def is_telling(scores: Mapping[LabelT, float], label: LabelT) -> bool:
    """Whether a sentence with these scores is marked in a text with this label: it says that most, and enough."""
    return scores[label] >= max(MARK_FROM, *scores.values())
