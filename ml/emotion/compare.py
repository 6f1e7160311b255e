"""`python -m ml.emotion.compare`: train the architectures on one split, score them on its test part, side by side.

The table is Markdown; a confusion matrix of each model is drawn as PNG. Each model is trained in its own folder under
WORK, and one that is there already, trained by the same command, is not trained again. `--model` adds one that is
ready, such as the one that ships, whatever else it has learned from.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ml.emotion.architectures import make_architecture, make_settings
from ml.emotion.corpora.registry import SPEC_FORM, describe_spec, load_sources
from ml.emotion.data import Example, Split, hash_examples
from ml.emotion.folder import HYBRID, METRICS_FILE, TRAINER
from ml.emotion.plots import draw_confusion
from ml.emotion.predict import Predictor
from ml.emotion.profile import Profile, profile_model
from ml.emotion.train import evaluate_families, progress, split_for_training, train
from ml.errors import DataError, ModelError
from ml.files import write_json
from ml.labels import EMOTION_KOREAN, Emotion
from ml.manifest import read_manifest

TABLE = "comparison.md"
RUN = "comparison.json"
ANALYZERS = ("okt", "komoran", "hannanum")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row of the table: an architecture and the options that shape it."""

    title: str
    architecture: str
    analyzer: str = "okt"
    checkpoint: str = ""
    changes: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """A name for its folder and its picture."""
        return re.sub(r"[^0-9a-z]+", "-", self.title.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class Row:
    """What came out for a candidate: the figures of the test split by group of sources, and what the model costs.

    training_s: None for a model that was ready.
    """

    candidate: Candidate
    figures: dict[str, Any]
    training_s: float | None
    profile: Profile


def candidates(
    names: Sequence[str], checkpoints: Sequence[str], changes: Sequence[str], encoder: str = ""
) -> list[Candidate]:
    """The rows for the architectures named; `lstm` stands for one with each analyser. `encoder` adds `hybrid`."""
    rows = []
    for name in names:
        if name == "lstm":
            rows += [
                Candidate(f"LSTM, {analyzer.capitalize()}", "lstm", analyzer, changes=tuple(changes))
                for analyzer in ANALYZERS
            ]
        else:
            rows.append(Candidate(name, name))
    if encoder:
        rows.append(Candidate(HYBRID, HYBRID, checkpoint=encoder))
    return rows + [Candidate(checkpoint, "transformer", checkpoint=checkpoint) for checkpoint in checkpoints]


def compare(rows: Sequence[Candidate], examples: Sequence[Example], work: Path, *, repeats: int) -> list[Row]:
    """Train, score and measure each candidate. Raises DataError and ModelError."""
    return [_compare_one(candidate, examples, work / candidate.folder, repeats=repeats) for candidate in rows]


def measure_ready(folder: Path, examples: Sequence[Example], *, repeats: int) -> Row:
    """Score and measure the model in a folder as it is. Raises ModelError."""
    predictor = Predictor.load(folder)
    manifest = read_manifest(folder, trainer=TRAINER)
    test = split_for_training(examples)[Split.TEST]
    progress(f"measuring {predictor.model_version}")
    answers = predictor.predict([example.text for example in test])
    probabilities = np.array([[answer.scores[emotion] for emotion in Emotion] for answer in answers])
    figures = evaluate_families(probabilities, test, float(manifest["confidence_threshold"]))
    candidate = Candidate(predictor.model_version, str(manifest["architecture"]))
    return Row(candidate, figures, None, profile_model(folder, repeats=repeats))


def write_table(rows: Sequence[Row], work: Path, *, command: str) -> Path:
    """Write the table and the pictures; return the table's path."""
    groups = [group for group in rows[0].figures if len(rows[0].figures) > 2 or group != "all"]
    lines = [f"Made by `{command}`. Latency and memory: one core, {_environment()}.", ""]
    for group in groups:
        lines += [f"### {group}, test split ({rows[0].figures[group]['texts']} texts)", "", *_figures(rows, group), ""]
    lines += ["### Cost", "", *_costs(rows)]
    for row in rows:
        table = row.figures["all"]["confusion"]
        draw_confusion(table, row.candidate.title, work / f"confusion-{row.candidate.folder}.png")
    path = work / TABLE
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data or a missing package, 130 when it was interrupted)."""
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.compare", description=__doc__)
    parser.add_argument("--data", action="append", metavar=SPEC_FORM, help="as of ml.emotion.train (default: corpus)")
    parser.add_argument("--arch", action="append", choices=("linear", "compact", "lstm"), help="default: all three")
    parser.add_argument("--checkpoint", action="append", default=[], help="a transformer's id or folder; repeatable")
    parser.add_argument("--model", type=Path, action="append", default=[], help="a ready model's folder; repeatable")
    parser.add_argument("--encoder", default="", help="the checkpoint of hybrid, which is left out without one")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the LSTMs")
    parser.add_argument("--repeats", type=int, default=300, help="predictions that are timed")
    parser.add_argument("--work", type=Path, required=True, help="folder of the models, the table and the pictures")
    options = parser.parse_args(arguments)
    specs = options.data or ["corpus"]
    names = options.arch or ["lstm", "linear", "compact"]
    command = " ".join(["python -m ml.emotion.compare", *(f"--data {describe_spec(spec)}" for spec in specs)])
    if options.encoder:
        command += " --encoder DIR"
    command += " --model DIR" * len(options.model)
    try:
        rows = candidates(names, options.checkpoint, options.set, options.encoder)
        examples = load_sources(specs)
        # First, so that a folder that is no model is told before an hour of training.
        ready = [measure_ready(folder, examples, repeats=options.repeats) for folder in options.model]
        found = [*compare(rows, examples, options.work, repeats=options.repeats), *ready]
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped: the same command goes on from here", file=sys.stderr)
        return 130
    print(write_table(found, options.work, command=command).read_text(encoding="utf-8"))
    return 0


def _compare_one(candidate: Candidate, examples: Sequence[Example], folder: Path, *, repeats: int) -> Row:
    settings = make_settings(
        candidate.architecture,
        analyzer=candidate.analyzer,
        checkpoint=candidate.checkpoint,
        changes=candidate.changes,
    )
    run = {"candidate": asdict(candidate), "settings": asdict(settings), "data": hash_examples(examples)}
    run = json.loads(json.dumps(run))  # tuples and paths as they come back
    record = folder / RUN
    saved = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    if saved.get("run") != run:
        progress(f"training {candidate.title}")
        started = time.perf_counter()
        architecture = make_architecture(candidate.architecture, settings)
        train(examples, architecture, folder, command="python -m ml.emotion.compare", score_test=True)
        saved = {"run": run, "training_s": round(time.perf_counter() - started)}
        write_json(record, saved)
    progress(f"measuring {candidate.title}")
    metrics = json.loads((folder / METRICS_FILE).read_text(encoding="utf-8"))
    return Row(candidate, metrics["test"], saved["training_s"], profile_model(folder, repeats=repeats))


def _figures(rows: Sequence[Row], group: str) -> list[str]:
    names = " | ".join(f"F1 {EMOTION_KOREAN[emotion]}" for emotion in Emotion)
    lines = [f"| model | accuracy | macro F1 | {names} | calibration error |", "|---" * (4 + len(Emotion)) + "|"]
    for row in rows:
        figures = row.figures[group]
        f1 = " | ".join(f"{figures['f1'][emotion]:.3f}" for emotion in Emotion)
        lines.append(
            f"| {row.candidate.title} | {figures['accuracy']:.3f} | {figures['macro_f1']:.3f} | {f1} "
            f"| {figures['expected_calibration_error']:.3f} |"
        )
    return lines


def _costs(rows: Sequence[Row]) -> list[str]:
    sizes = [latency.characters for latency in rows[0].profile.latencies]
    head = " | ".join(f"{size} characters p50 / p99 ms" for size in sizes)
    lines = [
        f"| model | training s | size MiB | load ms | resident MiB | {head} |",
        "|---" * (5 + len(sizes)) + "|",
    ]
    for row in rows:
        times = " | ".join(f"{latency.p50_ms:.1f} / {latency.p99_ms:.1f}" for latency in row.profile.latencies)
        training_s = "–" if row.training_s is None else f"{row.training_s:.0f}"
        cost = f"{training_s} | {row.profile.size_mb:.1f} | {row.profile.load_ms:.0f}"
        lines.append(f"| {row.candidate.title} | {cost} | {row.profile.resident_mb:.0f} | {times} |")
    return lines


def _environment() -> str:
    return f"Python {sys.version_info.major}.{sys.version_info.minor}, memory over a process with numpy alone"


if __name__ == "__main__":
    sys.exit(main())
