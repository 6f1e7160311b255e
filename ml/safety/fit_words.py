"""Training of the crisis model's word network, from what the emotion model's has learned."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from ml.emotion.teaching import soft_losses
from ml.emotion.text import split_sentences
from ml.emotion.words.model import WordModel
from ml.emotion.words.settings import WordSettings
from ml.emotion.words.start import hash_start, start_from
from ml.emotion.words.tokenizer import NO_WORD, WordTokenizer
from ml.encoder.rows import Rows
from ml.encoder.state import describe_run
from ml.encoder.trainer import Quality, train
from ml.safety.pieces import BoolArray
from ml.safety.settings import CrisisSettings
from ml.safety.task import CRISIS_TASK
from ml.safety.training_texts import ENTRY, TrainingTexts
from ml.safety.windows import WINDOW_WORDS, split_windows

_SAMPLE = 1000  # windows by which a run shows that it learns
_SEED = 0


def fit_words(
    texts: TrainingTexts, to_read: Sequence[str], settings: CrisisSettings, state: Path, start: Path
) -> WordModel:
    """The network after the last epoch; `to_read` are windows that it is to read afterwards.

    It starts from the weights of the word network in `start`, which knows Korean, if not crises. An interrupted run
    goes on from the folder `state`, as that of `ml.encoder.fit` does. Raises DataError and ModelError as that one.
    """
    windows, is_crisis = choose_windows(texts, settings.pairs)
    tokenizer = WordTokenizer(settings.words.max_words, CRISIS_TASK)
    rows = build_rows(windows, is_crisis, settings.words, tokenizer)
    tokenizer.split(to_read)  # numbers their words: the network hashes them once
    model = WordModel(settings.words, tokenizer)
    start_from(start, model)
    learned = [[text, bool(own)] for text, own in zip(windows, is_crisis, strict=True)]
    run = describe_run([["start", hash_start(start)], *learned], [], settings.words)
    every = slice(None, None, -(-len(windows) // _SAMPLE))
    quality = Quality("accuracy on a sample of its windows", lambda: _measure(model, windows[every], is_crisis[every]))
    train(model, rows, soft_losses, quality, settings.words, run, state)
    return model


def choose_windows(texts: TrainingTexts, pairs: int) -> tuple[list[str], BoolArray]:
    """What the network is shown, and which of it speaks of a crisis, (windows,).

    Of a text that speaks of one in more than a window nobody has said which of them does, so it is left out. Up to
    `pairs` more are a window and a sentence of an ordinary day, before or behind it.
    """
    random = np.random.default_rng(_SEED)
    cut = [split_windows(text, overlapping=False) for text in texts.texts]
    telling = [own[0] for own, is_crisis in zip(cut, texts.is_crisis, strict=True) if is_crisis and len(own) == 1]
    others = [window for own, is_crisis in zip(cut, texts.is_crisis, strict=True) if not is_crisis for window in own]
    entries = [text for text, kind in zip(texts.texts, texts.kinds, strict=True) if kind == ENTRY]
    phrases = [
        own[0]
        for own, is_crisis, kind in zip(cut, texts.is_crisis, texts.kinds, strict=True)
        if not is_crisis and kind != ENTRY and len(own) == 1
    ]
    more_telling, more_others = (_pair(own, entries, pairs // 2, random) for own in (telling, phrases))
    windows = [*telling, *more_telling, *others, *more_others]
    return windows, np.arange(len(windows)) < len(telling) + len(more_telling)


def build_rows(windows: Sequence[str], is_crisis: BoolArray, settings: WordSettings, tokenizer: WordTokenizer) -> Rows:
    """The windows, and the probabilities that each is to get."""
    cut = tokenizer.split(windows)
    smoothing = settings.label_smoothing
    labels = np.eye(len(CRISIS_TASK.labels))[is_crisis.astype(np.int64)[cut.text_of]]
    targets = labels * (1 - smoothing) + smoothing / len(CRISIS_TASK.labels)
    return Rows(cut.ids, torch.from_numpy(targets.astype(np.float32)), torch.ones(len(targets)), NO_WORD)


def _pair(windows: Sequence[str], entries: Sequence[str], count: int, random: np.random.Generator) -> list[str]:
    """Windows, drawn at random, each with a sentence of an entry where both fit in one."""
    pairs = []
    for place in random.integers(len(windows), size=count if windows and entries else 0):
        entry = entries[int(random.integers(len(entries)))]
        spans = split_sentences(entry)
        start, end = spans[int(random.integers(len(spans)))] if spans else (0, 0)
        pair = [windows[place], entry[start:end]]
        if len(" ".join(pair).split()) <= WINDOW_WORDS:
            pairs.append(" ".join(pair[:: 1 if random.random() < 0.5 else -1]))
    return pairs


def _measure(model: WordModel, windows: Sequence[str], is_crisis: BoolArray) -> float:
    found = model.log_probabilities(windows).argmax(axis=1)
    return float((found == is_crisis).mean())
