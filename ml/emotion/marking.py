"""Which sentences of a text a page marks. It needs nothing else, so that a page may ask without loading a model."""

from collections.abc import Mapping
from typing import TypeVar

LabelT = TypeVar("LabelT", bound=str)

# One and a half times what each of six emotions would get of a sentence that says nothing. `ml.emotion.evidence`
# measures what that marks, and ml/emotion/README.md ("Evidence") has the figures.
MARK_FROM = 0.25


def is_marked(scores: Mapping[LabelT, float], label: LabelT) -> bool:
    """Whether a sentence with these scores is marked in a text with this label."""
    return scores[label] >= MARK_FROM
