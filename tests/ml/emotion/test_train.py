"""Training end to end on a tiny corpus: it learns, writes a complete folder, and ONNX agrees with numpy."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from numpy.testing import assert_allclose

from ml.emotion.architectures import Model, make_architecture, make_settings
from ml.emotion.calibrate import Calibration, Temperatures
from ml.emotion.corpora.own import load_corpus
from ml.emotion.data import Example, Split, keep_what_chooses, split_examples
from ml.emotion.features import FeatureSettings, hash_batch
from ml.emotion.graph import build_graph
from ml.emotion.linear import EXPANSION, FitSettings, LinearModel, count_matrix, fit
from ml.emotion.ngram import NgramSettings, fit_ngrams
from ml.emotion.predict import Predictor
from ml.emotion.soft_labels import read_all_soft_labels
from ml.emotion.train import calibrate_model, main, train
from ml.emotion.units import Units
from ml.files import hash_file
from ml.labels import Emotion
from ml.manifest import read_manifest


def test_train_learns_what_the_tiny_corpus_says(tiny_corpus: Path, tiny_model: Path) -> None:
    test = split_examples(load_corpus(tiny_corpus))[Split.TEST]
    predictions = Predictor.load(tiny_model).predict([example.text for example in test])
    assert len(test) == 24
    assert [prediction.label for prediction in predictions] == [example.label for example in test]


def test_train_describes_everything_it_wrote(tiny_model: Path) -> None:
    manifest = read_manifest(tiny_model, trainer="ml.emotion.train")
    assert set(manifest["files"]) == {
        "model.onnx",
        "weights.bin",
        "metrics.json",
        "MODEL_CARD.md",
        "confusion.png",
        "reliability.png",
    }
    assert manifest["labels"] == list(Emotion)
    assert manifest["data"]["train"]["texts"] == 192
    assert manifest["packages"].keys() == {"numpy", "onnx", "onnxruntime", "scikit-learn", "scipy"}
    metrics = json.loads((tiny_model / "metrics.json").read_text())
    assert metrics["test"]["corpus"]["accuracy"] == 1.0
    assert manifest["model_version"] in (tiny_model / "MODEL_CARD.md").read_text()


def test_train_twice_gives_the_same_file(tiny_corpus: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert main(["--data", f"corpus:{tiny_corpus}", "--output", str(tmp_path / name)]) == 0
    for name in ("model.onnx", "weights.bin"):
        assert hash_file(tmp_path / "one" / name) == hash_file(tmp_path / "two" / name)


def test_train_leaves_the_test_split_alone_by_default(tiny_corpus: Path, tmp_path: Path) -> None:
    assert main(["--data", f"corpus:{tiny_corpus}", "--output", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "metrics.json").read_text()).keys() == {"validation"}


@pytest.mark.parametrize(("weight", "measured_apart"), [(1.0, True), (0.0, False)])
def test_what_only_measures_chooses_nothing(
    tiny_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weight: float, *, measured_apart: bool
) -> None:
    entries = load_corpus(tiny_corpus)
    lines = [
        Example(
            f"{entry.text} 라고 썼다",
            entry.label,
            weight,
            "expressions/A",
            entry.id,
            measured_apart=measured_apart,
        )
        for entry in entries
    ]
    linear = make_architecture("linear", make_settings("linear"), read_all_soft_labels([]))
    chose: list[Example] = []

    def fit_linear(learned: Sequence[Example], validation: Sequence[Example], state: Path) -> Model:
        chose.extend(validation)
        return linear.fit(learned, validation, state)

    def calibrate(model: Model, validation: Sequence[Example]) -> Calibration:
        chose.extend(validation)
        return calibrate_model(model, validation)

    monkeypatch.setattr("ml.emotion.train.calibrate_model", calibrate)
    metrics = train([*entries, *lines], replace(linear, fit=fit_linear), tmp_path / "both", command="")
    alone = split_examples(entries)[Split.VALIDATION]
    assert [example.text for example in chose] == [example.text for example in alone] * 2
    assert [metrics["validation"][name]["texts"] for name in ("corpus", "expressions", "all")] == [len(alone)] * 3
    assert keep_what_chooses(lines) == lines  # where nothing else is there, it has to choose


def test_what_has_no_weight_measures_and_teaches_nothing(tiny_corpus: Path, tmp_path: Path) -> None:
    entries = load_corpus(tiny_corpus)
    lines = [Example(f"{entry.text} 라고 썼다", entry.label, 0.0, "csv/A", entry.id) for entry in entries]
    linear = make_architecture("linear", make_settings("linear"), read_all_soft_labels([]))
    learned: list[list[Example]] = []

    def fit(taught: Sequence[Example], validation: Sequence[Example], state: Path) -> Model:
        learned.append(list(taught))
        return linear.fit(taught, validation, state)

    def refit(model: Model, taught: Sequence[Example]) -> Model:
        learned.append(list(taught))
        return model

    metrics = train([*entries, *lines], replace(linear, fit=fit, refit=refit), tmp_path / "both", command="")
    parts = split_examples(entries)
    taught = {example.text for example in parts[Split.TRAIN]}
    both = taught | {example.text for example in parts[Split.VALIDATION]}
    assert [{example.text for example in examples} for examples in learned] == [taught, both]
    assert metrics["validation"]["csv"]["texts"] == metrics["validation"]["corpus"]["texts"] > 0


def test_train_without_anything_that_teaches_is_refused(
    tiny_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", f"corpus:{tiny_corpus}:0", "--output", str(tmp_path / "model")]) == 2
    assert "every emotion has to occur" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_train_without_an_emotion_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.csv").write_text("text,emotion\n좋다,기쁨\n", encoding="utf-8")
    assert main(["--data", f"csv:{tmp_path / 'x.csv'}", "--output", str(tmp_path / "model")]) == 2
    assert "every emotion has to occur" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_train_on_balanced_diaries_alone_learns(tiny_corpus: Path, tmp_path: Path) -> None:
    """With equal counts the gradient starts so small that a loose tolerance would stop the fit at once."""
    assert main(["--data", f"corpus:{tiny_corpus}", "--output", str(tmp_path)]) == 0
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert metrics["validation"]["corpus"]["accuracy"] == 1.0


def _random_model(buckets: int) -> LinearModel:
    rng = np.random.default_rng(0)
    return LinearModel(
        weights=rng.integers(-127, 128, (buckets, 11), dtype=np.int8),
        scale=rng.uniform(0.01, 0.05, 11).astype(np.float32),
        bias=rng.normal(size=13).astype(np.float32),
        idf=(rng.integers(1, 256, buckets) * (rng.random(buckets) < 0.7)).astype(np.uint8),
    )


def test_onnx_graph_equals_numpy_reference() -> None:
    model = _random_model(1024)
    texts = ["오늘은 정말 좋았다", "", "한국어 😀 mixed ABC 123", "ㅋㅋ", "길" * 3000]
    batch = hash_batch(texts, FeatureSettings(bits=10))
    temperatures = Temperatures(diary=0.6, other=1.3)
    session = ort.InferenceSession(build_graph(model, temperatures).SerializeToString())
    found, shares = session.run(None, {**batch._asdict(), "row_count": np.array([len(texts)])})
    logits, expected_shares = model.score(batch, len(texts))
    assert_allclose(found, temperatures.calibrate(logits, expected_shares), atol=2e-5)
    assert_allclose(shares[:, 0], expected_shares, atol=2e-5)


def test_scores_of_what_is_held_are_those_of_all_six_weights() -> None:
    """But for what all six share, which no softmax sees."""
    weights = np.random.default_rng(0).normal(size=(9, 13))
    held = weights @ EXPANSION.T @ EXPANSION
    for emotions in (slice(0, 6), slice(6, 12)):
        shared = weights[:, emotions].mean(axis=1, keepdims=True)
        assert_allclose(held[:, emotions], weights[:, emotions] - shared, atol=1e-6)
    assert_allclose(held[:, 12], weights[:, 12], atol=1e-6)


def test_fit_reads_the_same_word_by_style() -> None:
    """장 is a joy in the diaries and a worry in the comments; each style keeps its own reading."""
    diaries = [(f"나는 오늘 {word} 보았다 {number}", label) for number in range(30) for word, label in _DIARY_WORDS]
    comments = [(f"{word} 이네요 님들 {number}", label) for number in range(30) for word, label in _COMMENT_WORDS]
    texts, labels = zip(*diaries, *comments, strict=True)
    is_diary = np.arange(len(texts)) < len(diaries)
    features = FeatureSettings(bits=14)
    counts = count_matrix(texts, features)
    model = fit(counts, np.eye(len(Emotion))[list(labels)], is_diary, FitSettings())
    unseen = ["나는 오늘 장터 보았다", "장터 이네요 님들"]
    logits, diary_shares = model.score(hash_batch(unseen, features), 2)
    assert diary_shares[0] > 0.8 > 0.2 > diary_shares[1]
    assert logits.argmax(axis=1).tolist() == [0, 3]


_DIARY_WORDS = [("장터", 0), ("이별", 1), ("싸움", 2), ("시험", 3), ("실수", 4), ("버스", 5)]
_COMMENT_WORDS = [("축제", 0), ("이별", 1), ("싸움", 2), ("장터", 3), ("실수", 4), ("버스", 5)]


def test_ngrams_learn_how_a_label_is_shared() -> None:
    """장 is anger to one reader and sadness to another, and each share counts."""
    index = {emotion: place for place, emotion in enumerate(Emotion)}
    shares = [0.0] * len(Emotion)
    shares[index[Emotion.ANGER]], shares[index[Emotion.SADNESS]] = 0.25, 0.75
    examples = [
        Example(f"{emotion.korean} {number}", emotion, 1.0, "corpus/A", f"{emotion}{number}")
        for emotion in Emotion
        for number in range(20)
    ]
    examples += [
        Example(f"장날 {number}", Emotion.ANGER, 1.0, "corpus/A", f"s{number}", shares=tuple(shares))
        for number in range(60)
    ]
    settings = NgramSettings(balance=0.0, fit=FitSettings(inverse_regularization=1000.0, iterations=500))
    logits, _ = fit_ngrams(examples, settings).score(Units(["장날"], [0], [], []))
    probabilities = np.exp(logits[0] - logits[0].max())
    probabilities /= probabilities.sum()
    # L-BFGS stops near the optimum, on another processor at another place (0.806 on one).
    assert probabilities[index[Emotion.SADNESS]] == pytest.approx(0.75, abs=0.1)
    assert probabilities[index[Emotion.ANGER]] == pytest.approx(0.25, abs=0.1)
