"""Checkpoints and saved models: what loads, what is refused and why; scores of odd and long texts."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSequenceClassification

from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.architecture import TransformerModel, TransformerSettings
from ml.encoder.checkpoint import load_pretrained
from ml.errors import ModelError
from ml.labels import Emotion
from tests.ml.encoder.conftest import FinishedRun

TEXTS = [
    "",
    "학교에서 정말 기쁘고 행복한 하루이다.",
    "\ud800\0",
    "😀ㅋㅋㅋㅋ",
    "걱정되고 불안해서 떨린 순간이다. " * 40,
    "ABC 123",
]


@pytest.fixture
def copied(checkpoints: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of the BERT checkpoint for a test to damage."""
    return shutil.copytree(checkpoints["bert"], tmp_path / "copied")


@pytest.fixture
def saved(finished: FinishedRun, tmp_path: Path) -> Path:
    finished.model.save(tmp_path / "saved")
    return tmp_path / "saved"


def test_log_probabilities_of_any_text(finished: FinishedRun) -> None:
    scores = finished.model.log_probabilities(TEXTS)
    assert scores.shape == (6, 6)
    assert scores.dtype == np.float64
    assert_allclose(np.exp(scores).sum(axis=1), 1)
    assert list(Emotion)[scores[1].argmax()] is Emotion.JOY
    assert list(Emotion)[scores[4].argmax()] is Emotion.ANXIETY
    assert finished.model.log_probabilities([]).shape == (0, 6)


def test_log_probabilities_do_not_depend_on_the_batch(finished: FinishedRun) -> None:
    together = finished.model.log_probabilities(TEXTS)
    alone = np.concatenate([finished.model.log_probabilities([text]) for text in TEXTS])
    assert_allclose(together, alone, atol=1e-5)


def test_save_and_load_give_equal_scores(finished: FinishedRun, tmp_path: Path) -> None:
    names = finished.model.save(tmp_path)
    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir())
    assert set(names) == {"config.json", "model.safetensors", "tokenizer.json", "windows.json"}
    loaded = TransformerModel.load(tmp_path, EMOTION_TASK)
    assert_array_equal(loaded.log_probabilities(TEXTS), finished.model.log_probabilities(TEXTS))


def test_save_keeps_no_path_of_this_machine(finished: FinishedRun, saved: Path) -> None:
    for name in ("config.json", "windows.json", "tokenizer.json"):
        assert str(Path(finished.settings.checkpoint).parent) not in (saved / name).read_text()
    config = json.loads((saved / "config.json").read_text())
    assert config["architectures"] == ["BertForSequenceClassification"]
    assert list(config["id2label"].values()) == list(Emotion)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json", "windows.json"])
@pytest.mark.parametrize("content", [None, "", "{}", "damaged"])
def test_load_names_a_missing_or_damaged_file(name: str, content: str | None, saved: Path) -> None:
    (saved / name).unlink()
    if content is not None:
        (saved / name).write_text(content)
    with pytest.raises(ModelError, match=str(saved)):
        TransformerModel.load(saved, EMOTION_TASK)


def test_load_of_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"No such file or directory. Train the model again"):
        TransformerModel.load(tmp_path / "nowhere", EMOTION_TASK)


def test_load_refuses_weights_without_the_head(saved: Path) -> None:
    weights = load_file(saved / "model.safetensors")
    del weights["classifier.weight"]
    save_file(weights, saved / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match=r"1 weights are missing .* classifier.weight"):
        TransformerModel.load(saved, EMOTION_TASK)


@pytest.mark.parametrize("checkpoint", ["monologg/kobert", "no-such-model"])
def test_an_id_that_cannot_be_downloaded_is_named(checkpoint: str) -> None:
    with pytest.raises(ModelError, match=f"{checkpoint}: no such folder, and its files cannot be downloaded"):
        load_pretrained(TransformerSettings(checkpoint), EMOTION_TASK)


@pytest.mark.parametrize("checkpoint", ["/no/such/folder", "models/of/mine", "한국어 모델"])
def test_a_folder_that_is_not_there_is_named(checkpoint: str) -> None:
    with pytest.raises(ModelError, match="no such folder, and not a Hugging Face id"):
        load_pretrained(TransformerSettings(checkpoint), EMOTION_TASK)


