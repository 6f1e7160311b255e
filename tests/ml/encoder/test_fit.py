"""Fine-tuning: it learns, repeats itself, and goes on after an interruption as if there had been none."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from numpy.testing import assert_array_equal
from torch.optim.optimizer import register_optimizer_step_post_hook

from ml.emotion.data import Example
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.architecture import TransformerModel, TransformerSettings, fit
from ml.encoder.checkpoint import load_pretrained
from ml.encoder.task import FloatArray
from ml.errors import DataError, ModelError
from ml.labels import Emotion
from tests.ml.encoder.conftest import FinishedRun, interrupt_step, make_examples, share_right


def weights_of(model: TransformerModel) -> dict[str, Any]:
    return {name: tensor.cpu().numpy() for name, tensor in model.network.state_dict().items()}


def assert_same_weights(one: TransformerModel, other: TransformerModel) -> None:
    expected = weights_of(other)
    assert weights_of(one).keys() == expected.keys()
    for name, found in weights_of(one).items():
        assert_array_equal(found, expected[name], err_msg=name)


def test_fit_learns_unseen_places(finished: FinishedRun, validation_part: list[Example]) -> None:
    assert share_right(finished.model, validation_part) > 0.9


@pytest.mark.parametrize("family", ["electra", "distilbert"])
def test_fit_takes_any_family(
    family: str,
    checkpoints: dict[str, Path],
    settings: TransformerSettings,
    train_part: list[Example],
    validation_part: list[Example],
    tmp_path: Path,
) -> None:
    chosen = replace(settings, checkpoint=str(checkpoints[family]), epochs=10, accumulation=2, batch_size=2)
    model = fit(train_part, validation_part, chosen, tmp_path, EMOTION_TASK)
    assert model.network.config.model_type == family
    assert share_right(model, validation_part) > 0.8


def test_fit_twice_gives_the_same_weights(
    finished: FinishedRun, train_part: list[Example], validation_part: list[Example], tmp_path: Path
) -> None:
    assert_same_weights(fit(train_part, validation_part, finished.settings, tmp_path, EMOTION_TASK), finished.model)


@pytest.mark.parametrize("update", [1, 11, 30])  # eleven to an epoch: first, last, others
def test_fit_after_ctrl_c_ends_as_if_uninterrupted(
    update: int,
    finished: FinishedRun,
    train_part: list[Example],
    validation_part: list[Example],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        interrupt_step(patch, update)
        with pytest.raises(KeyboardInterrupt):
            fit(train_part, validation_part, finished.settings, tmp_path, EMOTION_TASK)
    assert (tmp_path / "best").exists() == (update > 11)
    assert_same_weights(fit(train_part, validation_part, finished.settings, tmp_path, EMOTION_TASK), finished.model)


def test_fit_interrupted_while_validating_goes_on(
    finished: FinishedRun,
    train_part: list[Example],
    validation_part: list[Example],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(model: TransformerModel, texts: Sequence[str]) -> FloatArray:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(TransformerModel, "log_probabilities", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fit(train_part, validation_part, finished.settings, tmp_path, EMOTION_TASK)
    assert_same_weights(fit(train_part, validation_part, finished.settings, tmp_path, EMOTION_TASK), finished.model)


def test_fit_killed_within_an_epoch_goes_on_from_the_last_save(
    finished: FinishedRun,
    train_part: list[Example],
    validation_part: list[Example],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A crash saves nothing, so update 5 is done again from what was saved after update 4."""

    def crash(optimizer: torch.optim.AdamW) -> None:
        if (tmp_path / "state.safetensors").exists():
            raise MemoryError
        step(optimizer)

    step = torch.optim.AdamW.step
    with monkeypatch.context() as patch:
        patch.setattr(torch.optim.AdamW, "step", crash)
        with pytest.raises(MemoryError):
            fit(train_part, validation_part, finished.settings, tmp_path, EMOTION_TASK)
    assert_same_weights(fit(train_part, validation_part, finished.settings, tmp_path, EMOTION_TASK), finished.model)


