"""A teacher reads texts that nobody has labelled, and a student learns from what it read."""

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ml.artifacts import EMOTION_HYBRID, EMOTION_MODEL
from ml.emotion.compact.served import load_readers
from ml.emotion.corpora.texts import choose_texts
from ml.emotion.data import Example
from ml.emotion.distil import Teacher, main, read_texts
from ml.emotion.folder import TRAINER
from ml.emotion.predict import Predictor
from ml.emotion.soft_labels import COLUMNS, read_all_soft_labels, read_soft_labels
from ml.emotion.train import main as train
from ml.errors import DataError
from ml.labels import Emotion
from ml.manifest import read_manifest
from ml.probability import softmax

TEXTS = ["학교에서 정말 기쁘고 행복한 하루", "너무 슬퍼서 눈물이 났다", "그냥 버스를 탔다", "창피하고 민망하다"]


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.txt"
    path.write_text("\n".join(TEXTS) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def teacher(tiny_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("teacher")
    options = ["--data", f"corpus:{tiny_corpus}", "--set", "features.bits=12", "--teacher"]
    assert train([*options, "--output", str(folder)]) == 0
    return folder


def distil(texts: Path, teacher: Path, corpus: Path, output: Path, *more: str) -> int:
    options = ["--texts", f"lines:{texts}", "--teacher", str(teacher), "--data", f"corpus:{corpus}"]
    return main([*options, *more, "--output", str(output)])


def test_file_holds_what_the_teacher_read(tiny_corpus: Path, teacher: Path, texts: Path, tmp_path: Path) -> None:
    assert distil(texts, teacher, tiny_corpus, tmp_path / "soft.tsv") == 0
    soft = read_soft_labels(tmp_path / "soft.tsv")
    predictor = Predictor.load(teacher)
    assert (soft.texts, soft.teacher) == (TEXTS, predictor.model_version)
    read = [[prediction.scores[emotion] for emotion in Emotion] for prediction in predictor.predict(TEXTS)]
    assert_allclose(soft.probabilities, read, atol=1e-4)


def test_networks_of_a_compact_model_read_as_well(
    tiny_corpus: Path, teacher: Path, texts: Path, tmp_path: Path
) -> None:
    assert distil(texts, teacher, tiny_corpus, tmp_path / "soft.tsv", "--networks", str(EMOTION_MODEL)) == 0
    soft = read_soft_labels(tmp_path / "soft.tsv")
    version = read_manifest(EMOTION_MODEL, trainer=TRAINER)["model_version"]
    assert soft.teacher == f"{Predictor.load(teacher).model_version} and the networks of {version}"
    alone = Teacher.of_model(Predictor.load(teacher)).read(TEXTS)
    words, pieces = (reader.log_probabilities(TEXTS) for reader in load_readers(EMOTION_MODEL, has_pieces=True))
    expected = np.sqrt(alone * softmax((words + pieces) / 2))
    assert_allclose(soft.probabilities, expected / expected.sum(axis=1, keepdims=True), atol=1e-4)


def test_networks_do_not_count_twice(
    tiny_corpus: Path, tmp_path: Path, texts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--networks", str(EMOTION_MODEL))
    assert distil(texts, EMOTION_HYBRID, tiny_corpus, tmp_path / "soft.tsv", *arguments) == 2
    assert "the teacher reads by networks already" in capsys.readouterr().err
    assert not (tmp_path / "soft.tsv").exists()


def test_model_without_networks_is_named(
    tiny_corpus: Path, teacher: Path, texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert distil(texts, teacher, tiny_corpus, tmp_path / "soft.tsv", "--networks", str(teacher)) == 2
    assert "--networks is for a compact model that was taught" in capsys.readouterr().err


def test_teacher_that_knows_the_validation_split_is_refused(
    tiny_corpus: Path, tiny_model: Path, texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert distil(texts, tiny_model, tiny_corpus, tmp_path / "soft.tsv") == 2
    assert "was fitted on the validation split. Make it by ml.emotion.train --teacher" in capsys.readouterr().err
    assert not (tmp_path / "soft.tsv").exists()


def test_labelled_repeated_short_and_long_texts_are_left_out() -> None:
    seen = ["오늘은 좋았다", "진짜 좋아요ㅋㅋㅋㅋㅋㅋ", "사랑해요😍 최고!!!!!", "가나다라마바"]
    labelled = [Example(text, Emotion.JOY, 1.0, "corpus/A", text) for text in seen]
    found = ["오늘은  좋았다", "오늘은좋았다", "새로운 글이다", "새로운글 이다", "ㅋㅋ", "길" * 401, "또 하나의 글"]
    decomposed = unicodedata.normalize("NFD", seen[-1])
    assert list(choose_texts([*seen, decomposed, *found], labelled)) == ["새로운 글이다", "또 하나의 글"]


def test_interrupted_run_goes_on(tiny_model: Path, tmp_path: Path) -> None:
    teacher = Teacher.of_model(Predictor.load(tiny_model))
    whole, cut = tmp_path / "whole.tsv", tmp_path / "cut.tsv"
    read_texts(teacher, TEXTS, whole)
    for end in (0, 10, 60, 200, -5, -1):  # within the header, within a row, between two
        cut.write_bytes(whole.read_bytes()[:end])
        read_texts(teacher, TEXTS, cut)
        assert cut.read_bytes() == whole.read_bytes()


def test_file_of_other_texts_is_left_alone(tiny_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "soft.tsv"
    read_texts(Teacher.of_model(Predictor.load(tiny_model)), TEXTS, path)
    before = path.read_bytes()
    with pytest.raises(DataError, match="holds other texts"):
        read_texts(Teacher.of_model(Predictor.load(tiny_model)), TEXTS[::-1], path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", ["somebody's one line", "two lines\nof a letter", "joy\tsadness\n"])
def test_file_of_something_else_is_left_alone(content: str, tiny_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="holds something else"):
        read_texts(Teacher.of_model(Predictor.load(tiny_model)), TEXTS, path)
    assert path.read_text(encoding="utf-8") == content


def test_output_that_is_a_folder_says_so(
    tiny_corpus: Path, teacher: Path, texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert distil(texts, teacher, tiny_corpus, tmp_path) == 2
    assert f"Is a directory: '{tmp_path}'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("0.5\t0.5\t0.5\t0\t0\t0\tt\t글", "row 2: the six probabilities don't sum to 1"),
        ("-1\t2\t0\t0\t0\t0\tt\t글", "row 2: the six probabilities"),
        ("x\t1\t0\t0\t0\t0\tt\t글", f"row 2: column {Emotion.JOY}: 'x' is not a number"),
        ("1\t0\t0\t0\t0\t0\tt", "row 2: wrong number of fields"),
        ("1\t0\t0\t0\t0\t0\ta\t글\n1\t0\t0\t0\t0\t0\tb\t글", "several teachers: a, b"),
    ],
)
def test_wrong_file_says_which_row(row: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "soft.tsv"
    path.write_text("\t".join(COLUMNS) + f"\n{row}\n", encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_soft_labels(path)


def test_files_of_several_teachers_name_them_all(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text("\t".join(COLUMNS) + f"\n1\t0\t0\t0\t0\t0\t{name}\t글 {name}\n", encoding="utf-8")
    both = read_all_soft_labels([tmp_path / "b", tmp_path / "a"])
    assert (both.texts, both.teacher) == (["글 b", "글 a"], "a, b")
    assert read_all_soft_labels([tmp_path / "a", tmp_path / "a"]).teacher == "a"
    assert len(read_all_soft_labels([])) == 0


def test_somebody_has_to_read(
    tiny_corpus: Path, texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--texts", f"lines:{texts}", "--data", f"corpus:{tiny_corpus}", "--output", str(tmp_path / "soft.tsv")]
    assert main(options) == 2
    assert "who is to read: name --teacher, --readings or both" in capsys.readouterr().err


def test_soft_labels_are_refused_for_other_architectures(
    tiny_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "soft.tsv").write_text("\t".join(COLUMNS) + "\n1\t0\t0\t0\t0\t0\tt\t글\n", encoding="utf-8")
    options = ["--arch", "lstm", "--data", f"corpus:{tiny_corpus}", "--soft", str(tmp_path / "soft.tsv")]
    assert train([*options, "--output", str(tmp_path / "model")]) == 2
    assert "lstm does not learn from --soft: compact does" in capsys.readouterr().err


def test_start_without_soft_labels_is_refused(
    tiny_corpus: Path, tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--data", f"corpus:{tiny_corpus}", "--start", str(tiny_model), "--output", str(tmp_path / "model")]
    assert train(options) == 2
    assert "--start and --pieces are for networks, which only --soft trains" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "start", "message"),
    [
        ("--start", "model", "--start: is the output"),
        ("--pieces", "model", "--pieces: is the output"),
        ("--start", "nowhere", "nowhere"),
    ],
)
def test_start_that_cannot_be_is_refused_before_anything_is_learnt(
    option: str, start: str, message: str, tiny_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "soft.tsv").write_text("\t".join(COLUMNS) + "\n1\t0\t0\t0\t0\t0\tt\t글\n", encoding="utf-8")
    options = ["--data", f"corpus:{tiny_corpus}", "--soft", str(tmp_path / "soft.tsv")]
    assert train([*options, option, str(tmp_path / start), "--output", str(tmp_path / "model")]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "model").exists()
