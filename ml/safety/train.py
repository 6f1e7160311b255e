"""`python -m ml.safety.train --output DIR`: the crisis model, from the phrases and the corpus of this repository.

Each of the strangers (c to f, k to z, aa to al) is left out once, together with a part of the corpus: on these the
threshold is chosen and the figures are made. The model itself then learns from all of them. `--score-test` scores the
test authors with it; that is for the model that ships, and for nothing before.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from ml.errors import DataError
from ml.files import hash_file, write_json
from ml.manifest import read_environment, write_manifest
from ml.options import change_settings
from ml.safety.card import write_card
from ml.safety.figures import Figures, count_figures, score
from ml.safety.fit import BoolArray, CrisisSettings, Windows, choose_threshold, cut_windows, fit, score_texts
from ml.safety.model import MODEL_FILE, CrisisModel, FloatArray
from ml.safety.phrases import FILES, STRANGERS, TEST_AUTHORS, Phrase, read_phrases
from ml.safety.rules import find_crisis
from ml.safety.training_texts import CORPUS, ENTRY, TrainingTexts, gather

METRICS = "metrics.json"
PACKAGES = ("numpy", "scikit-learn", "scipy")
# Other limits of the entries' alarms, so that whoever wants another balance sees what it costs.
LIMITS = (0.003, 0.005, 0.01, 0.02)


def cross_validate(texts: TrainingTexts, windows: Windows, settings: CrisisSettings) -> FloatArray:
    """Each text's score by a model that has not learned from its author or, for an entry, its fold; else nan."""
    scores = np.full(len(texts.texts), np.nan)
    for fold, stranger in enumerate(STRANGERS):
        is_left_out = texts.by(stranger) | (np.array(texts.folds) == fold)
        model = fit(windows, texts.is_crisis, ~is_left_out, settings)
        scores[is_left_out] = score_texts(model, windows)[is_left_out]
    return scores


def train(
    phrases: Sequence[Phrase], settings: CrisisSettings, corpus: Path = CORPUS
) -> tuple[CrisisModel, dict[str, Any]]:
    """The model and its cross-validated figures. Raises DataError."""
    texts = gather(phrases, corpus)
    windows = cut_windows(texts.texts)
    scores = cross_validate(texts, windows, settings)
    by_strangers, by_entries = texts.by(*STRANGERS), texts.by(ENTRY)
    no_crisis = scores[by_strangers & ~texts.is_crisis]
    threshold = choose_threshold(no_crisis, scores[by_entries], settings)
    model = fit(windows, texts.is_crisis, np.ones(len(texts.texts), dtype=bool), settings)
    return replace(model, threshold=threshold), {
        "left_out": _by_author(texts, scores > threshold),
        "left_out_by_kind": _by_kind(texts, scores > threshold),
        "entries": {"count": int(by_entries.sum()), "marked": int((scores[by_entries] > threshold).sum())},
        "limits": {
            str(limit): _at_limit(texts, scores, replace(settings, max_entry_alarms=limit)) for limit in LIMITS
        },
    }


def score_test(phrases: Sequence[Phrase], model: CrisisModel) -> dict[str, dict[str, int]]:
    """The figures of each test author, by the whole detector."""

    def find(text: str) -> bool:
        return find_crisis(text) or model.marks(text)

    return {
        author: asdict(score((phrase for phrase in phrases if phrase.author == author), find))
        for author in TEST_AUTHORS
    }


def write_folder(folder: Path, model: CrisisModel, settings: CrisisSettings, metrics: dict[str, Any]) -> None:
    """Write model, metrics, manifest and card."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = {
        **model.save(folder),
        "settings": asdict(settings),
        "data": {path.name: hash_file(path) for path in FILES},
        "environment": read_environment(PACKAGES),
    }
    write_json(folder / METRICS, metrics)
    write_manifest(folder, files=[MODEL_FILE, METRICS], facts=facts)
    write_card(folder, model, settings, metrics)


def _by_author(texts: TrainingTexts, is_marked: BoolArray) -> dict[str, dict[str, int]]:
    groups = {author: texts.by(author) for author in STRANGERS} | {"all": texts.by(*STRANGERS)}
    return {name: asdict(count_figures(texts.is_crisis[own], is_marked[own])) for name, own in groups.items()}


def _by_kind(texts: TrainingTexts, is_marked: BoolArray) -> dict[str, dict[str, int]]:
    kinds = np.array(texts.kinds)
    own = texts.by(*STRANGERS)
    groups = {str(kind): own & (kinds == kind) for kind in np.unique(kinds[own])}
    return {
        kind: {"count": int(group.sum()), "marked": int((group & is_marked).sum())} for kind, group in groups.items()
    }


def _at_limit(texts: TrainingTexts, scores: FloatArray, settings: CrisisSettings) -> dict[str, float]:
    own = texts.by(*STRANGERS)
    entries = scores[texts.by(ENTRY)]
    threshold = choose_threshold(scores[own & ~texts.is_crisis], entries, settings)
    figures = count_figures(texts.is_crisis[own], scores[own] > threshold)
    return {
        "recall": round(figures.recall, 4),
        "alarm_rate": round(figures.alarm_rate, 4),
        "entry_alarm_rate": round(float((entries > threshold).mean()), 4),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data or settings)."""
    parser = argparse.ArgumentParser(prog="python -m ml.safety.train", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder of the model")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="change a setting")
    parser.add_argument("--score-test", action="store_true", help="score the test authors, once, for what ships")
    options = parser.parse_args(arguments)
    try:
        settings = change_settings(CrisisSettings(), options.set)
        phrases = read_phrases()
        model, metrics = train(phrases, settings)
    except DataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.score_test:
        metrics["test"] = score_test(phrases, model)
    write_folder(options.output, model, settings, metrics)
    figures = Figures(**metrics["left_out"]["all"])
    entries = metrics["entries"]
    print(
        f"recall {figures.recall:.3f}, false alarms {figures.alarm_rate:.3f} of left-out authors, "
        f"{entries['marked']} of {entries['count']:,} left-out entries → {options.output}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
