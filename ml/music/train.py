"""`python -m ml.music.train`: cross-validate an architecture, fit it on all labelled tracks, write its folder."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ml.errors import DataError, ModelError
from ml.files import hash_file, write_json
from ml.labels import Mood
from ml.manifest import hash_files, read_environment, write_manifest
from ml.music.architectures import make_estimator, packages_of
from ml.music.card import write_card
from ml.music.data import INPUTS, LabelledTracks, read_moods
from ml.music.evaluate import Folds, check_elsewhere, cross_validate, three_moods
from ml.music.folder import CARD, CONFUSION, METRICS_FILE, MODEL_FILE
from ml.music.graph import build_graph
from ml.music.predict import MoodClassifier
from ml.music.settings import NAMES, VOTE, Settings, default_settings
from ml.options import change_settings
from ml.pictures import draw_table


def measure(
    settings: Settings, tracks: LabelledTracks, other: LabelledTracks | None, folds: Folds, *, title: str
) -> dict[str, Any]:
    """Figures of cross-validation over four moods and three, and on tracks of another source where they are given."""
    estimator = make_estimator(settings)
    three = three_moods(tracks)
    metrics: dict[str, Any] = {
        "cross_validation": cross_validate(estimator, tracks, folds, title=f"{title}, four moods"),
        "cross_validation_three": cross_validate(estimator, three, folds, title=f"{title}, three moods"),
    }
    if other is not None:
        metrics["elsewhere"] = check_elsewhere(estimator, tracks, other)
        metrics["elsewhere_three"] = check_elsewhere(estimator, three, three_moods(other))
    return metrics


def save(
    folder: Path, name: str, settings: Settings, tracks: LabelledTracks, metrics: dict[str, Any], facts: dict[str, Any]
) -> MoodClassifier:
    """Fit on all tracks; write graph, metrics, card, picture and manifest; read the model back.

    Raises ModelError when a mood is missing from the tracks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    proto = build_graph(make_estimator(settings).fit(tracks.inputs, tracks.moods))
    (folder / MODEL_FILE).write_bytes(proto.SerializeToString(deterministic=True))
    version = f"music-{name}-{hash_files(folder, [MODEL_FILE])[:12]}"
    facts = {
        **facts,
        "architecture": name,
        "version": version,
        "inputs": list(INPUTS),
        "moods": [mood.value for mood in Mood],
        "settings": asdict(settings),
        **read_environment(packages_of(settings)),
    }
    write_json(folder / METRICS_FILE, {"version": version, **metrics})
    write_card(folder, facts, metrics)
    files = [MODEL_FILE, METRICS_FILE, CARD]
    if "cross_validation" in metrics:
        table = metrics["cross_validation"]["confusion"]
        draw_table(table, [mood.value for mood in Mood], f"{name}, cross-validation", folder / CONFUSION)
        files.append(CONFUSION)
    write_manifest(folder, files=files, facts=facts)
    return MoodClassifier.load(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data or a missing package, 130 when it was interrupted)."""
    options = _parser().parse_args(arguments)
    try:
        settings = change_settings(default_settings(options.arch), options.set)
        tracks, other = read_moods(options.data), read_moods(options.check) if options.check else None
        require_all_moods(tracks, options.data)
        metrics = measure(settings, tracks, other, Folds(options.folds, options.repeats), title=options.arch)
        paths = [path for path in (options.data, options.check) if path]
        facts = {"command": _describe_command(options), "data": {path.name: hash_file(path) for path in paths}}
        classifier = save(options.output, options.arch, settings, tracks, metrics, facts)
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped: nothing was written", file=sys.stderr)
        return 130
    for name, figures in metrics.items():
        accuracy = figures.get("accuracy", figures.get("accuracy_mean"))
        print(f"{name:24} {figures['tracks']:5} tracks, accuracy {accuracy:.3f}")
    print(f"{classifier.version} → {options.output}")
    return 0


def require_all_moods(tracks: LabelledTracks, path: Path) -> None:
    """Raise DataError that names the moods which do not occur."""
    counts = np.bincount(tracks.moods, minlength=len(Mood))
    missing = [mood.value for mood, count in zip(Mood, counts, strict=True) if not count]
    if missing:
        raise DataError(f"{path}: column mood: no track is {', '.join(missing)}; all four moods are needed")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.music.train", description=__doc__)
    parser.add_argument("--arch", choices=NAMES, default=VOTE, help="default: %(default)s")
    parser.add_argument("--data", type=Path, required=True, help="CSV of labelled tracks")
    parser.add_argument("--check", type=Path, help="CSV of labelled tracks of another source, to be tested on")
    parser.add_argument("--output", type=Path, required=True, help="folder for the model")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="change a setting, such as seed=1; repeatable"
    )
    parser.add_argument("--folds", type=int, default=Folds().folds, help="of the cross-validation (%(default)s)")
    parser.add_argument("--repeats", type=int, default=Folds().repeats, help="of the cross-validation (%(default)s)")
    return parser


def _describe_command(options: argparse.Namespace) -> str:
    """The command that was given, without folders."""
    words = [f"python -m ml.music.train --arch {options.arch} --data PATH/{options.data.name}"]
    if options.check:
        words.append(f"--check PATH/{options.check.name}")
    words += [f"--set {change}" for change in options.set]
    if (options.folds, options.repeats) != (Folds().folds, Folds().repeats):
        words.append(f"--folds {options.folds} --repeats {options.repeats}")
    return " ".join([*words, "--output DIR"])


if __name__ == "__main__":
    sys.exit(main())
