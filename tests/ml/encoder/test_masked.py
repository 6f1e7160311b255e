"""An encoder reads on: hidden words are told from their neighbours, and what it leaves is a checkpoint."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ml.emotion.data import Example
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.architecture import TransformerSettings, fit
from ml.encoder.checkpoint import load_pretrained
from ml.encoder.masked import MaskedReader, pretrain_masked
from ml.encoder.rows import build_rows
from ml.encoder.trainer import Quality
from ml.errors import DataError
from tests.ml.encoder.conftest import interrupt_step, share_right


@pytest.fixture(scope="module")
def texts(train_part: list[Example]) -> list[str]:
    return [example.text for example in train_part]


@pytest.fixture(scope="module")
def pretrained(texts: list[str], settings: TransformerSettings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pretrain_masked(texts, texts[:6], settings, tmp_path_factory.mktemp("masked"), EMOTION_TASK)


def read_qualities(
    monkeypatch: pytest.MonkeyPatch, texts: list[str], settings: TransformerSettings, folder: Path
) -> list[float]:
    """What is measured after each epoch of a run."""
    found: list[float] = []

    def remember(name: str, measure: object) -> Quality:
        def measured() -> float:
            found.append(measure())  # type: ignore[operator]
            return found[-1]

        return Quality(name, measured)

    with monkeypatch.context() as patch:
        patch.setattr("ml.encoder.masked.Quality", remember)
        pretrain_masked(texts, texts[:12], settings, folder, EMOTION_TASK)
    return found


def test_hidden_words_are_told_from_their_neighbours(
    texts: list[str], settings: TransformerSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    qualities = read_qualities(monkeypatch, texts, settings, tmp_path)
    assert len(qualities) == settings.epochs
    assert qualities == sorted(qualities)
    # Twice the best that frequencies alone could do.
    tokens = [token for ids in load_pretrained(settings, EMOTION_TASK)[1].split(texts).ids for token in ids[1:-1]]
    shares = np.array(list(Counter(tokens).values())) / len(tokens)
    assert qualities[-1] > 2 * np.exp((shares * np.log(shares)).sum())


def test_the_checkpoint_is_one_for_fine_tuning(
    pretrained: Path,
    settings: TransformerSettings,
    train_part: list[Example],
    validation_part: list[Example],
    tmp_path: Path,
) -> None:
    chosen = replace(settings, checkpoint=str(pretrained))
    assert share_right(fit(train_part, validation_part, chosen, tmp_path, EMOTION_TASK), validation_part) > 0.9


def test_an_interrupted_run_goes_on_to_the_same_weights(
    pretrained: Path,
    texts: list[str],
    settings: TransformerSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        interrupt_step(patch, 17)
        with pytest.raises(KeyboardInterrupt):
            pretrain_masked(texts, texts[:6], settings, tmp_path, EMOTION_TASK)
    again = pretrain_masked(texts, texts[:6], settings, tmp_path, EMOTION_TASK)
    assert (again / "model.safetensors").read_bytes() == (pretrained / "model.safetensors").read_bytes()


def test_the_ends_and_the_padding_are_never_hidden(
    settings: TransformerSettings, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    classifier, tokenizer = load_pretrained(settings, EMOTION_TASK)
    rows = build_rows(texts, torch.zeros(len(texts), 1), [1.0] * len(texts), tokenizer)
    ids, mask = (torch.from_numpy(array) for array in tokenizer.pad(rows.ids))
    shown: list[torch.Tensor] = []
    encode = classifier.base_model.forward

    def spy(input_ids: torch.Tensor, attention_mask: torch.Tensor) -> object:
        shown.append(input_ids)
        return encode(input_ids=input_ids, attention_mask=attention_mask)

    monkeypatch.setattr(classifier.base_model, "forward", spy)
    assert rows.unknown_id is not None
    network = MaskedReader(classifier, rows.unknown_id)
    losses = network(input_ids=ids, attention_mask=mask).logits
    hidden = shown[0] != ids
    assert set(shown[0][hidden].tolist()) == {rows.unknown_id}
    assert not hidden[mask == 0].any()
    assert not hidden[:, 0].any()
    assert not hidden[torch.arange(len(ids)), mask.sum(dim=1) - 1].any()
    assert 0.15 < hidden.sum() / mask.sum() < 0.3
    assert losses.shape == (len(ids), 1)
    assert (losses[hidden.any(dim=1)] > 0).all()


def test_a_window_of_two_ends_has_nothing_to_hide(settings: TransformerSettings) -> None:
    classifier, tokenizer = load_pretrained(settings, EMOTION_TASK)
    ids, mask = (torch.from_numpy(array) for array in tokenizer.pad(tokenizer.split(["", " "]).ids))
    losses = MaskedReader(classifier, 1)(input_ids=ids, attention_mask=mask).logits
    assert losses.tolist() == [[0.0], [0.0]]


@pytest.mark.parametrize("empty", ["training", "validation"])
def test_empty_parts_are_refused(empty: str, texts: list[str], settings: TransformerSettings, tmp_path: Path) -> None:
    parts = {"training": ([], texts), "validation": (texts, [])}[empty]
    with pytest.raises(DataError, match="at least one text"):
        pretrain_masked(*parts, settings, tmp_path, EMOTION_TASK)


def test_words_are_not_hidden_twice(texts: list[str], settings: TransformerSettings, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="token_dropout"):
        pretrain_masked(texts, texts[:6], replace(settings, token_dropout=0.1), tmp_path, EMOTION_TASK)


def test_no_epochs_are_refused(texts: list[str], settings: TransformerSettings, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="epochs: has to be 1 or more"):
        pretrain_masked(texts, texts[:6], replace(settings, epochs=0), tmp_path, EMOTION_TASK)
