"""`python -m ml.emotion.train`: fit the linear n-gram model, calibrate it, measure it, write its folder."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx

from ml.artifacts import EMOTION_MODEL
from ml.emotion.calibrate import Calibration, calibrate
from ml.emotion.card import CARD, write_card
from ml.emotion.data import Example, Split, describe_spec, drop_texts, hash_examples, load_source, split_examples
from ml.emotion.features import FeatureSettings, hash_batch
from ml.emotion.graph import build_graph
from ml.emotion.linear import FitSettings, LinearModel, count_matrix, fit
from ml.emotion.metrics import IntArray, evaluate
from ml.emotion.predict import MODEL_FILE
from ml.emotion.text import normalize
from ml.emotion.units import FloatArray, combine, split_units
from ml.errors import DataError
from ml.files import hash_file, write_json
from ml.labels import Emotion
from ml.manifest import read_environment, write_manifest

METRICS = "metrics.json"
# Sources whose names begin like this are diaries; all others are written in another style.
DIARY_SOURCES = "corpus/"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that shapes the model; each value was chosen on the validation split.

    Training is deterministic (L-BFGS from zero), so there is no seed.
    """

    features: FeatureSettings = field(default_factory=FeatureSettings)
    fit: FitSettings = field(default_factory=FitSettings)
    balance: float = 0.5  # 0: emotions weigh as they occur; 1: all emotions weigh the same
    coverage: float = 0.87  # share of the validation texts that are to count as sure


