"""Encoders that were tuned and read elsewhere: the hybrid model takes both, and teaches what it would have read."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from transformers import BertConfig

from ml.emotion.corpora.own import load_corpus
from ml.emotion.data import Split
from ml.emotion.distil import main as distil
from ml.emotion.hybrid.excerpts import excerpt
from ml.emotion.hybrid.read import main as read
from ml.emotion.hybrid.read import name_encoders
from ml.emotion.hybrid.readings import load_readings, write_readings
from ml.emotion.hybrid.tune import main as tune
from ml.emotion.mixing import read_together
from ml.emotion.predict import Predictor
from ml.emotion.renew import main as renew
from ml.emotion.soft_labels import read_soft_labels
from ml.emotion.train import main as train
from ml.emotion.train import split_for_training
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.model import TransformerModel
from ml.errors import DataError
from tests.ml.encoder.conftest import make_checkpoint

TEXTS = ["학교에서 정말 기쁘고 행복한 하루", "너무 슬퍼서 눈물이 났다", "그냥 버스를 탔다", "창피하고 민망하다"]
ENCODER = {"epochs": 4, "batch_size": 8, "learning_rate": 5e-3, "max_tokens": 40, "overlap": 8}


@pytest.fixture(scope="module")
def data(tiny_corpus: Path) -> list[str]:
    return ["--data", f"corpus:{tiny_corpus}"]


@pytest.fixture(scope="module")
def tuned(tiny_corpus: Path, data: list[str], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two encoders, tuned by the command with two seeds."""
    parts = split_for_training(load_corpus(tiny_corpus))
    letters = sorted({letter for example in parts[Split.TRAIN] for letter in example.text} - {" "})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    size = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=len(vocabulary), max_position_embeddings=48, initializer_range=0.1, **size)
    checkpoint = make_checkpoint(tmp_path_factory.mktemp("checkpoint"), config, vocabulary)
    folders = []
    for seed in (1, 2):
        changes = [f"encoder.{name}={value}" for name, value in {**ENCODER, "seed": seed}.items()]
        arguments = [word for change in changes for word in ("--set", change)]
        run = tmp_path_factory.mktemp("tuned")
        assert tune(["--checkpoint", str(checkpoint), *data, *arguments, "--output", str(run)]) == 0
        folders.append(run / "best")
    return folders


