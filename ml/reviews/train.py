"""`python -m ml.reviews.train`: fit a classifier of English review sentences, measure it, write its folder."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import f1_score

from ml.errors import DataError, ModelError
from ml.files import hash_file, write_json
from ml.manifest import hash_files, read_environment, write_manifest
from ml.options import change_settings
from ml.reviews.architectures import COMPACT, NAMES, Architecture, make_architecture, make_settings
from ml.reviews.data import LABELS, LabelledText, read_dair, read_goemotions, thin_neutral
from ml.reviews.predict import METRICS, Classifier, load_classifier

# dair-ai's sentences are what the accuracy is measured on; GoEmotions' teach what dair-ai lacks, and count half.
GOEMOTIONS_WEIGHT = 0.5
# Two of three comments are neutral: the fourth part of them teaches it as well, in half of the time.
NEUTRAL_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Material:
    """What to learn from, what to choose the best epoch on, and the SHA-256 of each file by folder and name."""

    train: list[LabelledText]
    validation: list[LabelledText]
    hashes: dict[str, str]


def read_material(dair: Path, goemotions: Path | None) -> Material:
    """dair-ai's train and validation split, and GoEmotions' train split where its folder is given. DataError."""
    files = [dair / "train.txt", dair / "val.txt"]
    train, validation = read_dair(files[0]), read_dair(files[1])
    if goemotions:
        files.append(goemotions / "train.tsv")
        comments = read_goemotions(files[2], goemotions / "labels.txt", weight=GOEMOTIONS_WEIGHT)
        train += thin_neutral(comments, share=NEUTRAL_SHARE)
    return Material(train, validation, {f"{path.parent.name}/{path.name}": hash_file(path) for path in files})


def train(material: Material, architecture: Architecture, output: Path, *, state: Path, command: str) -> Classifier:
    """Fit on the material and write the model folder; its metrics are of the validation split, as it will serve.

    An interrupted fine-tuning goes on from the folder `state`. Raises DataError and ModelError.
    """
    output.mkdir(parents=True, exist_ok=True)
    files = architecture.fit(material.train, material.validation, state, output)
    facts = {
        "architecture": architecture.name,
        "version": f"reviews-{architecture.name}-{hash_files(output, files)[:12]}",
        "settings": _describe_settings(architecture.settings),
        "labels": list(LABELS),
        "command": command,
        "data": material.hashes,
        **read_environment(architecture.packages),
    }
    write_manifest(output, files=files, facts=facts)
    classifier = load_classifier(output)
    validation = measure(classifier, material.validation)
    write_json(output / METRICS, {"version": classifier.version, "validation": validation})
    return classifier


def _describe_settings(settings: Any) -> dict[str, Any]:
    """The settings, without the path to a checkpoint's folder."""
    described = asdict(settings)
    if checkpoint := described.get("checkpoint"):
        described["checkpoint"] = Path(checkpoint).name if Path(checkpoint).is_dir() else checkpoint
    return described


def measure(classifier: Classifier, examples: Sequence[LabelledText]) -> dict[str, float]:
    """Accuracy and macro F1 over dair-ai's six labels; neutral is no answer there."""
    truth = [example.label for example in examples]
    six = classifier.predict([example.text for example in examples])[:, :-1]
    guessed = [LABELS[column] for column in six.argmax(axis=1)]
    return {
        "examples": len(truth),
        "accuracy": round(float(np.mean(np.array(guessed) == np.array(truth))), 4),
        "macro_f1": round(float(f1_score(truth, guessed, average="macro")), 4),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data or a missing package, 130 when it was interrupted)."""
    options = _parser().parse_args(arguments)
    try:
        settings: Any = change_settings(make_settings(options.arch, options.checkpoint), options.set)
        material = read_material(options.dair, options.goemotions)
        print(f"training on {len(material.train):,} sentences …", file=sys.stderr)
        classifier = train(
            material,
            make_architecture(options.arch, settings),
            options.output,
            state=options.state or options.output.with_name(f"{options.output.name}.training"),
            command=_describe_command(options),
        )
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped: the same command goes on from the last state that was saved", file=sys.stderr)
        return 130
    print(f"{classifier.version}: {(options.output / METRICS).read_text(encoding='utf-8').strip()}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.reviews.train", description=__doc__)
    parser.add_argument("--arch", choices=NAMES, default=COMPACT, help="default: %(default)s")
    parser.add_argument("--checkpoint", default="", help="of transformer and compact: a Hugging Face id or a folder")
    parser.add_argument("--dair", type=Path, required=True, help="folder with train.txt and val.txt (sentence;label)")
    parser.add_argument("--goemotions", type=Path, help="folder with train.tsv and labels.txt")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="change a setting, such as seed=1; repeatable"
    )
    parser.add_argument("--output", type=Path, required=True, help="folder for the model")
    parser.add_argument("--state", type=Path, help="where an interrupted run goes on (default: OUTPUT.training)")
    return parser


def _describe_command(options: argparse.Namespace) -> str:
    """The command that was given, without paths."""
    words = [f"python -m ml.reviews.train --arch {options.arch}"]
    if options.checkpoint:
        words.append(f"--checkpoint {Path(options.checkpoint).name}")
    words += ["--dair PATH"] + ["--goemotions PATH"] * bool(options.goemotions)
    return " ".join(words + [f"--set {change}" for change in options.set])


if __name__ == "__main__":
    sys.exit(main())