def train(
    examples: Sequence[Example], settings: Settings, output: Path, *, command: str, score_test: bool
) -> dict[str, Any]:
    """Train on the split of `examples`, write the model folder, return its metrics by split and group of sources.

    A first fit on the training split is calibrated and measured on the validation split; the model that is written is
    fitted on both, with the calibration of the first.
    The test split stays untouched unless `score_test`: it is for the model that ships, once all is chosen.
    """
    split = split_examples(examples)
    split[Split.VALIDATION] = drop_texts(split[Split.VALIDATION], split[Split.TEST])
    split[Split.TRAIN] = drop_texts(split[Split.TRAIN], [*split[Split.VALIDATION], *split[Split.TEST]])
    _progress(", ".join(f"{name}: {len(part)}" for name, part in split.items()))
    model = _fit(split[Split.TRAIN], settings)
    _progress("calibrating on the validation split")
    calibration = _calibrate(model, split[Split.VALIDATION], settings)
    metrics = {str(Split.VALIDATION): _measure(model, calibration, split[Split.VALIDATION], settings)}
    _progress("fitting again, on training and validation split together")
    model = _fit(split[Split.TRAIN] + split[Split.VALIDATION], settings)
    if score_test:
        metrics[str(Split.TEST)] = _measure(model, calibration, split[Split.TEST], settings)
    _write_model(output, model, calibration)
    write_json(output / METRICS, metrics)
    fields = _describe(output, settings, calibration, split, command)
    write_card(output, fields, metrics)
    write_manifest(output, files=[MODEL_FILE, METRICS, CARD], facts=fields)
    return metrics


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data)."""
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.train", description=__doc__)
    parser.add_argument(
        "--data",
        action="append",
        metavar="KIND[:PATH][@WEIGHT]",
        help="corpus[:FOLDER], real_lines:TEXTS or csv:FILE; may be repeated (default: the committed corpus)",
    )
    parser.add_argument("--output", type=Path, default=EMOTION_MODEL, help="model folder (default: the shipped one)")
    parser.add_argument("--score-test", action="store_true", help="also score the test split: once, for a final model")
    options = parser.parse_args(arguments)
    specs: list[str] = options.data or ["corpus"]
    command = " ".join(["python -m ml.emotion.train", *(f"--data {describe_spec(spec)}" for spec in specs)])
    command += " --score-test" if options.score_test else ""
    try:
        examples = [example for spec in specs for example in load_source(spec)]
        metrics = train(examples, Settings(), options.output, command=command, score_test=options.score_test)
    except DataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for name, groups in metrics.items():
        for group, figures in groups.items():
            print(f"{name:10} {group:10} accuracy {figures['accuracy']:.3f} macro F1 {figures['macro_f1']:.3f}")
    return 0


def _fit(examples: Sequence[Example], settings: Settings) -> LinearModel:
    missing = set(Emotion) - {example.label for example in examples}
    if missing:
        raise DataError(f"no training example of {', '.join(sorted(missing))}: every emotion has to occur")
    _progress("hashing features")
    counts = count_matrix([normalize(example.text) for example in examples], settings.features)
    labels = _label_indices(examples)
    _progress("fitting")
    is_diary = np.array([example.source.startswith(DIARY_SOURCES) for example in examples])
    weights = _balance(np.array([example.weight for example in examples]), labels, is_diary, settings.balance)
    return fit(counts, labels, is_diary, weights, settings.fit)


def _balance(weights: FloatArray, labels: IntArray, is_diary: npt.NDArray[np.bool_], power: float) -> FloatArray:
    """Raise the weights of the rarer emotions of each style, whose sum stays: embarrassment is rare in comments."""
    balanced = weights.copy()
    for style in (is_diary, ~is_diary):
        if style.any():
            totals = np.bincount(labels[style], weights[style], minlength=len(Emotion))
            raised = weights[style] * totals[labels[style]] ** -power
            balanced[style] = raised * weights[style].sum() / raised.sum()
    return np.asarray(balanced / balanced.mean())


def _calibrate(model: LinearModel, examples: Sequence[Example], settings: Settings) -> Calibration:
    units = split_units([example.text for example in examples])
    logits, diary_shares = model.score(hash_batch(units.texts, settings.features), len(units.texts))
    return calibrate(logits, diary_shares, units, _label_indices(examples), settings.coverage)


def _measure(
    model: LinearModel, calibration: Calibration, examples: Sequence[Example], settings: Settings
) -> dict[str, Any]:
    """Figures of one split, for each family of sources ("corpus", "real_lines") and for all together."""
    units = split_units([example.text for example in examples])
    scores = model.score(hash_batch(units.texts, settings.features), len(units.texts))
    probabilities = combine(calibration.temperatures.calibrate(*scores), units, calibration.sentence_share)
    labels = _label_indices(examples)
    families = np.array([example.source.partition("/")[0] for example in examples])
    groups = {str(family): families == family for family in np.unique(families)}
    groups["all"] = np.ones(len(examples), dtype=bool)
    return {
        name: evaluate(probabilities[member], labels[member], calibration.threshold) for name, member in groups.items()
    }


def _label_indices(examples: Sequence[Example]) -> IntArray:
    order = {emotion: index for index, emotion in enumerate(Emotion)}
    return np.array([order[example.label] for example in examples], dtype=np.int64)


def _write_model(output: Path, model: LinearModel, calibration: Calibration) -> None:
    output.mkdir(parents=True, exist_ok=True)
    onnx.save_model(build_graph(model, calibration.temperatures), str(output / MODEL_FILE))


def _describe(
    output: Path,
    settings: Settings,
    calibration: Calibration,
    split: dict[Split, list[Example]],
    command: str,
) -> dict[str, Any]:
    """The fields of the manifest besides the file hashes."""
    return {
        "model_version": f"linear-{hash_file(output / MODEL_FILE)[:12]}",
        "labels": list(Emotion),
        "features": asdict(settings.features),
        "sentence_share": calibration.sentence_share,
        "confidence_threshold": round(calibration.threshold, 6),
        "temperatures": asdict(calibration.temperatures),
        "settings": asdict(settings),
        "command": command,
        "data": {str(name): {"texts": len(part), "sha256": hash_examples(part)} for name, part in split.items()},
        **read_environment(("numpy", "onnx", "onnxruntime", "scikit-learn")),
    }


def _progress(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
