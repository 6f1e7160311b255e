"""Whether a diary text may speak of its writer's own wish to die, of suicide, or of self-harm: the one way in.

Either voice is enough: hand-written rules, whose decisions can be read; or a small n-gram model, which has learned
from phrases how people say it without the words that the rules know. Where the model's file is missing or damaged,
the rules alone decide. Nothing of a text is kept or logged.
"""

import functools
import logging

from ml.artifacts import SAFETY_MODEL
from ml.errors import ModelError
from ml.safety import rules
from ml.safety.model import CrisisModel

_LOGGER = logging.getLogger(__name__)


def speaks_of_crisis(text: str) -> bool:
    """Whether the text may speak of the writer's own wish to die, of suicide or of self-harm. Takes any string."""
    if rules.find_crisis(text):
        return True
    model = shipped_model()
    return model is not None and model.marks(text)


@functools.cache
def shipped_model() -> CrisisModel | None:
    """The model that ships with the site; None, with one warning in the log, where it cannot be read."""
    try:
        return CrisisModel.load(SAFETY_MODEL)
    except ModelError as error:
        _LOGGER.warning("The help card is decided by rules alone: %s", error)
        return None
