"""Whether a diary text may speak of its writer's own wish to die, of suicide, or of self-harm: the one way in.

Hand-written rules, whose decisions can be read, and a model, which has learned from phrases how people say it without
the words that the rules know. What the rules find counts for the model, which tells whose wish it is; plain English
counts by itself. Where the model's files are missing or damaged, the rules alone decide. Nothing of a text is kept or
logged.
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
    """The same for each of many texts: the model reads them at once, which takes it less time."""
    model = shipped_model()
    if model is None:
        return [rules.find_crisis(text) for text in texts]
    return [bool(mark) for mark in model.mark(texts)]


@functools.cache
def shipped_model() -> CrisisModel | None:
    """The model that ships with the site; None, with one warning in the log, where it cannot be read."""
    try:
        return CrisisModel.load(SAFETY_MODEL)
    except ModelError as error:
        _LOGGER.warning("The help card is decided by rules alone: %s", error)
        return None
