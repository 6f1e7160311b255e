"""The trained model: what it says of any text, and its folder."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from ml.emotion.lstm.model import CONFIG, WEIGHTS, LstmModel
from ml.errors import ModelError
from ml.labels import Emotion

ODD_TEXTS = ["", " \n", "\x00", "\ud800", "😀", "ㅋㅋㅋ", "Hello", "가" * 5000, "나는 밥을 먹었다. " * 2000]


def test_log_probabilities_of_odd_texts_sum_to_one(model: LstmModel) -> None:
    scores = model.log_probabilities(ODD_TEXTS)
    assert scores.shape == (len(ODD_TEXTS), len(Emotion))
    assert np.exp(scores).sum(axis=1) == pytest.approx(1)


def test_log_probabilities_of_nothing(model: LstmModel) -> None:
    assert model.log_probabilities([]).shape == (0, len(Emotion))


def test_log_probabilities_do_not_depend_on_the_batch(model: LstmModel) -> None:
    texts = ["행복하다", "눈물이 났다", "버스를 탔다"] * 60
    batched = model.log_probabilities(texts)
    assert batched[:3] == pytest.approx(
        np.concatenate([model.log_probabilities([text]) for text in texts[:3]]), abs=1e-5
    )


def test_save_and_load_give_equal_scores(model: LstmModel, tmp_path: Path) -> None:
    names = model.save(tmp_path / "saved")
    assert sorted(path.name for path in (tmp_path / "saved").iterdir()) == sorted(names)
    loaded = LstmModel.load(tmp_path / "saved")
    assert loaded.settings == model.settings
    assert np.array_equal(
        loaded.log_probabilities(["행복", *ODD_TEXTS]), model.log_probabilities(["행복", *ODD_TEXTS])
    )


@pytest.fixture
def folder(model: LstmModel, tmp_path: Path) -> Path:
    model.save(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
def test_load_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"{name}.*python -m ml.emotion.train --arch lstm"):
        LstmModel.load(folder)


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
def test_load_damaged_file(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match=name):
        LstmModel.load(folder)


@pytest.mark.parametrize(
    ("field", "value"), [("labels", ["joy"]), ("format", 2), ("settings", {"layers": 3}), ("vocabulary", None)]
)
def test_load_other_config(folder: Path, field: str, value: object) -> None:
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    (folder / CONFIG).write_text(json.dumps({**config, field: value}), encoding="utf-8")
    with pytest.raises(ModelError, match=CONFIG):
        LstmModel.load(folder)


def test_load_weights_of_another_vocabulary(folder: Path) -> None:
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    config["vocabulary"].append("우주")
    (folder / CONFIG).write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelError, match="shape"):
        LstmModel.load(folder)


def test_load_missing_folder(tmp_path: Path) -> None:
    shutil.rmtree(tmp_path)
    with pytest.raises(ModelError, match=r"python -m ml\.emotion\.train"):
        LstmModel.load(tmp_path)