def test_ctrl_c_leaves_the_best_epoch_usable(
    finished: FinishedRun,
    train_part: list[Example],
    validation_part: list[Example],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        interrupt_step(patch, 25)
        with pytest.raises(KeyboardInterrupt):
            fit(train_part, validation_part, finished.settings, tmp_path, EMOTION_TASK)
    assert TransformerModel.load(tmp_path / "best", EMOTION_TASK).log_probabilities(["좋다"]).shape == (1, 6)


def test_fit_of_a_finished_run_trains_no_more(
    finished: FinishedRun,
    train_part: list[Example],
    validation_part: list[Example],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    interrupt_step(monkeypatch, 1)
    assert_same_weights(
        fit(train_part, validation_part, finished.settings, finished.folder, EMOTION_TASK), finished.model
    )


def test_fit_stops_early(
    finished: FinishedRun, train_part: list[Example], validation_part: list[Example], tmp_path: Path
) -> None:
    """With a rate too small to change a prediction, the first epoch stays the best, and one more is allowed."""
    settings = replace(finished.settings, learning_rate=1e-9, epochs=9, patience=1)
    steps = []
    hook = register_optimizer_step_post_hook(lambda *_: steps.append(1))
    try:
        fit(train_part, validation_part, settings, tmp_path, EMOTION_TASK)
    finally:
        hook.remove()
    assert len(steps) == 2 * 11


def test_what_fit_leaves_is_a_checkpoint_to_start_from(finished: FinishedRun) -> None:
    network, tokenizer = load_pretrained(TransformerSettings(str(finished.folder / "best")), EMOTION_TASK)
    trained = TransformerModel.load(finished.folder / "best", EMOTION_TASK)
    assert tokenizer.split(["글"]).ids == trained.tokenizer.split(["글"]).ids
    for name, tensor in trained.network.state_dict().items():
        assert torch.equal(network.state_dict()[name], tensor), name


def test_no_epochs_take_the_checkpoint_as_it_is(
    finished: FinishedRun, train_part: list[Example], validation_part: list[Example], tmp_path: Path
) -> None:
    tuned = replace(finished.settings, checkpoint=str(finished.folder / "best"), epochs=0)
    model = fit(train_part, validation_part, tuned, tmp_path / "run", EMOTION_TASK)
    for name, tensor in finished.model.network.state_dict().items():
        assert torch.equal(model.network.state_dict()[name], tensor), name
    assert not (tmp_path / "run").exists()
    untrained = replace(finished.settings, epochs=0)
    with pytest.raises(ModelError, match="Train"):
        fit(train_part, validation_part, untrained, tmp_path / "run", EMOTION_TASK)


def test_fit_heeds_the_weights(
    settings: TransformerSettings, validation_part: list[Example], train_part: list[Example], tmp_path: Path
) -> None:
    """Every text stands twice, with its label and with 중립; the heavier of the two is learnt."""
    contradicted = [replace(row, label=Emotion.NEUTRAL, weight=0.02) for row in train_part]
    model = fit([*train_part, *contradicted], validation_part, settings, tmp_path / "light", EMOTION_TASK)
    assert share_right(model, validation_part) > 0.8
    heavy = [replace(row, weight=10.0) for row in contradicted]
    neutral = [replace(row, label=Emotion.NEUTRAL) for row in validation_part]
    model = fit([*train_part, *heavy], neutral, replace(settings, epochs=2), tmp_path / "heavy", EMOTION_TASK)
    assert share_right(model, neutral) == 1.0


@pytest.mark.parametrize(
    ("change", "named"),
    [({"learning_rate": 1e-3}, "learning_rate"), ({"seed": 5, "epochs": 9}, "epochs, seed")],
)
def test_fit_refuses_a_run_of_other_settings(
    change: dict[str, Any],
    named: str,
    finished: FinishedRun,
    train_part: list[Example],
    validation_part: list[Example],
) -> None:
    with pytest.raises(DataError, match=f"differs in {named}. .*delete this one"):
        fit(train_part, validation_part, replace(finished.settings, **change), finished.folder, EMOTION_TASK)


def test_fit_refuses_a_run_of_other_data(
    finished: FinishedRun, train_part: list[Example], validation_part: list[Example]
) -> None:
    with pytest.raises(DataError, match="differs in training data"):
        fit(
            [replace(row, weight=2.0) for row in train_part],
            validation_part,
            finished.settings,
            finished.folder,
            EMOTION_TASK,
        )
    with pytest.raises(DataError, match="differs in validation data"):
        fit(train_part, validation_part[1:], finished.settings, finished.folder, EMOTION_TASK)


@pytest.mark.parametrize("content", [b"", b"not a state", bytes(200)])
def test_fit_says_when_the_saved_state_is_damaged(
    content: bytes,
    settings: TransformerSettings,
    train_part: list[Example],
    validation_part: list[Example],
    tmp_path: Path,
) -> None:
    (tmp_path / "state.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match=r"state.safetensors: damaged .*Delete"):
        fit(train_part, validation_part, settings, tmp_path, EMOTION_TASK)


def test_fit_changes_low_layers_less(
    settings: TransformerSettings, train_part: list[Example], validation_part: list[Example], tmp_path: Path
) -> None:
    start = load_pretrained(settings, EMOTION_TASK)[0].state_dict()
    decayed = replace(settings, epochs=1, warmup=0.0, weight_decay=0.0, layer_decay=0.01, label_smoothing=0.1)
    found = weights_of(fit(train_part, validation_part, decayed, tmp_path, EMOTION_TASK))
    names = ["bert.embeddings.LayerNorm.weight", *(f"bert.encoder.layer.{n}.output.dense.weight" for n in (0, 1))]
    moved = [float(abs(found[name] - start[name].numpy()).mean()) for name in [*names, "classifier.weight"]]
    assert all(20 * low < high for low, high in pairwise(moved))


def test_fit_refuses_empty_parts(settings: TransformerSettings, train_part: list[Example], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least one example"):
        fit([], train_part, settings, tmp_path, EMOTION_TASK)
    with pytest.raises(DataError, match="at least one example"):
        fit(train_part, [], settings, tmp_path, EMOTION_TASK)


def test_fit_refuses_a_tokenizer_of_another_script(
    settings: TransformerSettings, validation_part: list[Example], tmp_path: Path
) -> None:
    foreign = [replace(row, text="これは とても たのしい いちにち") for row in make_examples(["집"])]
    with pytest.raises(DataError, match=r"does not know \d\d% of the tokens"):
        fit(foreign, validation_part, settings, tmp_path, EMOTION_TASK)


@pytest.mark.parametrize(
    "change",
    [
        {"epochs": -1},
        {"batch_size": 0},
        {"learning_rate": 0.0},
        {"warmup": 1.0},
        {"label_smoothing": 1.0},
        {"token_dropout": 1.0},
        {"layer_decay": 0.0},
        {"layer_decay": 1.1},
        {"max_tokens": 4},
        {"max_tokens": 32, "overlap": 17},
    ],
)
def test_settings_refuse_what_cannot_be_meant(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"ha(s|ve) to be|are shares"):
        TransformerSettings("x", **change)
