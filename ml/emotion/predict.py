"""Korean text → emotion scores, from a model folder alone; also the command `python -m ml.emotion.predict`."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, Self

from ml.artifacts import EMOTION_MODEL
from ml.emotion.calibrate import Temperatures
from ml.emotion.compact.served import COMPACT_FILE, ServedCompact
from ml.emotion.features import FeatureSettings
from ml.emotion.folder import HYBRID, NEURAL, NGRAM, TRAINER
from ml.emotion.neural import load_neural
from ml.emotion.served_ngrams import ServedNgrams
from ml.emotion.text import has_korean
from ml.emotion.units import FloatArray, Units, combine, split_units
from ml.errors import DataError, ModelError
from ml.labels import Emotion
from ml.manifest import read_manifest

_BATCH_SIZE = 64
_EMOTIONS = tuple(Emotion)  # a walk over the class itself makes its members' list anew


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """The scores of text[start:end]; offsets count the characters of the original text."""

    start: int
    end: int
    scores: dict[Emotion, float]

    @property
    def label(self) -> Emotion:
        """The most probable emotion."""
        return max(self.scores, key=self.scores.__getitem__)


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one text. `scores` holds all six emotions and sums to 1; `confidence` is the largest."""

    scores: dict[Emotion, float]
    label: Emotion
    is_unsure: bool
    confidence: float
    sentences: list[SentenceScore]
    model_version: str


Scorer = Callable[[Units], FloatArray]


class Scoring(Protocol):
    """A loaded model whose scores are still to be calibrated."""

    def score(self, units: Units) -> tuple[FloatArray, FloatArray]:
        """Logits (units, 6) and diary shares (units,)."""


class Predictor:
    """A loaded model; one that is served by ONNX Runtime (linear, compact, hybrid) is thread-safe.

    `score` turns units into probabilities (units, 6).
    """

    def __init__(
        self, score: Scorer, *, sentence_share: float, confidence_threshold: float, model_version: str
    ) -> None:
        self.model_version = model_version
        self._score = score
        self._sentence_share = sentence_share
        self._confidence_threshold = confidence_threshold

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load a model folder after checking the SHA-256 of its files.

        Raises ModelError, saying what to do, when the folder is missing, corrupt or made by other code, or when a
        package that a neural architecture needs is not installed.
        """
        return cls.make(folder, _load_scorer)

    @classmethod
    def make(cls, folder: Path, load_scorer: Callable[[Path, dict[str, Any]], Scorer]) -> Self:
        """As `load`, with what another function makes of the folder and its manifest as the scorer."""
        manifest = read_manifest(folder, trainer=TRAINER)
        if manifest.get("labels") != list(Emotion):
            raise ModelError(f"{folder}: the model has other labels than ml.labels.Emotion. Train it again.")
        try:
            return cls(
                load_scorer(folder, manifest),
                sentence_share=float(manifest["sentence_share"]),
                confidence_threshold=float(manifest["confidence_threshold"]),
                model_version=str(manifest["model_version"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"{folder}: the manifest misses or misspells {error}. Train it again.") from error

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Predict each text in order. Any `str` is accepted; a blank one is neutral and unsure.

        A text without a Korean letter is unsure, too, whatever its scores: no model here has learned other languages.
        """
        if not texts:
            return []
        units = split_units(texts)
        probabilities = self._score(units)
        of_units, of_texts = _to_scores(probabilities), _to_scores(combine(probabilities, units, self._sentence_share))
        predictions = []
        for row, (members, spans) in enumerate(zip(units.sentences, units.spans, strict=True)):
            if not units.texts[units.whole[row]]:
                predictions.append(self._blank())
                continue
            sentences = [
                SentenceScore(start, end, of_units[member])
                for member, (start, end) in zip(members, spans, strict=True)
            ]
            is_korean = has_korean(units.texts[units.whole[row]])
            predictions.append(self._decide(of_texts[row], sentences, is_korean=is_korean))
        return predictions

    def _decide(self, scores: dict[Emotion, float], sentences: list[SentenceScore], *, is_korean: bool) -> Prediction:
        label = max(scores, key=scores.__getitem__)
        confidence = scores[label]
        is_unsure = confidence < self._confidence_threshold or not is_korean
        return Prediction(scores, label, is_unsure, confidence, sentences, self.model_version)

    def _blank(self) -> Prediction:
        scores = {emotion: float(emotion is Emotion.NEUTRAL) for emotion in Emotion}
        return Prediction(scores, Emotion.NEUTRAL, True, 1.0, [], self.model_version)


