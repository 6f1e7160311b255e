"""Training: it learns, repeats itself, survives Ctrl+C, and refuses a folder of another run."""

import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml.emotion.data import Example
from ml.emotion.lstm import fit as fit_module
from ml.emotion.lstm.fit import BEST_FOLDER, fit
from ml.emotion.lstm.model import LstmModel
from ml.errors import DataError
from ml.labels import Emotion

from .conftest import TINY


def texts_of(examples: list[Example]) -> list[str]:
    return [example.text for example in examples]


def interrupt_in_epoch(monkeypatch: pytest.MonkeyPatch, interrupted: int) -> None:
    """Press Ctrl+C after the updates of an epoch (from 0), before it is saved."""
    train_epoch: Callable[..., None] = fit_module.train_epoch

    def train_and_interrupt(network: Any, examples: Any, settings: Any, epoch: int) -> None:
        train_epoch(network, examples, settings, epoch)
        if epoch == interrupted:
            signal.raise_signal(signal.SIGINT)
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:  # Java hands the signal to Python from a thread of its own
                time.sleep(0.01)

    monkeypatch.setattr(fit_module, "train_epoch", train_and_interrupt)


def test_fit_learns_separable_texts(model: LstmModel, examples: list[Example]) -> None:
    predicted = model.log_probabilities(texts_of(examples)).argmax(axis=1)
    assert [list(Emotion)[index] for index in predicted] == [example.label for example in examples]


def test_fit_same_seed_gives_same_weights(model: LstmModel, examples: list[Example], tmp_path: Path) -> None:
    again = fit(examples, examples, TINY, tmp_path)
    assert np.array_equal(again.log_probabilities(texts_of(examples)), model.log_probabilities(texts_of(examples)))


@pytest.mark.usefixtures("ctrl_c")
def test_fit_interrupted_goes_on_to_the_same_weights(
    model: LstmModel, examples: list[Example], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        interrupt_in_epoch(patch, 3)
        with pytest.raises(KeyboardInterrupt):
            fit(examples, examples, TINY, tmp_path)
    usable = LstmModel.load(tmp_path / BEST_FOLDER)
    assert np.isfinite(usable.log_probabilities(["버스를 탔다"])).all()

    epochs: list[int] = []
    train_epoch = fit_module.train_epoch
    monkeypatch.setattr(
        fit_module, "train_epoch", lambda *arguments: (epochs.append(arguments[-1]), train_epoch(*arguments))
    )
    resumed = fit(examples, examples, TINY, tmp_path)
    assert epochs == [3, 4, 5]
    assert np.array_equal(resumed.log_probabilities(texts_of(examples)), model.log_probabilities(texts_of(examples)))


def test_fit_finished_trains_no_more(
    model: LstmModel, fitted_folder: Path, examples: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit_module, "train_epoch", lambda *_: pytest.fail("trained again"))
    again = fit(examples, examples, TINY, fitted_folder)
    assert np.array_equal(again.log_probabilities(["행복"]), model.log_probabilities(["행복"]))


def test_fit_stops_early_and_keeps_the_best(
    examples: list[Example], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = iter([0.2, 0.5, 0.4, 0.3, 0.9])
    seen: list[np.ndarray] = []

    def score(model: LstmModel, _: Any) -> float:
        seen.append(model.log_probabilities(["행복"]))
        return next(scores)

    monkeypatch.setattr(fit_module, "_score", score)
    best = fit(examples, examples, replace(TINY, patience=2), tmp_path)
    assert len(seen) == 4
    assert np.array_equal(best.log_probabilities(["행복"]), seen[1])


def test_fit_weights_decide_between_contradictory_labels(examples: list[Example], tmp_path: Path) -> None:
    light = [replace(example, label=Emotion.JOY, weight=0.01, id=f"{example.id}-joy") for example in examples]
    fitted = fit([*examples, *light], examples, TINY, tmp_path)
    predicted = fitted.log_probabilities(texts_of(examples)).argmax(axis=1)
    accuracy = np.mean([list(Emotion)[index] == e.label for index, e in zip(predicted, examples, strict=True)])
    assert accuracy > 0.9


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda examples: (examples, replace(TINY, seed=1)), "seed"),
        (lambda examples: (examples[1:], TINY), "training data"),
        (lambda examples: ([replace(example, weight=2.0) for example in examples], TINY), "training data"),
    ],
)
def test_fit_refuses_the_folder_of_another_run(
    model: LstmModel, fitted_folder: Path, examples: list[Example], change: Callable[..., Any], named: str
) -> None:
    train, settings = change(examples)
    with pytest.raises(DataError, match=f"other {named}: .*delete the folder"):
        fit(train, examples, settings, fitted_folder)


@pytest.mark.parametrize("content", [b"", b"not a state", b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "])
def test_fit_refuses_a_damaged_state(examples: list[Example], tmp_path: Path, content: bytes) -> None:
    (tmp_path / "state.safetensors").write_bytes(content)
    with pytest.raises(DataError, match=r"state\.safetensors"):
        fit(examples, examples, TINY, tmp_path)


def test_fit_refuses_empty_parts_and_foreign_text(examples: list[Example], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least one example"):
        fit([], examples, TINY, tmp_path)
    with pytest.raises(DataError, match="at least one example"):
        fit(examples, [], TINY, tmp_path)
    foreign = [replace(example, text="Hello") for example in examples]
    with pytest.raises(DataError, match="Korean"):
        fit(foreign, examples, TINY, tmp_path)
