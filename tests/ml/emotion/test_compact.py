"""A taught compact model from training to serving: both halves are heard, and what serves is what was measured."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ml.emotion import renew
from ml.emotion.compact.model import CompactModel, fit_compact, refit_ngrams
from ml.emotion.compact.served import COMPACT_FILE, ServedCompact, load_readers, read_has_pieces
from ml.emotion.compact.settings import CompactSettings, Starts
from ml.emotion.corpora.own import load_corpus
from ml.emotion.data import Split
from ml.emotion.features import FeatureSettings
from ml.emotion.mixed import score_words
from ml.emotion.mixing import read_together
from ml.emotion.pieces import universal
from ml.emotion.pieces.served import SERVED_FILES as PIECES_FILES
from ml.emotion.pieces.served import ServedPieces
from ml.emotion.predict import Predictor
from ml.emotion.soft_labels import COLUMNS, SoftLabels
from ml.emotion.train import Parts, main, split_for_training
from ml.emotion.units import FloatArray, split_units
from ml.emotion.words.served import SERVED_FILES, ServedWords
from ml.emotion.words.settings import WordSettings
from ml.errors import ModelError
from ml.labels import Emotion
from ml.manifest import read_manifest
from ml.probability import softmax
from tests.ml.emotion.pieces.resources import write_resources

TINY = {
    "features.bits": 12, "words.features.bits": 10, "words.width": 32, "words.layers": 1, "words.heads": 2,
    "words.epochs": 4, "words.batch_size": 16, "words.learning_rate": 5e-3,
}  # fmt: skip
SMALL_PIECES = [
    word
    for change in ("pools=1", "head_width=16", "epochs=1", "batch_size=16")
    for word in ("--set", f"pieces.{change}")
]
WORD = "까르르헤헤"  # no label taught it
SOFT = SoftLabels([WORD] * 60, np.tile([0.95, *[0.01] * 5], (60, 1)), "somebody")
TEXTS = ["회사에서 너무 슬퍼서 눈물이 났던 밤. 버스를 탔다.", "정말 기쁘고 행복한 하루", "", "ㅋㅋ", "가나다. " * 200]


class Commanded(NamedTuple):
    """What `ml.emotion.train` was told beside its output, and that output."""

    options: list[str]
    output: Path


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


@pytest.fixture(scope="module")
def commanded(tiny_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Commanded:
    """A model that the command has trained, from two files of soft labels."""
    folder = tmp_path_factory.mktemp("commanded")
    row = "\t".join(["0.95", *["0.01"] * 5, "somebody", WORD])
    for name in ("a.tsv", "b.tsv"):
        (folder / name).write_text("\n".join(["\t".join(COLUMNS), *[row] * 30]) + "\n", encoding="utf-8")
    options = ["--data", f"corpus:{tiny_corpus}", "--soft", str(folder / "a.tsv"), "--soft", str(folder / "b.tsv")]
    options += [word for name, value in TINY.items() for word in ("--set", f"{name}={value}")]
    assert main([*options, "--output", str(folder / "m")]) == 0
    return Commanded(options, folder / "m")


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
    options += ["--set", "words.learning_rate=1e-9", "--set", "start_share=0.5"]
    assert main([*options, "--output", str(tmp_path / "m")]) == 0
    folders = (commanded.output, tmp_path / "m")
    first, manifest = (read_manifest(folder, trainer="ml.emotion.train") for folder in folders)
    assert (first.get("started_from"), manifest["started_from"]) == (None, first["model_version"])
    assert "--start START" in manifest["command"]
    networks = [ServedWords.load(folder).log_probabilities(TEXTS) for folder in folders]
    assert_allclose(networks[1], networks[0], atol=1e-3)


def test_renewed_it_has_new_ngrams_and_the_same_network(
    commanded: Commanded, tiny_corpus: Path, tmp_path: Path
) -> None:
    options = ["--model", str(commanded.output), "--data", f"corpus:{tiny_corpus}:2", "--set", "fit.iterations=7"]
    for source, output in ((commanded.output, "once"), (tmp_path / "once", "twice")):
        options[1] = str(source)
        assert renew.main([*options, "--output", str(tmp_path / output)]) == 0
    before, *after = (
        read_manifest(folder, trainer="x") for folder in (commanded.output, tmp_path / "once", tmp_path / "twice")
    )
    for manifest in after:
        assert manifest["reader_of"] == before["model_version"] != manifest["model_version"]
        assert (manifest["soft"], manifest["settings"]["words"]) == (before["soft"], before["settings"]["words"])
        assert manifest["settings"]["fit"] == before["settings"]["fit"] | {"iterations": 7}
        assert {name: manifest["files"][name] for name in SERVED_FILES} == {
            name: before["files"][name] for name in SERVED_FILES
        }
        assert manifest["files"]["weights.bin"] != before["files"]["weights.bin"]
    assert (
        after[0]["command"] == "python -m ml.emotion.renew --model MODEL --data corpus:PATH:2 --set fit.iterations=7"
    )
    assert (
        f"its word network is that of `{before['model_version']}`"
        in (tmp_path / "twice" / "MODEL_CARD.md").read_text()
    )
    predicted = Predictor.load(tmp_path / "once").predict(TEXTS[:2])
    assert [prediction.label for prediction in predicted] == [Emotion.SADNESS, Emotion.JOY]


@pytest.fixture(scope="module")
def with_pieces(commanded: Commanded, tiny_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that the command has trained with a piece network beside the word network."""
    folder = tmp_path_factory.mktemp("pieces")
    start = ["--weights", str(write_resources(folder / "r")), "--data", f"corpus:{tiny_corpus}", "--rank", "16"]
    assert universal.main([*start, "--least-count", "1", "--output", str(folder / "start")]) == 0
    options = [*commanded.options, "--pieces", str(folder / "start"), *SMALL_PIECES]
    assert main([*options, "--output", str(folder / "m")]) == 0
    return folder / "m"


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