def predict_file(predictor: Predictor, source: Path, target: Path) -> int:
    """Add label, scores, is_unsure and model_version to every object of a JSON Lines file; return how many.

    Streams in batches; other fields are kept, blank lines skipped. The target is replaced when every line is done.
    Raises DataError naming the line when one is malformed, or the file when it cannot be read or written.
    """
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    count = 0
    try:
        # A lone surrogate has no UTF-8; backslashreplace writes it as the JSON escape that it came as.
        with source.open("rb") as lines, temporary.open("w", encoding="utf-8", errors="backslashreplace") as out:
            for batch in _read_batches(source, lines):
                predictions = predictor.predict([row["text"] for row in batch])
                for row, prediction in zip(batch, predictions, strict=True):
                    out.write(json.dumps({**row, **_to_fields(prediction)}, ensure_ascii=False) + "\n")
                count += len(batch)
        temporary.replace(target)
    except OSError as error:
        raise DataError(f"{error.filename or target}: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)
    return count


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for a bad model or a bad file)."""
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.predict", description=predict_file.__doc__)
    parser.add_argument("--input", type=Path, required=True, help="JSON Lines; each object has a text")
    parser.add_argument("--output", type=Path, required=True, help="the same objects with the prediction added")
    parser.add_argument("--model", type=Path, default=EMOTION_MODEL, help="model folder (default: the shipped one)")
    options = parser.parse_args(arguments)
    try:
        count = predict_file(Predictor.load(options.model), options.input, options.output)
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{count} texts → {options.output}", file=sys.stderr)
    return 0


def _load_scorer(folder: Path, manifest: dict[str, Any]) -> Scorer:
    """Raises ModelError, and KeyError, TypeError or ValueError for a manifest that lacks something."""
    architecture = manifest["architecture"]
    model: Scoring
    if COMPACT_FILE in manifest["files"]:
        model = ServedCompact.load(folder)
    elif architecture in NGRAM:
        ngrams = ServedNgrams.load(folder, FeatureSettings(**manifest["features"]))
        return lambda units: ngrams.probabilities(units.texts)
    elif architecture == HYBRID:
        model = _load_hybrid(folder)
    elif architecture in NEURAL:
        model = load_neural(architecture, folder)
    else:
        raise ValueError(f"architecture {architecture!r}")
    temperatures = Temperatures(**manifest["temperatures"])
    return lambda units: temperatures.calibrate(*model.score(units))


def _load_hybrid(folder: Path) -> Scoring:
    try:  # here, because a site that is served by n-grams alone needs no tokenizer
        from ml.emotion.hybrid.served import ServedHybrid
    except ModuleNotFoundError as error:
        if error.name != "tokenizers":
            raise
        raise ModelError("tokenizers is not installed: pip install -r requirements/hybrid.txt") from error
    return ServedHybrid.load(folder)


def _to_scores(probabilities: FloatArray) -> list[dict[Emotion, float]]:
    rows = (probabilities / probabilities.sum(axis=1, keepdims=True)).tolist()
    return [dict(zip(_EMOTIONS, row, strict=True)) for row in rows]


def _to_fields(prediction: Prediction) -> dict[str, Any]:
    return {
        "label": prediction.label,
        "scores": {emotion: round(score, 6) for emotion, score in prediction.scores.items()},
        "is_unsure": prediction.is_unsure,
        "model_version": prediction.model_version,
    }


def _read_batches(source: Path, lines: BinaryIO) -> Iterator[list[dict[str, Any]]]:
    batch = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        batch.append(_parse_line(source, number, line))
        if len(batch) == _BATCH_SIZE:
            yield batch
            batch = []
    if batch:
        yield batch


def _parse_line(source: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError both are ValueErrors
        raise DataError(f"{source}, line {number}: not a JSON object ({error})") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise DataError(f'{source}, line {number}: expected an object with a string "text"')
    return row


if __name__ == "__main__":
    sys.exit(main())
