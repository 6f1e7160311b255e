"""Training of the LSTM: early stopping on the macro F1 of the validation part, resumable after every epoch."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ml.emotion.data import Example
from ml.emotion.lstm.checkpoint import Checkpoint, Progress, describe_run
from ml.emotion.lstm.model import LstmModel
from ml.emotion.lstm.morphemes import MorphemeAnalyzer
from ml.emotion.lstm.network import (
    EncodedExamples,
    build_network,
    make_deterministic,
    predict_log_probabilities,
    train_epoch,
)
from ml.emotion.lstm.settings import LstmSettings
from ml.emotion.lstm.vocabulary import Vocabulary, build_vocabulary
from ml.emotion.metrics import f1_per_class, label_indices
from ml.errors import DataError

BEST_FOLDER = "best"


def fit(
    train: Sequence[Example], validation: Sequence[Example], settings: LstmSettings, checkpoint: Path
) -> LstmModel:
    """Train an LSTM and return the model of the best epoch.

    `checkpoint` is a folder of this run alone. Its state is saved after every epoch, so Ctrl+C loses the epoch under
    way and nothing else. A second call goes on from there and ends in the same weights as an uninterrupted one, bit
    for bit on the same machine. `checkpoint/best` is at all times after the first epoch a model that
    `LstmModel.load` reads.

    Raises DataError for empty parts, training texts without Hangul, or a folder of another run; ModelError when the
    Java runtime is missing.
    """
    if not train or not validation:
        raise DataError("the training and the validation part need at least one example each")
    saved = Checkpoint(checkpoint, describe_run(train, validation, settings))
    progress = saved.read_progress()
    analyzer = MorphemeAnalyzer(settings)
    texts = [example.text for example in (*train, *validation)]
    morphemes = analyzer.analyze_all(texts, show_progress=True)
    vocabulary = build_vocabulary(morphemes[: len(train)], size=settings.vocabulary_size, min_count=settings.min_count)
    if not vocabulary.morphemes:
        raise DataError(f"no morpheme occurs {settings.min_count} times in the training texts: is this Korean text?")
    make_deterministic(settings.seed)
    model = LstmModel(settings, analyzer, vocabulary, build_network(vocabulary.size, settings))
    _train(
        model,
        _encode(train, morphemes[: len(train)], vocabulary, settings),
        _encode(validation, morphemes[len(train) :], vocabulary, settings),
        saved,
        progress,
    )
    return LstmModel.load(checkpoint / BEST_FOLDER)


def _train(
    model: LstmModel, train: EncodedExamples, validation: EncodedExamples, saved: Checkpoint, progress: Progress
) -> None:
    """Train from `progress` on until the end, and write the best model and the state after each epoch."""
    settings = model.settings
    variables = [*model.network.trainable_variables, *model.network.optimizer.variables]
    if progress.epoch:
        saved.restore(variables)
    with tqdm(total=settings.epochs, initial=progress.epoch, desc=f"LSTM, {settings.analyzer}", unit="epoch") as bar:
        while progress.epoch < settings.epochs and progress.stale_epochs < settings.patience:
            train_epoch(model.network, train, settings, progress.epoch)
            score = _score(model, validation)
            if score > progress.best_f1:
                # Before the state: if the process dies in between, this epoch is repeated and gives the same model.
                model.save(saved.folder / BEST_FOLDER)
                progress = Progress(progress.epoch + 1, score)
            else:
                progress = Progress(progress.epoch + 1, progress.best_f1, progress.stale_epochs + 1)
            saved.save(variables, progress)
            bar.set_postfix(validation_f1=f"{score:.3f}", best=f"{progress.best_f1:.3f}")
            bar.update()


def _score(model: LstmModel, examples: EncodedExamples) -> float:
    """Macro F1."""
    predicted = predict_log_probabilities(model.network, examples.ids).argmax(axis=1)
    return float(np.mean(f1_per_class(predicted, examples.labels)))


def _encode(
    examples: Sequence[Example], morphemes: Sequence[Sequence[str]], vocabulary: Vocabulary, settings: LstmSettings
) -> EncodedExamples:
    """Examples as the network reads them; the weights have the mean 1, which the learning rate was chosen for."""
    weights = np.array([example.weight for example in examples], dtype=np.float64)
    return EncodedExamples(
        ids=vocabulary.encode(morphemes, settings.max_length),
        labels=label_indices(example.label for example in examples),
        weights=weights / weights.mean(),
    )
