"""What each voice of the crisis model says of authors and entries that it has not learned from."""

import functools
import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ml.emotion.words.model import WordModel
from ml.safety.fit_ngrams import NgramWindows, fit_ngrams, score_texts
from ml.safety.fit_words import fit_words
from ml.safety.model import Found, Voices, cut_texts, read_words
from ml.safety.ngrams import CrisisNgrams, FloatArray
from ml.safety.settings import CrisisSettings
from ml.safety.training_texts import DAY, FOLDS, TrainingTexts

_EVERYTHING = "all"
_NOTHING = FOLDS  # no text is of this fold


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Log-odds of each text, (texts,), by models that have not learned from its fold; nan where it is of EVERY_FOLD.

    found: what the rules find in the texts.
    """

    words: FloatArray
    ngrams: FloatArray
    found: Found

    def add(self, voices: Voices) -> FloatArray:
        """The voices together, (texts,)."""
        return voices.add(self.words, self.ngrams, self.found)


def fit_all_words(
    texts: TrainingTexts, settings: CrisisSettings, state: Path, *, start: Path, processes: int
) -> tuple[WordModel, FloatArray]:
    """A network that has learned from everything, and what those that lacked a fold say of its texts, (texts,).

    They start from the word network in `start` and are trained side by side, each by one thread, so that their sums
    do not depend on how many there are. Each has a folder in `state`, from which an interrupted run goes on.
    """
    run = functools.partial(_fit_without, texts, settings=settings, state=state, start=start)
    folds = [*range(FOLDS), _NOTHING]  # the last one leaves nothing out
    if processes == 1:
        results = list(map(run, folds))
    else:
        with multiprocessing.get_context("spawn").Pool(processes) as pool:  # which ends with the first error
            results = list(pool.imap(run, folds))
    scores = np.full(len(texts.texts), np.nan)
    for fold, result in zip(folds, results, strict=True):
        scores[texts.in_fold(fold)] = result
    return _fit(texts, _NOTHING, [], settings, state, start), scores  # from its state: there is nothing left to learn


def fit_all_ngrams(
    texts: TrainingTexts, windows: NgramWindows, settings: CrisisSettings
) -> tuple[CrisisNgrams, FloatArray]:
    """The same for the n-grams."""
    is_day = texts.of_kind(DAY)
    scores = np.full(len(texts.texts), np.nan)
    for fold in range(FOLDS):
        is_left_out = texts.in_fold(fold)
        model = fit_ngrams(windows, texts.is_crisis, ~is_left_out & ~is_day, settings.ngrams)
        scores[is_left_out] = score_texts(model, windows)[is_left_out]
    return fit_ngrams(windows, texts.is_crisis, ~is_day, settings.ngrams), scores


def _fit_without(texts: TrainingTexts, fold: int, *, settings: CrisisSettings, state: Path, start: Path) -> FloatArray:
    """Train without the fold, and read its texts: (texts of the fold,)."""
    left_out = texts.choose(texts.in_fold(fold)).texts
    found = Found.in_texts(left_out)
    model = _fit(texts, fold, cut_texts(left_out, found)[0], settings, state, start)
    return read_words(model, left_out, found) if left_out else np.zeros(0)


def _fit(
    texts: TrainingTexts, fold: int, to_read: Sequence[str], settings: CrisisSettings, state: Path, start: Path
) -> WordModel:
    learned = texts.choose(~texts.in_fold(fold) & ~texts.of_kind(DAY))
    folder = state / (_EVERYTHING if fold == _NOTHING else f"fold-{fold}")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return fit_words(learned, to_read, settings, folder, start)
    finally:
        torch.set_num_threads(threads)
