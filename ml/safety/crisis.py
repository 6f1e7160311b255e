"""Whether a diary text may speak of its writer's own wish to die, of suicide, or of self-harm: the one way in.

Either voice is enough: hand-written rules, whose decisions can be read; or a small n-gram model, which has learned
from phrases how people say it without the words that the rules know. Where the model's file is missing or damaged,
the rules alone decide. Nothing of a text is kept or logged.
"""

import functools
import logging
from collections.abc import Sequence

from ml.artifacts import SAFETY_MODEL
from ml.errors import ModelError
from ml.safety import rules
from ml.safety.model import CrisisModel

_LOGGER = logging.getLogger(__name__)


def speaks_of_crisis(text: str) -> bool:
    """Whether the text may speak of the writer's own wish to die, of suicide or of self-harm. Takes any string."""
    return speak_of_crisis([text])[0]


def speak_of_crisis(texts: Sequence[str]) -> list[bool]:
    """The same for each of many texts: the model reads them at once, which takes it half the time."""
    marks = [rules.find_crisis(text) for text in texts]
    model = shipped_model()
    unmarked = [place for place, is_marked in enumerate(marks) if not is_marked]
    if model is not None and unmarked:
        for place, is_marked in zip(unmarked, model.mark([texts[place] for place in unmarked]), strict=True):
            marks[place] = is_marked
    return marks


@functools.cache
def shipped_model() -> CrisisModel | None:
    """The model that ships with the site; None, with one warning in the log, where it cannot be read."""
    try:
        return CrisisModel.load(SAFETY_MODEL)
    except ModelError as error:
        _LOGGER.warning("The help card is decided by rules alone: %s", error)
        return None
