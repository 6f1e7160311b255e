"""`python -m ml.emotion.train`: fit an architecture, calibrate it, measure it, write its folder."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from ml.artifacts import EMOTION_MODEL
from ml.emotion.architectures import NAMES, Architecture, Model, make_architecture, make_settings
from ml.emotion.calibrate import COVERAGE, Calibration, calibrate
from ml.emotion.card import write_card
from ml.emotion.compact.settings import Starts
from ml.emotion.corpora.registry import SPEC_FORM, describe_kinds, describe_spec, load_sources
from ml.emotion.data import (
    Example,
    Split,
    drop_texts,
    hash_examples,
    keep_what_chooses,
    keep_what_teaches,
    split_examples,
)
from ml.emotion.folder import CARD, CONFUSION, METRICS_FILE, NGRAM, RELIABILITY
from ml.emotion.metrics import evaluate, label_indices
from ml.emotion.plots import draw_confusion, draw_reliability
from ml.emotion.soft_labels import describe_soft, read_all_soft_labels
from ml.emotion.units import FloatArray, combine, split_units
from ml.errors import DataError, ModelError
from ml.files import write_json
from ml.labels import Emotion
from ml.manifest import hash_files, read_environment, write_manifest

Parts = dict[Split, list[Example]]


def train(
    examples: Sequence[Example],
    architecture: Architecture,
    output: Path,
    *,
    command: str,
    score_test: bool = False,
    refits: bool = True,
    state: Path | None = None,
) -> dict[str, Any]:
    """Train on the split of `examples`, write the model folder, return its metrics by split and group of sources.

    A first fit on the training split is calibrated on the validation split, without what is measured apart, and
    measured on all of it; where it `refits`, what the architecture can refit is then fitted on both, with the
    calibration of the first. `state` is where an interrupted run goes on (default: beside the output). The test split
    stays untouched unless `score_test`: it is for the model that ships.
    """
    parts = split_for_training(examples)
    choosing = keep_what_chooses(parts[Split.VALIDATION])
    progress(", ".join(f"{name}: {len(part)}" for name, part in parts.items()))
    state = state or output.with_name(f"{output.name}.training")
    model = architecture.fit(parts[Split.TRAIN], choosing, state)
    progress("calibrating on the validation split")
    calibration = calibrate_model(model, choosing)
    metrics = {str(Split.VALIDATION): measure(model, calibration, parts[Split.VALIDATION])}
    if refits and architecture.refit:
        progress("fitting again, on training and validation split together")
        model = architecture.refit(model, parts[Split.TRAIN] + keep_what_teaches(parts[Split.VALIDATION]))
    if score_test:
        metrics[str(Split.TEST)] = measure(model, calibration, parts[Split.TEST])
    write_folder(output, architecture, model, calibration, parts, metrics, command=command, is_refitted=refits)
    return metrics


def split_for_training(examples: Sequence[Example]) -> Parts:
    """The fixed split; parts that measure have one label for each text.

    Out of the training part are texts that also occur in a part that measures, and what has no weight.
    """
    parts = split_examples(examples)
    for split in (Split.VALIDATION, Split.TEST):
        parts[split] = [replace(example, shares=()) for example in parts[split]]
    parts[Split.VALIDATION] = drop_texts(parts[Split.VALIDATION], parts[Split.TEST])
    teaches = keep_what_teaches(parts[Split.TRAIN])
    parts[Split.TRAIN] = drop_texts(teaches, [*parts[Split.VALIDATION], *parts[Split.TEST]])
    return parts


def calibrate_model(model: Model, examples: Sequence[Example]) -> Calibration:
    """Choose temperatures, share of the sentences and confidence threshold on examples that training did not see."""
    units = split_units([example.text for example in examples])
    return calibrate(*model.score(units), units, label_indices(example.label for example in examples), COVERAGE)


def measure(model: Model, calibration: Calibration, examples: Sequence[Example]) -> dict[str, Any]:
    """Figures for each family of sources ("corpus", "real_lines" …) and for all together."""
    units = split_units([example.text for example in examples])
    scores = model.score(units)
    probabilities = combine(calibration.temperatures.calibrate(*scores), units, calibration.sentence_share)
    return evaluate_families(probabilities, examples, calibration.threshold)


def evaluate_families(probabilities: FloatArray, examples: Sequence[Example], threshold: float) -> dict[str, Any]:
    """The same for what any model says of the examples, (n, 6), with its threshold.

    "all" is without what only measures, so that it stays what it was before there were such lines.
    """
    labels = label_indices(example.label for example in examples)
    families = np.array([example.source.partition("/")[0] for example in examples])
    groups = {str(family): families == family for family in np.unique(families)}
    chosen_on = np.array([not example.only_measures for example in examples])
    groups["all"] = chosen_on if chosen_on.any() else ~chosen_on  # as keep_what_chooses does
    return {name: evaluate(probabilities[member], labels[member], threshold) for name, member in groups.items()}


def write_folder(
    output: Path,
    architecture: Architecture,
    model: Model,
    calibration: Calibration,
    parts: Parts,
    metrics: dict[str, Any],
    *,
    command: str,
    is_refitted: bool,
) -> None:
    """Write model, metrics, card, pictures and manifest."""
    output.mkdir(parents=True, exist_ok=True)
    files = model.save(output, calibration.temperatures)
    write_json(output / METRICS_FILE, metrics)
    fields = {
        "architecture": architecture.name,
        "labels": list(Emotion),
        "model_version": f"{architecture.name}-{hash_files(output, files)[:12]}",
        "sentence_share": calibration.sentence_share,
        "confidence_threshold": round(calibration.threshold, 6),
        "temperatures": asdict(calibration.temperatures),
        "settings": _hide_paths(asdict(architecture.settings)),
        "command": command,
        "is_refitted": is_refitted and architecture.refit is not None,
        "data": {str(name): {"texts": len(part), "sha256": hash_examples(part)} for name, part in parts.items()},
        **read_environment(architecture.packages),
    }
    if soft := architecture.soft:
        fields["soft"] = describe_soft(soft)
    if architecture.started_from:
        fields["started_from"] = architecture.started_from
    if architecture.pieces_from:
        fields["pieces_from"] = architecture.pieces_from
    fields |= architecture.inherited
    if architecture.name in NGRAM:
        fields["features"] = asdict(architecture.settings.features)
    write_card(output, fields, metrics)
    write_manifest(output, files=[*files, METRICS_FILE, CARD, *_draw(output, metrics)], facts=fields)


def _hide_paths(value: Any, name: str = "") -> Any:
    """Settings without where a checkpoint lay: a path says nothing to others, and something of its writer."""
    if isinstance(value, dict):
        return {key: _hide_paths(inner, key) for key, inner in value.items()}
    is_path = name == "checkpoint" and Path(value).is_absolute()
    return f"PATH/{Path(value).name}" if is_path else value


def _draw(output: Path, metrics: dict[str, Any]) -> list[str]:
    """Draw the figures of the last split that was scored; return the names of the pictures."""
    split, groups = list(metrics.items())[-1]
    draw_confusion(groups["all"]["confusion"], f"{split} split", output / CONFUSION)
    draw_reliability(groups["all"]["reliability"], f"{split} split", output / RELIABILITY)
    return [CONFUSION, RELIABILITY]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data or a missing package, 130 when it was interrupted)."""
    options = _parser().parse_args(arguments)
    specs: list[str] = options.data or ["corpus"]
    try:
        _refuse_overwriting(options)
        settings = make_settings(
            options.arch,
            analyzer=options.analyzer,
            stopwords=options.stopwords,
            checkpoint=options.checkpoint,
            changes=options.set,
        )
        soft = read_all_soft_labels(options.soft)
        starts = Starts(options.start, options.pieces)
        architecture = make_architecture(options.arch, settings, soft, starts, options.networks)
        metrics = train(
            load_sources(specs),
            architecture,
            options.output,
            command=_describe_command(options, specs),
            score_test=options.score_test,
            refits=not options.teacher,
            state=options.state,
        )
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped: the same command goes on from the last state that was saved", file=sys.stderr)
        return 130
    print_figures(metrics)
    return 0


