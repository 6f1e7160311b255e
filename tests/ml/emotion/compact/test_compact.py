"""A taught compact model from training to serving: both halves are heard, and what serves is what was measured."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ml.emotion.compact.model import CompactModel, fit_compact, refit_ngrams
from ml.emotion.compact.served import COMPACT_FILE, ServedCompact, load_readers, read_has_pieces
from ml.emotion.compact.settings import CompactSettings, Starts
from ml.emotion.corpora.own import load_corpus
from ml.emotion.data import Split
from ml.emotion.features import FeatureSettings
from ml.emotion.mixed import score_words
from ml.emotion.mixing import read_together
from ml.emotion.pieces.served import SERVED_FILES as PIECES_FILES
from ml.emotion.pieces.served import ServedPieces
from ml.emotion.predict import Predictor
from ml.emotion.train import Parts, main, split_for_training
from ml.emotion.units import FloatArray, split_units
from ml.emotion.words.served import ServedWords
from ml.emotion.words.settings import WordSettings
from ml.errors import ModelError
from ml.labels import Emotion
from ml.manifest import read_manifest
from ml.probability import softmax
from tests.ml.emotion.compact.tiny import SOFT, TEXTS, WORD, Commanded


@pytest.fixture(scope="module")
def settings() -> CompactSettings:
    words = WordSettings(FeatureSettings(bits=10), 32, layers=1, heads=2, epochs=4, batch_size=16, learning_rate=5e-3)
    return CompactSettings(FeatureSettings(bits=12), words=words)


@pytest.fixture(scope="module")
def parts(tiny_corpus: Path) -> Parts:
    return split_for_training(load_corpus(tiny_corpus))


@pytest.fixture(scope="module")
def model(parts: Parts, settings: CompactSettings, tmp_path_factory: pytest.TempPathFactory) -> CompactModel:
    state = tmp_path_factory.mktemp("state")
    return fit_compact(parts[Split.TRAIN], parts[Split.VALIDATION], settings, SOFT, state, Starts())


@pytest.fixture(scope="module")
def saved(model: CompactModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model's folder."""
    folder = tmp_path_factory.mktemp("model")
    assert COMPACT_FILE in model.save(folder, model.temperatures)
    return folder


def test_what_serves_scores_as_what_was_trained(model: CompactModel, saved: Path) -> None:
    units = split_units(TEXTS)
    expected, expected_shares = model.score(units)
    found, shares = ServedCompact.load(saved).score(units)
    assert_allclose(found, expected, atol=1e-3)
    assert_allclose(shares, expected_shares, atol=1e-4)


@dataclass(frozen=True)
class Fixed:
    """Reads the same in every text."""

    emotion: Emotion

    def log_probabilities(self, texts: Sequence[str]) -> FloatArray:
        return np.tile(np.log([0.9 if emotion is self.emotion else 0.02 for emotion in Emotion]), (len(texts), 1))


def test_each_reader_counts_as_the_mixture_says_in_training_and_where_it_serves(
    model: CompactModel, saved: Path
) -> None:
    units = split_units([WORD])
    readers = [Fixed(Emotion.ANGER), Fixed(Emotion.JOY)]
    mixture = replace(model.mixture, diary=4.0, other=4.0, offsets=(), readers=(0.2, 0.8))
    found, _ = replace(model, readers=readers, mixture=mixture).score(units)
    served, _ = replace(ServedCompact.load(saved), readers=readers, mixture=mixture).score(units)
    assert_allclose(served, found, atol=1e-3)
    odds = dict(zip(Emotion, found[0], strict=True))
    known, _ = score_words(model.ngrams, model.temperatures, units)
    assert odds[Emotion.JOY] - odds[Emotion.ANGER] == pytest.approx(
        (known[0, 0] - known[0, 2] + 4 * (0.8 - 0.2) * np.log(0.9 / 0.02)) / 5
    )


def test_shares_of_more_readers_than_there_are_are_named(saved: Path, tmp_path: Path) -> None:
    shutil.copytree(saved, tmp_path / "m")
    facts = json.loads((tmp_path / "m" / COMPACT_FILE).read_text())
    facts["mixture"]["readers"] = [0.3, 0.7]
    (tmp_path / "m" / COMPACT_FILE).write_text(json.dumps(facts))
    with pytest.raises(ModelError, match=r"compact\.json: damaged \(shares of 2 readers, not of 1\)"):
        ServedCompact.load(tmp_path / "m")