def test_a_piece_network_goes_on_from_the_one_that_serves_and_keeps_a_share_of_it(
    with_pieces: Path, commanded: Commanded, tiny_corpus: Path, tmp_path: Path
) -> None:
    options = ["--model", str(with_pieces), "--data", f"corpus:{tiny_corpus}", "--pieces", str(with_pieces)]
    options += ["--soft", str(commanded.output.parent / "a.tsv"), "--set", "pieces.learning_rate=0.01"]
    for share in ("0", "0.99"):
        assert renew.main([*options, "--set", f"pieces_start_share={share}", "--output", str(tmp_path / share)]) == 0
    begun, learned, kept = (
        np.exp(ServedPieces.load(folder).log_probabilities(TEXTS))
        for folder in (with_pieces, tmp_path / "0", tmp_path / "0.99")
    )
    assert np.abs(kept - begun).mean() < np.abs(learned - begun).mean() / 2
    cards = [(tmp_path / share / "MODEL_CARD.md").read_text() for share in ("0", "0.99")]
    assert ["99% of its weights are still those that it started from" in card for card in cards] == [False, True]
    # The same run, begun again from its own last epoch, but back to the model that it had all begun with.
    further = [*options, "--pieces", str(tmp_path / "0.training/pieces/best"), "--back-to", str(with_pieces)]
    assert renew.main([*further, "--set", "pieces_start_share=0.99", "--output", str(tmp_path / "back")]) == 0
    back = np.exp(ServedPieces.load(tmp_path / "back").log_probabilities(TEXTS))
    assert np.abs(back - begun).mean() < np.abs(learned - begun).mean() / 2
    told = read_manifest(tmp_path / "back", trainer="x")
    assert "--soft SOFT --back-to EARLIER --set" in told["command"]
    before = read_manifest(with_pieces, trainer="x")["model_version"]
    assert f"99% of its weights are those of `{before}`" in (tmp_path / "back" / "MODEL_CARD.md").read_text()
    again = [
        "--model",
        str(tmp_path / "0.99"),
        "--data",
        f"corpus:{tiny_corpus}:2",
        "--output",
        str(tmp_path / "again"),
    ]
    assert renew.main(again) == 0
    told = read_manifest(tmp_path / "again", trainer="x")
    assert "--data corpus:PATH --pieces PIECES --soft SOFT" in told["pieces_command"]
    assert f"It was taught by\n`{told['pieces_command']}`" in (tmp_path / "again" / "MODEL_CARD.md").read_text()


def test_renewed_for_a_teacher_it_keeps_both_networks_and_has_not_seen_validation(
    with_pieces: Path, tiny_corpus: Path, tmp_path: Path
) -> None:
    options = ["--model", str(with_pieces), "--data", f"corpus:{tiny_corpus}", "--teacher"]
    assert renew.main([*options, "--output", str(tmp_path / "m")]) == 0
    before, after = (read_manifest(folder, trainer="x") for folder in (with_pieces, tmp_path / "m"))
    assert (before["is_refitted"], after["is_refitted"]) == (True, False)
    assert after["pieces_from"] == before["pieces_from"]
    assert after["command"].endswith("--data corpus:PATH --teacher")
    for name in (*SERVED_FILES, *PIECES_FILES):
        assert after["files"][name] == before["files"][name]