def print_figures(metrics: dict[str, Any]) -> None:
    """Print accuracy and macro F1 of each split and group that `train` measured."""
    for name, groups in metrics.items():
        for group, figures in groups.items():
            print(f"{name:10} {group:10} accuracy {figures['accuracy']:.3f} macro F1 {figures['macro_f1']:.3f}")


def progress(message: str) -> None:
    """Tell whoever waits what is being done."""
    print(message, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.train", description=__doc__)
    parser.add_argument("--arch", choices=NAMES, default="compact", help="default: %(default)s")
    parser.add_argument(
        "--data",
        action="append",
        metavar=SPEC_FORM,
        help=f"may be repeated (default: corpus, the committed one); the kinds: {describe_kinds()}",
    )
    parser.add_argument(
        "--soft",
        type=Path,
        action="append",
        default=[],
        help="of compact: what ml.emotion.distil wrote, which trains its networks; may be repeated",
    )
    parser.add_argument(
        "--start",
        type=Path,
        help="of compact with --soft: a model folder whose word network the new one starts from",
    )
    parser.add_argument(
        "--pieces",
        type=Path,
        help="of compact with --soft, for a piece network beside the other: a folder of "
        "ml.emotion.pieces.universal, pieces/best of a run's state, or a model",
    )
    parser.add_argument("--analyzer", choices=("okt", "komoran", "hannanum"), default="okt", help="of lstm")
    parser.add_argument("--stopwords", default="pos", help="of lstm: pos (by part of speech), none, or a file")
    parser.add_argument("--checkpoint", default="", help="of hybrid and transformer: a Hugging Face id or a folder")
    parser.add_argument(
        "--networks", type=Path, help="of hybrid: a compact model, whose networks read beside the encoder"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="change a setting, such as seed=1; repeatable"
    )
    parser.add_argument("--output", type=Path, default=EMOTION_MODEL, help="model folder (default: the shipped one)")
    parser.add_argument("--state", type=Path, help="where an interrupted run goes on (default: OUTPUT.training)")
    parser.add_argument(
        "--teacher",
        action="store_true",
        help="for ml.emotion.distil: no second fit, which would hand what it has seen of the validation split on",
    )
    parser.add_argument("--score-test", action="store_true", help="also score the test split: once, for a final model")
    return parser


def _refuse_overwriting(options: argparse.Namespace) -> None:
    """Raises DataError where the output is a model that the new one is made of."""
    for name in ("start", "pieces", "networks"):
        folder = getattr(options, name)
        if folder and folder.resolve() == options.output.resolve():
            raise DataError(f"--{name}: is the output, which would overwrite it. Name another --output.")


def _describe_command(options: argparse.Namespace, specs: Sequence[str]) -> str:
    """The command that was given, without paths."""
    words = ["python -m ml.emotion.train"]
    if options.arch != "compact":
        words.append(f"--arch {options.arch}")
    if options.arch == "lstm":
        words.append(f"--analyzer {options.analyzer}")
    words += [f"--data {describe_spec(spec)}" for spec in specs] + ["--soft SOFT"] * len(options.soft)
    words += ["--start START"] * bool(options.start) + ["--pieces PIECES"] * bool(options.pieces)
    words += ["--networks MODEL"] * bool(options.networks)
    words += [f"--set {change}" for change in options.set]
    words += ["--teacher"] * options.teacher + ["--score-test"] * options.score_test
    return " ".join(words)


if __name__ == "__main__":
    sys.exit(main())