@pytest.mark.parametrize(
    ("removed", "message"),
    [
        ("config.json", "not a checkpoint that a classifier can be made of"),
        ("model.safetensors", "not a checkpoint that a classifier can be made of"),
        ("tokenizer.json", "no tokenizer"),
    ],
)
def test_an_incomplete_checkpoint_is_refused(removed: str, message: str, copied: Path) -> None:
    (copied / removed).unlink()
    with pytest.raises(ModelError, match=message):
        load_pretrained(TransformerSettings(str(copied)), EMOTION_TASK)


def test_a_checkpoint_of_older_files_loads(checkpoints: dict[str, Path], copied: Path, vocabulary: list[str]) -> None:
    """As KoELECTRA's: vocab.txt in place of tokenizer.json, weights in torch's own format."""
    (copied / "tokenizer.json").unlink()
    (copied / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    (copied / "tokenizer_config.json").write_text('{"do_lower_case": false}')
    weights = load_file(copied / "model.safetensors")
    (copied / "model.safetensors").unlink()
    torch.save(weights, copied / "pytorch_model.bin")
    network, tokenizer = load_pretrained(TransformerSettings(str(copied)), EMOTION_TASK)
    expected_network, expected_tokenizer = load_pretrained(TransformerSettings(str(checkpoints["bert"])), EMOTION_TASK)
    assert tokenizer.split(TEXTS) == expected_tokenizer.split(TEXTS)
    for name, tensor in expected_network.state_dict().items():
        assert (network.state_dict()[name] == tensor).all(), name


def test_weights_that_are_code_are_not_run(copied: Path) -> None:
    """A pickle that would make a file when it is loaded without care."""

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[object, ...]]:
            return Path.touch, (copied / "ran",)

    (copied / "model.safetensors").unlink()
    torch.save({"weight": Evil()}, copied / "pytorch_model.bin")
    with pytest.raises(ModelError, match="holds code, which is not run"):
        load_pretrained(TransformerSettings(str(copied)), EMOTION_TASK)
    assert not (copied / "ran").exists()


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no tokenizer"):
        load_pretrained(TransformerSettings(str(tmp_path)), EMOTION_TASK)


def test_a_checkpoint_of_another_shape_is_refused(copied: Path) -> None:
    """transformers would only warn, and train a random encoder."""
    config = json.loads((copied / "config.json").read_text())
    (copied / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 3}))
    with pytest.raises(ModelError, match=r"weights are missing or of another size, such as bert.encoder.layer.2"):
        load_pretrained(TransformerSettings(str(copied)), EMOTION_TASK)


def test_remote_code_is_not_run(copied: Path) -> None:
    config = json.loads((copied / "config.json").read_text())
    config |= {"model_type": "invented", "auto_map": {"AutoConfig": "evil.Config"}}
    (copied / "config.json").write_text(json.dumps(config))
    (copied / "evil.py").write_text("from pathlib import Path\nPath(__file__).with_name('ran').touch()\n")
    with pytest.raises(ModelError):
        load_pretrained(TransformerSettings(str(copied)), EMOTION_TASK)
    assert not (copied / "ran").exists()


def test_a_head_for_other_labels_is_replaced(checkpoints: dict[str, Path], copied: Path) -> None:
    AutoModelForSequenceClassification.from_pretrained(checkpoints["bert"], num_labels=2).save_pretrained(copied)
    network, _ = load_pretrained(TransformerSettings(str(copied)), EMOTION_TASK)
    assert network.config.num_labels == 6
    assert network.classifier.weight.shape == (6, 32)


def test_the_head_is_drawn_from_the_seed(settings: TransformerSettings) -> None:
    heads = [load_pretrained(replace(settings, seed=seed), EMOTION_TASK)[0].classifier.weight for seed in (0, 0, 1)]
    assert (heads[0] == heads[1]).all()
    assert not (heads[0] == heads[2]).any()


def test_windows_are_no_longer_than_the_network_s_positions(settings: TransformerSettings) -> None:
    _, tokenizer = load_pretrained(replace(settings, max_tokens=512, overlap=200), EMOTION_TASK)
    assert (tokenizer.max_tokens, tokenizer.overlap) == (40, 20)


def test_a_missing_package_is_named() -> None:
    code = "import sys; sys.modules['torch'] = None; import ml.encoder.architecture"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "ModelError: torch is not installed: pip install -r requirements/train.txt" in result.stderr