@pytest.fixture(scope="module")
def teacher(tuned: list[Path], data: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hybrid model with the first encoder as it was tuned."""
    folder = tmp_path_factory.mktemp("teacher") / "model"
    changes = ["--set", "encoder.epochs=0", "--set", "ngrams.features.bits=12"]
    arguments = ["--arch", "hybrid", "--checkpoint", str(tuned[0]), *data, *changes, "--teacher"]
    assert train([*arguments, "--output", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("texts") / "texts.txt"
    path.write_text("\n".join(TEXTS) + "\n", encoding="utf-8")
    return f"lines:{path}"


def read_texts(encoders: list[Path], texts: str, data: list[str], output: Path) -> Path:
    options = [word for folder in encoders for word in ("--encoder", str(folder))]
    assert read([*options, "--texts", texts, *data, "--output", str(output)]) == 0
    return output


def test_a_teacher_with_readings_reads_as_with_its_encoder(
    tuned: list[Path], teacher: Path, texts: str, data: list[str], tmp_path: Path
) -> None:
    readings = read_texts(tuned[:1], texts, data, tmp_path / "readings.npz")
    arguments = ["--teacher", str(teacher), "--texts", texts, *data]
    assert distil([*arguments, "--output", str(tmp_path / "own.tsv")]) == 0
    assert distil([*arguments, "--readings", str(readings), "--output", str(tmp_path / "read.tsv")]) == 0
    own, found = read_soft_labels(tmp_path / "own.tsv"), read_soft_labels(tmp_path / "read.tsv")
    assert own.texts == found.texts == TEXTS
    assert_allclose(found.probabilities, own.probabilities, atol=0.01)  # bytes and half precision
    assert found.teacher == f"{own.teacher}+{name_encoders(tuned[:1])}" != f"{own.teacher}+{name_encoders(tuned)}"
    other = read_texts(tuned[1:], texts, data, tmp_path / "other.npz")
    arguments += ["--readings", str(other)]
    assert distil([*arguments, "--output", str(tmp_path / "read.tsv")]) == 2  # one file, one teacher


def test_readings_without_a_model_are_what_is_learned(
    tuned: list[Path], texts: str, data: list[str], tmp_path: Path
) -> None:
    readings = read_texts(tuned, texts, data, tmp_path / "readings.npz")
    arguments = ["--readings", str(readings), "--texts", texts, *data, "--output", str(tmp_path / "soft.tsv")]
    assert distil(arguments) == 0
    soft = read_soft_labels(tmp_path / "soft.tsv")
    assert (soft.texts, soft.teacher) == (TEXTS, f"encoders-{name_encoders(tuned)}")
    known = load_readings(readings, TEXTS).log_probabilities(TEXTS)
    assert_allclose(soft.probabilities, np.exp(known), atol=1e-3)


def test_an_encoder_of_a_hybrid_model_reads_alone(
    teacher: Path, tuned: list[Path], texts: str, data: list[str], tmp_path: Path
) -> None:
    arguments = ["--encoder", str(teacher), "--texts", texts, *data, "--output", str(tmp_path / "soft.tsv")]
    assert distil(arguments) == 0
    soft = read_soft_labels(tmp_path / "soft.tsv")
    assert (soft.texts, soft.teacher) == (TEXTS, f"encoder-of-{Predictor.load(teacher).model_version}")
    known = TransformerModel.load(tuned[0], EMOTION_TASK).log_probabilities(TEXTS)
    assert_allclose(soft.probabilities, np.exp(known), atol=0.02)  # bytes


@pytest.mark.parametrize("other", ["--teacher", "--readings"])
def test_an_encoder_reads_with_nobody_else(
    other: str, teacher: Path, texts: str, data: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--encoder", str(teacher), other, str(teacher), "--texts", texts, *data]
    assert distil([*arguments, "--output", str(tmp_path / "soft.tsv")]) == 2
    assert "--encoder reads alone: leave --teacher and --readings out" in capsys.readouterr().err


def test_a_hybrid_model_gets_no_piece_network(
    teacher: Path, texts: str, data: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soft = tmp_path / "soft.tsv"
    assert distil(["--encoder", str(teacher), "--texts", texts, *data, "--output", str(soft)]) == 0
    arguments = ["--model", str(teacher), "--pieces", str(tmp_path), "--soft", str(soft), *data]
    assert renew([*arguments, "--output", str(tmp_path / "m")]) == 2
    assert "--words and --pieces are for compact: hybrid has an encoder" in capsys.readouterr().err


def test_two_encoders_read_the_mean_of_both(tuned: list[Path], texts: str, data: list[str], tmp_path: Path) -> None:
    readings = load_readings(read_texts(tuned, texts, data, tmp_path / "readings.npz"), TEXTS)
    one, other = (TransformerModel.load(folder, EMOTION_TASK).log_probabilities(TEXTS) for folder in tuned)
    assert abs(one - other).max() > 0.1
    mean = (one + other) / 2
    expected = mean - np.log(np.exp(mean).sum(axis=1, keepdims=True))
    assert_allclose(readings.log_probabilities(TEXTS[::-1]), expected[::-1], atol=0.01)


def test_long_texts_are_read_as_the_teacher_will_ask_for_them(
    tuned: list[Path], data: list[str], tmp_path: Path
) -> None:
    path, long = tmp_path / "texts.txt", "가나다 라마바사 " * 20
    path.write_text(long, encoding="utf-8")
    arguments = ["--encoder", str(tuned[0]), "--texts", f"lines:{path}", *data, "--excerpt", "40"]
    assert read([*arguments, "--output", str(tmp_path / "new" / "x.npz")]) == 0
    load_readings(tmp_path / "new" / "x.npz", [excerpt(" ".join(long.split()), 40)])


def test_other_texts_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "readings.npz"
    write_readings(path, TEXTS, np.zeros((len(TEXTS), 6)), "somebody")
    with pytest.raises(DataError, match="readings of other texts"):
        load_readings(path, TEXTS[::-1])
    with pytest.raises(DataError, match="hold no '낯선 글'"):
        load_readings(path, TEXTS).log_probabilities(["낯선 글"])


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 cut off", None])
def test_a_damaged_file_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "readings.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"readings\.npz: "):
        load_readings(path, TEXTS)


def test_readings_are_for_a_teacher_with_an_encoder(
    texts: str, data: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, folder = tmp_path / "readings.npz", tmp_path / "ngrams"
    write_readings(path, TEXTS, np.zeros((len(TEXTS), 6)), "somebody")
    assert train([*data, "--set", "features.bits=12", "--teacher", "--output", str(folder)]) == 0
    arguments = ["--teacher", str(folder), "--texts", texts, *data, "--readings", str(path)]
    assert distil([*arguments, "--output", str(tmp_path / "soft.tsv")]) == 2
    assert "--readings are for a hybrid model" in capsys.readouterr().err
    arguments = ["--encoder", str(folder), "--texts", texts, *data, "--output", str(tmp_path / "soft.tsv")]
    assert distil(arguments) == 2
    assert "--encoder is for a hybrid model" in capsys.readouterr().err


def test_commands_name_what_is_missing(data: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = str(tmp_path / "nowhere")
    assert tune(["--checkpoint", nowhere, *data, "--output", str(tmp_path / "run")]) == 2
    assert nowhere in capsys.readouterr().err
    none = ["--checkpoint", nowhere, *data, "--set", "encoder.epochs=0", "--output", str(tmp_path / "run")]
    assert tune(none) == 2
    assert "encoder.epochs: has to be 1 or more" in capsys.readouterr().err
    arguments = ["--encoder", nowhere, "--texts", f"lines:{nowhere}", *data, "--output", str(tmp_path / "x.npz")]
    assert read(arguments) == 2
    assert nowhere in capsys.readouterr().err


def test_together_is_a_distribution(tuned: list[Path]) -> None:
    encoders = [TransformerModel.load(folder, EMOTION_TASK) for folder in tuned]
    assert_allclose(np.exp(read_together(encoders, TEXTS)).sum(axis=1), 1.0)