def test_both_halves_are_heard_of_a_whole_text_and_the_ngrams_alone_of_its_sentences(model: CompactModel) -> None:
    units = split_units([WORD, "그냥 버스를 탔다. 비가 왔다."])
    mixed, _ = model.score(units)
    known, _ = score_words(model.ngrams, model.temperatures, units)
    taught = read_together(model.readers, [WORD])
    joy = list(Emotion).index(Emotion.JOY)
    assert np.exp(known)[0, joy] < softmax(mixed)[0, joy] < np.exp(taught)[0, joy]
    assert_allclose(mixed[units.sentences[1]], known[units.sentences[1]])


def test_refit_changes_the_ngrams_and_keeps_the_network(
    model: CompactModel, parts: Parts, settings: CompactSettings
) -> None:
    again = refit_ngrams(model, parts[Split.TRAIN] + parts[Split.VALIDATION], settings)
    assert again.readers is model.readers
    assert again.mixture == model.mixture
    assert (again.ngrams.linear.weights != model.ngrams.linear.weights).any()


@pytest.mark.parametrize(
    ("content", "message"), [("{}", r"compact\.json: damaged"), (None, r"compact\.json: No such file")]
)
def test_load_says_what_is_broken(content: str | None, message: str, saved: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(saved, tmp_path / "broken")
    (folder / COMPACT_FILE).unlink()
    if content is not None:
        (folder / COMPACT_FILE).write_text(content)
    with pytest.raises(ModelError, match=message):
        ServedCompact.load(folder)


def test_it_is_trained_and_used_by_the_commands(commanded: Commanded) -> None:
    manifest = read_manifest(commanded.output, trainer="ml.emotion.train")
    assert manifest["architecture"] == "compact"
    assert (manifest["soft"]["texts"], manifest["soft"]["teacher"]) == (60, "somebody")
    assert manifest["command"].count("--soft SOFT") == 2
    assert "`somebody` read in 60 texts" in (commanded.output / "MODEL_CARD.md").read_text()
    assert json.loads((commanded.output / "metrics.json").read_text())["validation"]["corpus"]["accuracy"] == 1.0
    predicted = Predictor.load(commanded.output).predict(TEXTS[:2])
    assert [prediction.label for prediction in predicted] == [Emotion.SADNESS, Emotion.JOY]


def test_the_network_goes_on_from_another_models(commanded: Commanded, tmp_path: Path) -> None:
    options = [*commanded.options, "--start", str(commanded.output)]
    options += ["--set", "words.learning_rate=1e-9"]
    assert main([*options, "--output", str(tmp_path / "m")]) == 0
    folders = (commanded.output, tmp_path / "m")
    first, manifest = (read_manifest(folder, trainer="ml.emotion.train") for folder in folders)
    assert (first.get("started_from"), manifest["started_from"]) == (None, first["model_version"])
    assert "--start START" in manifest["command"]
    networks = [ServedWords.load(folder).log_probabilities(TEXTS) for folder in folders]
    assert_allclose(networks[1], networks[0], atol=1e-3)


def test_a_piece_network_reads_beside_the_word_network(with_pieces: Path, commanded: Commanded) -> None:
    manifest = read_manifest(with_pieces, trainer="ml.emotion.train")
    assert set(PIECES_FILES) <= set(manifest["files"])
    assert len(manifest["pieces_from"]) == 64
    assert "--pieces PIECES" in manifest["command"]
    assert "a piece network" in (with_pieces / "MODEL_CARD.md").read_text()
    assert "a piece network" not in (commanded.output / "MODEL_CARD.md").read_text()
    readers = load_readers(with_pieces, has_pieces=read_has_pieces(with_pieces))
    assert [type(reader) for reader in readers] == [ServedWords, ServedPieces]
    one, other = (reader.log_probabilities(TEXTS) for reader in readers)
    assert_allclose(softmax((one + other) / 2), np.exp(read_together(readers, TEXTS)))
    shares = ServedCompact.load(with_pieces).mixture.readers
    assert sum(shares) == pytest.approx(1)
    assert_allclose(softmax(shares[0] * one + shares[1] * other), np.exp(read_together(readers, TEXTS, shares)))
    predicted = Predictor.load(with_pieces).predict(TEXTS[:2])
    assert [prediction.label for prediction in predicted] == [Emotion.SADNESS, Emotion.JOY]


def test_a_model_without_pieces_leaves_none_of_another_in_its_folder(
    model: CompactModel, with_pieces: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(with_pieces, tmp_path / "m")
    names = model.save(folder, model.temperatures)
    assert not set(PIECES_FILES) & set(names)
    assert not any((folder / name).exists() for name in PIECES_FILES)


def test_a_start_of_pieces_that_is_not_there_is_named(
    commanded: Commanded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*commanded.options, "--pieces", str(tmp_path / "none"), "--output", str(tmp_path / "m")]
    assert main(arguments) == 2
    assert "pieces.safetensors: No such file" in capsys.readouterr().err