def test_a_ready_model_gets_a_piece_network(
    commanded: Commanded, with_pieces: Path, tiny_corpus: Path, tmp_path: Path
) -> None:
    options = ["--model", str(commanded.output), "--data", f"corpus:{tiny_corpus}", *SMALL_PIECES]
    options += ["--pieces", str(with_pieces.parent / "start"), *commanded.options[2:6]]
    assert renew.main([*options, "--output", str(tmp_path / "m")]) == 0
    before, after = (read_manifest(folder, trainer="x") for folder in (commanded.output, tmp_path / "m"))
    assert {name: after["files"][name] for name in SERVED_FILES} == {
        name: before["files"][name] for name in SERVED_FILES
    }
    assert set(PIECES_FILES) <= set(after["files"])
    assert (after["soft"], after["reader_of"]) == (before["soft"], before["model_version"])
    assert (after["pieces_soft"]["texts"], after["pieces_soft"]["teacher"]) == (60, "somebody")
    assert "--pieces PIECES --soft SOFT --soft SOFT" in after["command"]
    card = (tmp_path / "m" / "MODEL_CARD.md").read_text()
    assert f"What is not new: its word network is that of `{before['model_version']}`;" in card
    assert "Its piece network learned what\n`somebody` read in 60 of such texts" in card
    again = ["--model", str(tmp_path / "m"), *options[2:4], "--output", str(tmp_path / "again")]
    assert renew.main(again) == 0
    assert f"its piece network that of `{after['model_version']}`" in (tmp_path / "again/MODEL_CARD.md").read_text()


def test_a_new_piece_network_takes_the_place_of_the_old_one(
    commanded: Commanded, with_pieces: Path, tiny_corpus: Path, tmp_path: Path
) -> None:
    options = ["--model", str(with_pieces), "--data", f"corpus:{tiny_corpus}", *SMALL_PIECES]
    options += ["--pieces", str(with_pieces.parent / "start"), *commanded.options[2:6], "--set", "pieces.seed=1"]
    assert renew.main([*options, "--output", str(tmp_path / "m")]) == 0
    before, after = (read_manifest(folder, trainer="x") for folder in (with_pieces, tmp_path / "m"))
    assert "pieces_of" not in after
    assert before["files"]["pieces.onnx"] != after["files"]["pieces.onnx"]
    assert before["files"]["words.onnx"] == after["files"]["words.onnx"]


@pytest.mark.parametrize("option", ["--pieces", "--soft"])
def test_a_piece_network_needs_a_start_and_what_it_learns(
    option: str, commanded: Commanded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--model", str(commanded.output), option, str(tmp_path), "--output", str(tmp_path / "m")]
    assert renew.main(arguments) == 2
    assert "--pieces and --soft belong together" in capsys.readouterr().err


def test_weights_to_go_back_to_are_for_a_new_network_of_the_same_pieces(
    with_pieces: Path, commanded: Commanded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--model", str(with_pieces), "--output", str(tmp_path / "m"), "--back-to", str(with_pieces)]
    assert renew.main(options) == 2
    assert "--back-to is for a new piece network" in capsys.readouterr().err
    other = shutil.copytree(with_pieces, tmp_path / "other")
    table = (other / "pieces.tsv").read_text(encoding="utf-8").split("\n")
    table[-2] = "없던말\t-9.0"
    (other / "pieces.tsv").write_text("\n".join(table), encoding="utf-8")
    options += ["--pieces", str(other), "--soft", str(commanded.output.parent / "a.tsv")]
    assert renew.main(options) == 2
    assert "--back-to needs --set pieces_start_share" in capsys.readouterr().err
    assert renew.main([*options, "--set", "pieces_start_share=0.5"]) == 2
    assert "has other pieces or vectors" in capsys.readouterr().err


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


def test_renewal_of_what_is_no_such_model_says_so(
    commanded: Commanded, tiny_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = ["--set", "features.bits=12", "--data", f"corpus:{tiny_corpus}", "--output", str(tmp_path / "plain")]
    assert main(["--arch", "linear", *plain]) == 0
    folders = {"plain": tmp_path / "plain", "none": tmp_path / "none", "itself": commanded.output}
    told = {}
    for name, folder in folders.items():
        output = folder if name == "itself" else tmp_path / "new"
        capsys.readouterr()
        assert renew.main(["--model", str(folder), "--data", f"corpus:{tiny_corpus}", "--output", str(output)]) == 2
        told[name] = capsys.readouterr().err
    assert "has n-grams or another reader, not both" in told["plain"]
    assert "No such file" in told["none"]
    assert "is the output, which would overwrite it" in told["itself"]
    assert not (tmp_path / "new").exists()
