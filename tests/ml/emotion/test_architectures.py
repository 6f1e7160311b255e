"""Every architecture is trained, saved and used by the same commands."""

from pathlib import Path

import numpy as np
import pytest
from transformers import BertConfig

from ml.emotion.architectures import make_settings
from ml.emotion.corpora.own import load_corpus
from ml.emotion.data import Split, split_examples
from ml.emotion.lstm.settings import Analyzer
from ml.emotion.ngram import LINEAR, NgramSettings
from ml.emotion.predict import Predictor
from ml.emotion.train import main
from ml.errors import DataError, ModelError
from ml.manifest import read_manifest
from tests.ml.encoder.conftest import make_checkpoint

_TINY_LSTM = ("epochs=8", "units=16", "embedding_size=16", "max_length=12", "learning_rate=0.02", "batch_size=24")
_TINY_TRANSFORMER = ("epochs=6", "batch_size=8", "learning_rate=0.005", "max_tokens=40", "overlap=8")


def set_all(changes: tuple[str, ...]) -> list[str]:
    return [word for change in changes for word in ("--set", change)]


def share_right(model: Path, corpus: Path) -> float:
    """Accuracy of a saved model on the test part of a corpus."""
    test = split_examples(load_corpus(corpus))[Split.TEST]
    predictions = Predictor.load(model).predict([example.text for example in test])
    return float(np.mean([p.label == example.label for p, example in zip(predictions, test, strict=True)]))


def test_linear_is_trained_and_used(tiny_corpus: Path, tmp_path: Path) -> None:
    assert main(["--arch", "linear", "--data", f"corpus:{tiny_corpus}", "--output", str(tmp_path / "m")]) == 0
    assert read_manifest(tmp_path / "m", trainer="x")["architecture"] == "linear"
    assert share_right(tmp_path / "m", tiny_corpus) == 1


def test_lstm_is_trained_and_used(tiny_corpus: Path, tmp_path: Path) -> None:
    arguments = ["--arch", "lstm", "--analyzer", "okt", *set_all(_TINY_LSTM), "--data", f"corpus:{tiny_corpus}"]
    assert main([*arguments, "--output", str(tmp_path / "m"), "--state", str(tmp_path / "state")]) == 0
    manifest = read_manifest(tmp_path / "m", trainer="x")
    assert manifest["model_version"].startswith("lstm-")
    assert "--arch lstm --analyzer okt" in manifest["command"]
    assert share_right(tmp_path / "m", tiny_corpus) > 0.9


def test_transformer_is_trained_and_used(tiny_corpus: Path, tmp_path: Path) -> None:
    letters = sorted({letter for example in load_corpus(tiny_corpus) for letter in example.text} - {" "})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    size = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=len(vocabulary), max_position_embeddings=48, initializer_range=0.1, **size)
    checkpoint = make_checkpoint(tmp_path / "checkpoint", config, vocabulary)
    arguments = ["--arch", "transformer", "--checkpoint", str(checkpoint), *set_all(_TINY_TRANSFORMER)]
    arguments += ["--data", f"corpus:{tiny_corpus}", "--output", str(tmp_path / "m"), "--state", str(tmp_path / "s")]
    assert main(arguments) == 0
    assert share_right(tmp_path / "m", tiny_corpus) > 0.9


def test_train_transformer_without_checkpoint_says_so(
    tiny_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--arch", "transformer", "--data", f"corpus:{tiny_corpus}", "--output", str(tmp_path / "m")]
    assert main(arguments) == 2
    assert "needs --checkpoint" in capsys.readouterr().err


def test_make_settings_changes_fields_by_type() -> None:
    settings = make_settings("lstm", analyzer="komoran", stopwords="none", changes=["epochs=3", "dropout=0"])
    assert (settings.analyzer, settings.stopwords, settings.epochs) == (Analyzer.KOMORAN, (), 3)
    assert settings.dropout == 0.0
    assert isinstance(settings.dropout, float)
    assert make_settings("compact", changes=["features.bits=12"]).features.bits == 12
    assert make_settings("linear") == LINEAR != NgramSettings()


@pytest.mark.parametrize("change", ["epochs", "epochs=many", "epochs=1.5", "magic=1", "features.bits=3"])
def test_make_settings_unknown_change_is_refused(change: str) -> None:
    with pytest.raises(DataError, match="--set"):
        make_settings("lstm", changes=[change])


def test_load_unknown_architecture_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for path in tiny_model.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"architecture": "compact"', '"architecture": "magic"'))
    with pytest.raises(ModelError, match="magic"):
        Predictor.load(folder)
