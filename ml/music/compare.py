"""`python -m ml.music.compare`: the architectures side by side, on the same folds, and on tracks of another source.

The table is Markdown; confusion matrices are drawn as PNG. A row that is in WORK already, of the same settings, data
and folds, is not computed again.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ml.errors import DataError, ModelError
from ml.files import hash_file, write_json
from ml.labels import Mood
from ml.music.architectures import make_estimator
from ml.music.data import LabelledTracks, read_moods
from ml.music.evaluate import THREE, Folds, cross_validate_choice, three_moods
from ml.music.settings import (
    BOOSTING,
    FOREST,
    KERAS,
    LINEAR,
    NAMES,
    SVM,
    VOTE,
    KerasSettings,
    LinearSettings,
    Settings,
    default_settings,
)
from ml.music.train import measure, require_all_moods
from ml.pictures import draw_table

TABLE = "comparison.md"
_PARTS = ("cross_validation", "cross_validation_three", "elsewhere", "elsewhere_three")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row of the table; `name` is that of its files."""

    name: str
    title: str
    settings: Settings


def candidates(names: Sequence[str]) -> list[Candidate]:
    """The rows for the architectures named."""
    quadratic = LinearSettings(degree=2, inverse_regularisation=0.01)
    rows = {
        KERAS: [
            Candidate(KERAS, "keras: the original's 8 ReLUs, 300 epochs", KerasSettings()),
            Candidate("keras-trained", "keras, learning rate 0.01", KerasSettings(learning_rate=0.01)),
        ],
        LINEAR: [
            Candidate(LINEAR, "linear: logistic regression", default_settings(LINEAR)),
            Candidate("quadratic", "linear, degree 2", quadratic),
        ],
        SVM: [Candidate(SVM, "svm", default_settings(SVM))],
        FOREST: [Candidate(FOREST, "forest: extremely randomised trees", default_settings(FOREST))],
        BOOSTING: [Candidate(BOOSTING, "boosting", default_settings(BOOSTING))],
        VOTE: [Candidate(VOTE, "**vote** of linear, svm, forest, boosting", default_settings(VOTE))],
    }
    return [row for name in names for row in rows[name]]


def compare(
    rows: Sequence[Candidate], data: Path, check: Path | None, work: Path, folds: Folds
) -> dict[str, dict[str, Any]]:
    """The figures of each row, by name. Raises DataError and ModelError."""
    tracks, other = read_moods(data), read_moods(check) if check else None
    require_all_moods(tracks, data)
    hashes = [hash_file(path) for path in (data, check) if path]
    return {row.name: _compare_one(row, tracks, other, work, folds, hashes) for row in rows}


def choose(data: Path, work: Path, folds: Folds) -> dict[str, Any]:
    """Nested cross-validation of choosing among the rows but Keras' and their soft votes."""
    tracks = read_moods(data)
    pool = {row.name: make_estimator(row.settings) for row in candidates((LINEAR, SVM, FOREST, BOOSTING))}
    found = {
        "four": cross_validate_choice(pool, tracks, folds, title="choosing, four moods"),
        "three": cross_validate_choice(pool, three_moods(tracks), folds, title="choosing, three moods"),
    }
    work.mkdir(parents=True, exist_ok=True)
    write_json(work / "choice.json", found)
    return found


def write_table(
    rows: Sequence[Candidate], figures: dict[str, dict[str, Any]], choice: dict[str, Any] | None, work: Path
) -> Path:
    """Write the table and the pictures; return the table's path."""
    parts = [part for part in _PARTS if part in figures[rows[0].name]]
    heads = [f"{_head(part)} ({figures[rows[0].name][part]['tracks']})" for part in parts]
    lines = [f"| model | {' | '.join(heads)} | log loss |", "|---" * (2 + len(parts)) + "|"]
    for row in rows:
        found = figures[row.name]
        cells = [_cell(found[part]) for part in parts]
        lines.append(f"| {row.title} | {' | '.join(cells)} | {found['cross_validation']['log_loss_mean']:.3f} |")
        for part in parts:
            names = [mood.value for mood in Mood][: THREE if part.endswith("three") else None]
            path = work / f"confusion-{row.name}-{part.replace('_', '-')}.png"
            draw_table(found[part]["confusion"], names, f"{row.name}, {_head(part)}", path)
    if choice:
        cells = [_cell(choice[part]) for part in ("four", "three")]
        rest = "| – " * (len(parts) - 2)
        lines.append(f"| chosen anew in each fold (nested) | {' | '.join(cells)} {rest}| – |")
    path = work / TABLE
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data or a missing package, 130 when it was interrupted)."""
    parser = argparse.ArgumentParser(prog="python -m ml.music.compare", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="CSV of labelled tracks")
    parser.add_argument("--check", type=Path, help="CSV of labelled tracks of another source")
    parser.add_argument("--work", type=Path, required=True, help="folder of the figures, the table and the pictures")
    parser.add_argument("--arch", action="append", choices=NAMES, help="default: all")
    parser.add_argument("--folds", type=int, default=Folds().folds)
    parser.add_argument("--repeats", type=int, default=Folds().repeats)
    parser.add_argument("--nested", type=int, default=0, metavar="REPEATS", help="also cross-validate the choice")
    options = parser.parse_args(arguments)
    rows = candidates(options.arch or NAMES)
    try:
        figures = compare(rows, options.data, options.check, options.work, Folds(options.folds, options.repeats))
        choice = choose(options.data, options.work, Folds(options.folds, options.nested)) if options.nested else None
        table = write_table(rows, figures, choice, options.work)
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped: the same command goes on from here", file=sys.stderr)
        return 130
    print(table.read_text(encoding="utf-8"))
    return 0


def _compare_one(
    row: Candidate,
    tracks: LabelledTracks,
    other: LabelledTracks | None,
    work: Path,
    folds: Folds,
    hashes: Sequence[str],
) -> dict[str, Any]:
    run = {"settings": asdict(row.settings), "folds": asdict(folds), "data": list(hashes)}
    record = work / f"{row.name}.json"
    saved = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    if saved.get("run") != run:
        saved = {"run": run, "metrics": measure(row.settings, tracks, other, folds, title=row.name)}
        work.mkdir(parents=True, exist_ok=True)
        write_json(record, saved)
    metrics: dict[str, Any] = saved["metrics"]
    return metrics


def _head(part: str) -> str:
    where = "another source" if part.startswith("elsewhere") else "cross-validation"
    return f"{where}, {'three' if part.endswith('three') else 'four'} moods"


def _cell(figures: dict[str, Any]) -> str:
    if "accuracy" in figures:
        return f"{figures['accuracy']:.3f}"
    return f"{figures['accuracy_mean']:.3f} ± {figures['accuracy_std']:.3f}"


if __name__ == "__main__":
    sys.exit(main())
