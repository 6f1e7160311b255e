"""The command that trains a review classifier: every architecture, its folder, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModel, BertConfig, BertTokenizer, DistilBertConfig, PreTrainedConfig

from ml.errors import ModelError
from ml.reviews.architectures import make_settings
from ml.reviews.data import LABELS, read_dair
from ml.reviews.predict import load_classifier
from ml.reviews.train import main, read_material
from tests.ml.reviews.conftest import SENTENCES

QUICK = [
    "--set=epochs=30", "--set=patience=30", "--set=batch_size=4", "--set=learning_rate=0.005", "--set=layer_decay=1",
]  # fmt: skip


def make_checkpoint(folder: Path, config: PreTrainedConfig, words: list[str]) -> Path:
    torch.manual_seed(1)
    AutoModel.from_config(config).save_pretrained(folder)
    BertTokenizer(vocab={word: number for number, word in enumerate(words)}).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A random BERT of three layers and a random DistilBERT, who know the words of the tiny sentences."""
    torch.set_num_threads(1)
    known = sorted({word for sentences in SENTENCES.values() for sentence in sentences for word in sentence.split()})
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *known]
    common = {"vocab_size": len(words), "max_position_embeddings": 40, "initializer_range": 0.1}
    stack = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 64}
    folder = tmp_path_factory.mktemp("checkpoints")
    return {
        "compact": make_checkpoint(folder / "bert", BertConfig(**common, **stack), words),
        "transformer": make_checkpoint(
            folder / "distilbert", DistilBertConfig(**common, dim=32, n_layers=1, n_heads=2, hidden_dim=64), words
        ),
    }


def run(dair: Path, output: Path, *arguments: str) -> int:
    return main(["--dair", str(dair), "--output", str(output), *arguments])


def share_right(folder: Path, dair: Path) -> float:
    examples = read_dair(dair / "test.txt")
    guessed = load_classifier(folder).predict([example.text for example in examples]).argmax(axis=1)
    return float(np.mean([LABELS[column] == example.label for column, example in zip(guessed, examples, strict=True)]))


def test_train_linear_writes_folder_and_metrics(tmp_path: Path, dair_folder: Path) -> None:
    assert run(dair_folder, tmp_path, "--arch=linear", "--set=min_document_frequency=1") == 0
    assert share_right(tmp_path, dair_folder) == 1.0
    metrics = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["validation"] == {"examples": 24, "accuracy": 1.0, "macro_f1": 1.0}  # the tiny splits are equal
    assert metrics["version"] == load_classifier(tmp_path).version


@pytest.mark.parametrize("arch", ["compact", "transformer"])
def test_train_encoder_learns_and_serves_in_int8(
    arch: str, checkpoints: dict[str, Path], dair_folder: Path, tmp_path: Path
) -> None:
    checkpoint = f"--checkpoint={checkpoints[arch]}"
    assert run(dair_folder, tmp_path / "model", f"--arch={arch}", checkpoint, *QUICK) == 0
    assert share_right(tmp_path / "model", dair_folder) > 0.9
    manifest = json.loads((tmp_path / "model" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["architecture"] == arch
    assert str(tmp_path) not in json.dumps(manifest)
    assert "torch" in manifest["packages"]
    assert set(manifest["files"]) == {"model.onnx", "tokenizer.json", "windows.json"}


def test_train_compact_keeps_three_layers_and_pools_the_mean() -> None:
    settings = make_settings("compact", "x")
    assert (settings.layers, settings.mean_pooling) == (3, True)


def test_train_too_many_layers_refused(
    checkpoints: dict[str, Path], dair_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = f"--checkpoint={checkpoints['compact']}"
    assert run(dair_folder, tmp_path / "model", checkpoint, "--set=layers=4") == 2
    assert "3 layers, fewer than the 4 asked for" in capsys.readouterr().err


def test_train_mean_of_another_family_refused(
    checkpoints: dict[str, Path], dair_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = f"--checkpoint={checkpoints['transformer']}"
    assert run(dair_folder, tmp_path / "model", checkpoint, "--set=layers=1") == 2
    assert "mean_pooling needs a BERT, and this is of the family distilbert" in capsys.readouterr().err


def test_train_missing_data_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "none", tmp_path / "model", "--arch=linear") == 2
    assert "none/train.txt: No such file" in capsys.readouterr().err


def test_material_comments_count_half_and_neutral_ones_are_thinned(tmp_path: Path, dair_folder: Path) -> None:
    (tmp_path / "labels.txt").write_text("joy\nneutral\n", encoding="utf-8")
    lines = [f"A comment {number}\t{int(number >= 4)}\tid{number}" for number in range(20)]  # 4 of joy, 16 neutral
    (tmp_path / "train.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    material = read_material(dair_folder, tmp_path)
    comments = [example for example in material.train if example.text.startswith("a comment")]
    assert [example.label for example in comments] == ["joy"] * 4 + ["neutral"] * 4
    assert {example.weight for example in comments} == {0.5}
    assert set(material.hashes) == {
        f"{dair_folder.name}/train.txt", f"{dair_folder.name}/val.txt", f"{tmp_path.name}/train.tsv",
    }  # fmt: skip


def test_load_damaged_file_refused(tmp_path: Path, dair_folder: Path) -> None:
    run(dair_folder, tmp_path, "--arch=linear", "--set=min_document_frequency=1")
    (tmp_path / "vocabulary.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ModelError, match=r"vocabulary\.json: its SHA-256 differs"):
        load_classifier(tmp_path)


def test_load_missing_folder_tells_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"No such file.*python -m ml\.reviews\.train"):
        load_classifier(tmp_path / "none")
