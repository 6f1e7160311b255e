"""What a model folder says of its model, without loading it: labels, threshold, and how well it read test texts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.emotion.folder import METRICS_FILE
from ml.errors import ModelError
from ml.labels import Emotion
from ml.manifest import MANIFEST

# Figures of the split that nothing was chosen on; a model that was never scored on it has those of the other.
_SPLITS = ("test", "validation")


@dataclass(frozen=True, slots=True)
class Figures:
    """How well the texts of a source were read, all in 0…1: `all` of them, diaries (`corpus`), `real_lines`."""

    source: str
    texts: int
    accuracy: float
    macro_f1: float
    f1: dict[Emotion, float]
    coverage: float  # the share of texts of which the model was sure
    accuracy_when_sure: float | None  # None where it was sure of none
    expected_calibration_error: float


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model by its own words. `split` is that of the figures; empty where the folder has none."""

    version: str
    architecture: str
    labels: list[Emotion]
    confidence_threshold: float
    split: str
    figures: list[Figures]


def read_facts(folder: Path) -> ModelFacts:
    """The facts of a model folder, whose hashes are not checked. Raises ModelError when they can't be read."""
    manifest = _read_json(folder / MANIFEST)
    metrics = _read_json(folder / METRICS_FILE) if (folder / METRICS_FILE).exists() else {}
    try:
        split, figures = _find_figures(metrics)
        return ModelFacts(
            version=str(manifest["model_version"]),
            architecture=str(manifest["architecture"]),
            labels=[Emotion(label) for label in manifest["labels"]],
            confidence_threshold=float(manifest["confidence_threshold"]),
            split=split,
            figures=figures,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"{folder}: what it says of its model misses or misspells {error}") from error


def read_figures(metrics: Mapping[str, Any]) -> tuple[str, list[Figures]]:
    """The split and the figures of a metrics.json; none where it has none. Raises ModelError when it is misspelt."""
    try:
        return _find_figures(metrics)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"{METRICS_FILE} misses or misspells {error}") from error


def _find_figures(metrics: Mapping[str, Any]) -> tuple[str, list[Figures]]:
    split = next((name for name in _SPLITS if name in metrics), "")
    return split, [_to_figures(source, values) for source, values in metrics.get(split, {}).items()]


def _to_figures(source: str, values: dict[str, Any]) -> Figures:
    when_sure = values["accuracy_when_sure"]
    return Figures(
        source=source,
        texts=int(values["texts"]),
        accuracy=float(values["accuracy"]),
        macro_f1=float(values["macro_f1"]),
        f1={Emotion(label): float(value) for label, value in values["f1"].items()},
        coverage=float(values["coverage"]),
        accuracy_when_sure=None if when_sure is None else float(when_sure),
        expected_calibration_error=float(values["expected_calibration_error"]),
    )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise ModelError(f"{path}: not a JSON file ({error})") from error
    if not isinstance(content, dict):
        raise ModelError(f"{path}: not a JSON object")
    return content
