"""`python -m ml.safety.train --output DIR`: the crisis model, from the phrases and the corpus of this repository.

The strangers (ml.safety.phrases) and the corpus' entries are left out in five parts, one after the other: on these the
threshold is chosen and the figures are made. The model itself then learns from all of them. `--score-test` scores the
test authors with it; that is for the model that ships, and for nothing before.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ml.artifacts import EMOTION_MODEL
from ml.emotion.words.model import WordModel
from ml.emotion.words.start import hash_start
from ml.encoder.settings import Precision
from ml.errors import DataError, ModelError
from ml.files import hash_file, write_json
from ml.manifest import hash_files, read_environment, write_manifest
from ml.options import change_settings
from ml.safety.card import write_card
from ml.safety.figures import Figures, count_figures, score
from ml.safety.fit_ngrams import cut_ngram_windows
from ml.safety.left_out import LeftOut, fit_all_ngrams, fit_all_words
from ml.safety.model import CrisisModel, Found, Voices
from ml.safety.ngrams import CrisisNgrams, FloatArray
from ml.safety.phrases import FILES, STRANGERS, TEST_AUTHORS, Phrase, read_phrases
from ml.safety.pieces import BoolArray
from ml.safety.settings import CrisisSettings
from ml.safety.training_texts import CORPUS, DAY, DOUBTFUL_FILE, ENTRY, LINES, TrainingTexts, gather

METRICS = "metrics.json"
PACKAGES = ("numpy", "onnx", "onnxruntime", "scikit-learn", "scipy", "torch")
# Other limits of the entries' alarms, so that whoever wants another balance sees what it costs.
LIMITS = (0.005, 0.01, 0.02, 0.03)


@dataclass(frozen=True, slots=True)
class Trained:
    """What is written: the voices that learned, how they are added, and the figures of what was left out."""

    words: WordModel
    ngrams: CrisisNgrams
    voices: Voices
    metrics: dict[str, Any]


def train(
    phrases: Sequence[Phrase],
    settings: CrisisSettings,
    state: Path,
    *,
    corpus: Path = CORPUS,
    start: Path = EMOTION_MODEL,
    processes: int = 1,
) -> Trained:
    """The model and the figures of what was left out; the word networks start from the one in `start`, which must not
    have read the phrases.

    An interrupted run goes on from `state`. Raises DataError and ModelError.
    """
    texts = gather(phrases, corpus, days=settings.days)
    words, words_left_out = fit_all_words(texts, settings, state, start=start, processes=processes)
    ngrams, ngrams_left_out = fit_all_ngrams(texts, cut_ngram_windows(texts.texts), settings)
    left_out = LeftOut(words_left_out, ngrams_left_out, Found.in_texts(texts.texts))
    voices = choose_threshold(texts, left_out, settings)
    return Trained(words, ngrams, voices, measure(texts, left_out, voices, settings))


def choose_threshold(texts: TrainingTexts, left_out: LeftOut, settings: CrisisSettings) -> Voices:
    """The shares of the settings, and the lowest threshold that keeps both limits for what was left out."""
    voices = Voices(settings.ngram_share, settings.rule_bonus, threshold=0.0)
    scores = left_out.add(voices)
    limits = (
        (scores[texts.by(*STRANGERS) & ~texts.is_crisis], settings.max_phrase_alarms),
        (scores[texts.by(ENTRY)], settings.max_entry_alarms),
    )
    return replace(voices, threshold=max(_threshold_for(own, share) for own, share in limits))


def measure(texts: TrainingTexts, left_out: LeftOut, voices: Voices, settings: CrisisSettings) -> dict[str, Any]:
    """The figures of what was left out: of authors, kinds, days and entries, where rules speak, with other limits."""
    is_marked = left_out.add(voices) > voices.threshold
    days = texts.of_kind(DAY)
    with_rules = texts.by(*STRANGERS) & left_out.found.is_found
    return {
        "left_out": _by_author(texts, is_marked),
        "left_out_by_kind": _by_kind(texts, is_marked),
        "with_rules": asdict(count_figures(texts.is_crisis[with_rules], is_marked[with_rules])),
        "days": asdict(count_figures(texts.is_crisis[days], is_marked[days])),
        "entries": {"count": int(texts.by(ENTRY).sum()), "marked": int(is_marked[texts.by(ENTRY)].sum())},
        "limits": {
            str(limit): _at_limit(texts, left_out, replace(settings, max_entry_alarms=limit)) for limit in LIMITS
        },
    }


def score_test(phrases: Sequence[Phrase], model: CrisisModel) -> dict[str, dict[str, int]]:
    """The figures of each test author, by the whole detector."""

    def mark(texts: list[str]) -> list[bool]:
        return [bool(is_marked) for is_marked in model.mark(texts)]

    return {
        author: asdict(score((phrase for phrase in phrases if phrase.author == author), mark))
        for author in TEST_AUTHORS
    }


def write_model(folder: Path, trained: Trained, settings: CrisisSettings, start: Path = EMOTION_MODEL) -> None:
    """Write what `CrisisModel.load` reads; `start` is as in `train`."""
    folder.mkdir(parents=True, exist_ok=True)
    # What is chosen, and told in the figures, is chosen by the network in float: a coarser one would read otherwise.
    files = [*trained.words.export(folder, Precision.FLOAT), trained.ngrams.save(folder)]
    facts = {
        "voices": asdict(trained.voices),
        "settings": asdict(settings),
        "data": {path.name: hash_file(path) for path in (*FILES, DOUBTFUL_FILE, CORPUS / LINES)}
        | {"corpus": hash_files(CORPUS, sorted(path.name for path in CORPUS.glob("*.jsonl")))},
        "start": hash_start(start),
        "environment": read_environment(PACKAGES),
    }
    write_manifest(folder, files=files, facts=facts)


def write_figures(folder: Path, metrics: dict[str, Any], voices: Voices, settings: CrisisSettings) -> None:
    """Write the figures, and the card that tells them."""
    write_json(folder / METRICS, metrics)
    write_card(folder, voices, settings, metrics)


def _threshold_for(scores: FloatArray, share: float) -> float:
    """The score that at most `share` of the scores exceed."""
    allowed = int(share * len(scores))
    return float(np.sort(scores)[::-1][allowed])


def _by_author(texts: TrainingTexts, is_marked: BoolArray) -> dict[str, dict[str, int]]:
    groups = {author: texts.by(author) for author in STRANGERS} | {"all": texts.by(*STRANGERS)}
    return {name: asdict(count_figures(texts.is_crisis[own], is_marked[own])) for name, own in groups.items()}


def _by_kind(texts: TrainingTexts, is_marked: BoolArray) -> dict[str, dict[str, int]]:
    own = texts.by(*STRANGERS)
    groups = {str(kind): own & texts.of_kind(kind) for kind in np.unique(np.array(texts.kinds)[own])}
    return {
        kind: {"count": int(group.sum()), "marked": int((group & is_marked).sum())} for kind, group in groups.items()
    }


def _at_limit(texts: TrainingTexts, left_out: LeftOut, settings: CrisisSettings) -> dict[str, float]:
    voices = choose_threshold(texts, left_out, settings)
    is_marked = left_out.add(voices) > voices.threshold
    own = texts.by(*STRANGERS)
    figures = count_figures(texts.is_crisis[own], is_marked[own])
    return {
        "recall": round(figures.recall, 4),
        "alarm_rate": round(figures.alarm_rate, 4),
        "entry_alarm_rate": round(float(is_marked[texts.by(ENTRY)].mean()), 4),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data or settings, 130 when it was interrupted)."""
    parser = argparse.ArgumentParser(prog="python -m ml.safety.train", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder of the model")
    parser.add_argument("--state", type=Path, help="where an interrupted run goes on (default: OUTPUT.training)")
    parser.add_argument(
        "--start",
        type=Path,
        default=EMOTION_MODEL,
        help="a compact emotion model, whose word network must not have read the phrases, or the authors left out are "
        "not unseen (default: the one that ships, which has read none)",
    )
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="change a setting")
    parser.add_argument("--score-test", action="store_true", help="score the test authors, once, for what ships")
    options = parser.parse_args(arguments)
    folder: Path = options.output
    state: Path = options.state or folder.with_name(f"{folder.name}.training")
    try:
        settings = change_settings(CrisisSettings(), options.set)
        phrases = read_phrases()
        trained = train(phrases, settings, state, start=options.start, processes=os.cpu_count() or 1)
        write_model(folder, trained, settings, options.start)
        metrics = trained.metrics
        if options.score_test:
            metrics["test"] = score_test(phrases, CrisisModel.load(folder))
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped: the same command goes on from the last state that was saved", file=sys.stderr)
        return 130
    write_figures(folder, metrics, trained.voices, settings)
    figures = Figures(**metrics["left_out"]["all"])
    entries = metrics["entries"]
    print(
        f"recall {figures.recall:.3f}, false alarms {figures.alarm_rate:.3f} of left-out authors, "
        f"{entries['marked']} of {entries['count']:,} left-out entries → {folder}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
