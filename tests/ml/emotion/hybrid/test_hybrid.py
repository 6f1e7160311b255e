"""A hybrid model from training to serving: both halves learn, and what serves is what was measured."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ml.emotion import renew
from ml.emotion.corpora.own import load_corpus
from ml.emotion.data import Split, split_examples
from ml.emotion.hybrid.model import HybridModel, refit_words, to_excerpts
from ml.emotion.hybrid.served import HYBRID_FILE, ServedHybrid
from ml.emotion.hybrid.settings import HybridSettings
from ml.emotion.mixed import choose_mixture
from ml.emotion.predict import Predictor
from ml.emotion.train import Parts, main
from ml.emotion.units import split_units
from ml.encoder.settings import TransformerSettings
from ml.errors import ModelError
from ml.labels import Emotion
from ml.manifest import read_manifest

TEXTS = ["회사에서 너무 슬퍼서 눈물이 났던 밤. 버스를 탔다.", "정말 기쁘고 행복한 하루", "", "ㅋㅋ", "가나다. " * 200]


def test_both_halves_learn_what_the_tiny_corpus_says(model: HybridModel, parts: Parts) -> None:
    units = split_units([example.text for example in parts[Split.TEST]])
    labels = [list(Emotion).index(example.label) for example in parts[Split.TEST]]
    scores, shares = model.score(units)
    encoder = model.readers.encoder.log_probabilities([units.texts[whole] for whole in units.whole])
    assert scores[units.whole].argmax(axis=1).tolist() == labels
    assert (encoder.argmax(axis=1) == labels).mean() > 0.9
    assert (shares > 0.99).all()  # there are diaries only


def test_what_serves_scores_as_what_was_trained(model: HybridModel, tmp_path: Path) -> None:
    assert HYBRID_FILE in model.save(tmp_path, model.temperatures)
    units = split_units(TEXTS)
    expected, expected_shares = model.score(units)
    found, shares = ServedHybrid.load(tmp_path).score(units)
    assert_allclose(found, expected, atol=1e-3)
    assert_allclose(shares, expected_shares, atol=1e-4)


def test_refit_changes_the_words_and_keeps_the_encoder(model: HybridModel, parts: Parts) -> None:
    again = refit_words(model, parts[Split.TRAIN] + parts[Split.VALIDATION])
    assert again.readers is model.readers
    assert again.mixture == model.mixture
    assert (again.ngrams.linear.weights != model.ngrams.linear.weights).any()


def test_to_excerpts_raises_rare_emotions_and_shortens(parts: Parts, settings: HybridSettings) -> None:
    train = [replace(example, text=example.text * 5) for example in parts[Split.TRAIN]]
    rare = [example for example in train if example.label is Emotion.JOY][:5]
    common = [example for example in train if example.label is Emotion.ANGER][:30]
    excerpts = to_excerpts([*rare, *common], settings)
    assert excerpts[0].weight > 1 > excerpts[-1].weight
    assert max(len(example.text) for example in excerpts) <= settings.excerpt + 3
    assert sum(example.weight for example in excerpts) == pytest.approx(35)


def test_choose_mixture_listens_to_the_half_that_is_right() -> None:
    random = np.random.default_rng(0)
    labels = random.integers(0, 6, 300)
    units = split_units(["말"] * 300)
    right = np.log(np.eye(6)[labels] * 0.7 + 0.05)
    noise = np.log(random.dirichlet(np.ones(6), 300) + 1e-3)
    is_diary = np.arange(300) % 2 == 0
    words = np.where(is_diary[:, None], right, noise)
    meanings = np.where(is_diary[:, None], noise, right)
    found = choose_mixture(words, is_diary.astype(float), [meanings], units, labels)
    assert found.diary < 1 < found.other
    assert found.readers == ()


def test_choose_mixture_listens_to_the_reader_that_knows_more() -> None:
    random = np.random.default_rng(0)
    labels = random.integers(0, 6, 300)
    units = split_units(["말"] * 300)
    words, noise = (np.log(random.dirichlet(np.ones(6), 300) + 1e-3) for _ in range(2))
    right = np.log(np.eye(6)[labels] * 0.7 + 0.05)
    shares = np.zeros(300)
    assert choose_mixture(words, shares, [noise, right], units, labels).readers == (0.2, 0.8)
    assert choose_mixture(words, shares, [right, noise], units, labels).readers == (0.6, 0.4)


def test_hybrid_is_trained_and_used_by_the_commands(
    tiny_corpus: Path, settings: HybridSettings, state: Path, model: HybridModel, tmp_path: Path
) -> None:
    changes = [f"encoder.{name}={value}" for name, value in _encoder_changes(settings).items()]
    arguments = ["--arch", "hybrid", "--checkpoint", settings.encoder.checkpoint, "--data", f"corpus:{tiny_corpus}"]
    arguments += [word for change in (*changes, "ngrams.features.bits=12", "excerpt=40") for word in ("--set", change)]
    assert main([*arguments, "--output", str(tmp_path / "m"), "--state", str(state)]) == 0  # goes on from the state
    manifest = read_manifest(tmp_path / "m", trainer="x")
    assert (manifest["architecture"], set(manifest["files"]) >= {"model.onnx", "encoder.onnx"}) == ("hybrid", True)
    assert manifest["settings"]["encoder"]["checkpoint"] == f"PATH/{Path(settings.encoder.checkpoint).name}"
    test = split_examples(load_corpus(tiny_corpus))[Split.TEST]
    predictions = Predictor.load(tmp_path / "m").predict([example.text for example in test])
    assert [prediction.label for prediction in predictions] == [example.label for example in test]
    _renew(tmp_path / "m", tiny_corpus, tmp_path / "renewed")


def _renew(folder: Path, corpus: Path, output: Path) -> None:
    """New n-grams come beside the same encoder."""
    changes = ["--set", "ngrams.fit.iterations=7"]
    assert renew.main(["--model", str(folder), "--data", f"corpus:{corpus}", *changes, "--output", str(output)]) == 0
    before, after = (read_manifest(each, trainer="x") for each in (folder, output))
    names = ("encoder.onnx", "tokenizer.json", "windows.json", "weights.bin")
    assert [after["files"][name] == before["files"][name] for name in names] == [True, True, True, False]
    assert after["reader_of"] == before["model_version"]
    assert f"its encoder is that of `{before['model_version']}`" in (output / "MODEL_CARD.md").read_text()


def _encoder_changes(settings: HybridSettings) -> dict[str, object]:
    names = ("epochs", "batch_size", "learning_rate", "max_tokens", "overlap", "layer_decay")
    defaults = {"patience": 2, "weight_decay": 0.01, "label_smoothing": 0.0, "token_dropout": 0.0}
    return {**{name: getattr(settings.encoder, name) for name in names}, **defaults}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("hybrid.json", "{}", r"hybrid\.json: damaged"),
        ("hybrid.json", "[]", r"hybrid\.json: damaged"),
        ("hybrid.json", None, r"hybrid\.json: No such file"),
        ("encoder.onnx", "x", r"encoder\.onnx: cannot be loaded"),
        ("model.onnx", "x", r"model\.onnx: ONNX Runtime cannot load it"),
        ("tokenizer.json", None, r"tokenizer\.json: No such file"),
    ],
)
def test_load_says_which_file_is_broken(
    name: str, content: str | None, message: str, model: HybridModel, tmp_path: Path
) -> None:
    model.save(tmp_path, model.temperatures)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(ModelError, match=message):
        ServedHybrid.load(tmp_path)


def test_settings_refuse_an_excerpt_that_is_none(checkpoint: Path) -> None:
    with pytest.raises(ValueError, match="20 characters"):
        HybridSettings(TransformerSettings(str(checkpoint)), excerpt=5)
