"""What people may know of the model that reads their entries."""

from dataclasses import dataclass

from diary.analysis import is_model_loaded
from diary.model_version import active_model_folder
from ml.emotion.facts import ModelFacts, read_facts

LANGUAGES = ("ko",)  # what every emotion model of ours is trained on


@dataclass(frozen=True)
class ModelInfo:
    """The model in use, and whether this process has it in its memory."""

    facts: ModelFacts
    languages: tuple[str, ...]
    is_loaded: bool


def get_model_info() -> ModelInfo:
    """The model that the next entry is read with. Raises ml.errors.ModelError when it isn't there or is damaged."""
    return ModelInfo(read_facts(active_model_folder()), LANGUAGES, is_model_loaded())
