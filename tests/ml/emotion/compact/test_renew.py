"""New n-grams for a ready model, and networks that learn on: what stays, what is new, and what its card tells."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from ml.artifacts import EMOTION_MODEL
from ml.emotion import renew
from ml.emotion.compact.settings import NewNetworks, Starts
from ml.emotion.pieces.served import SERVED_FILES as PIECES_FILES
from ml.emotion.pieces.served import ServedPieces
from ml.emotion.predict import Predictor
from ml.emotion.soft_labels import NO_SOFT_LABELS
from ml.emotion.train import main
from ml.emotion.words.served import SERVED_FILES, ServedWords
from ml.labels import Emotion
from ml.manifest import MANIFEST, read_manifest
from tests.ml.emotion.compact.tiny import SMALL_PIECES, TEXTS, Commanded


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
    assert f"its piece network is that of `{after['model_version']}`" in (tmp_path / "again/MODEL_CARD.md").read_text()


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


@pytest.mark.parametrize("option", ["--words", "--pieces", "--soft"])
def test_a_network_needs_a_start_and_what_it_learns(
    option: str, commanded: Commanded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--model", str(commanded.output), option, str(tmp_path), "--output", str(tmp_path / "m")]
    assert renew.main(arguments) == 2
    assert "needs what it starts from (--words or --pieces) and what it learns (--soft)" in capsys.readouterr().err


def test_the_word_network_learns_on_and_the_piece_network_stays(
    with_pieces: Path, commanded: Commanded, tiny_corpus: Path, tmp_path: Path
) -> None:
    options = ["--model", str(with_pieces), "--data", f"corpus:{tiny_corpus}"]
    taught = [*options, "--words", str(with_pieces), "--soft", str(commanded.output.parent / "a.tsv")]
    taught += ["--set", "words.learning_rate=0.01", "--set", "words.seed=1"]
    for share in ("0", "0.9"):
        assert renew.main([*taught, "--set", f"start_share={share}", "--output", str(tmp_path / share)]) == 0
    begun, learned, kept = (
        np.exp(ServedWords.load(folder).log_probabilities(TEXTS))
        for folder in (with_pieces, tmp_path / "0", tmp_path / "0.9")
    )
    assert 0 < np.abs(kept - begun).mean() < np.abs(learned - begun).mean() / 2
    before, after = (read_manifest(folder, trainer="x") for folder in (with_pieces, tmp_path / "0.9"))
    assert {name: after["files"][name] for name in PIECES_FILES} == {
        name: before["files"][name] for name in PIECES_FILES
    }
    assert "reader_of" not in after
    # The piece network was taught with the word network before, by both files.
    assert (after["soft"]["texts"], after["pieces_soft"]["texts"]) == (30, 60)
    version = before["model_version"]
    assert (after["started_from"], after["pieces_of"]) == (version, version)
    assert "--words WORDS --soft SOFT --set" in after["words_command"]
    cards = [(tmp_path / share / "MODEL_CARD.md").read_text() for share in ("0", "0.9")]
    assert f"Its word network started from\nthat of `{version}`. Its piece network" in cards[0]
    assert f"that of `{version}`, and 90% of its weights are still that one's. Its piece" in cards[1]
    assert f"What is not new: its piece network is that of `{version}`;" in cards[1]
    assert renew.main(["--model", str(tmp_path / "0.9"), *options[2:], "--output", str(tmp_path / "again")]) == 0
    card = (tmp_path / "again" / "MODEL_CARD.md").read_text()
    assert (
        f"its word network is that of `{after['model_version']}` and its piece network is that of `{version}`" in card
    )
    assert f"It was taught by\n`{after['words_command']}`" in card


def test_both_networks_learn_on_in_one_run(
    with_pieces: Path, commanded: Commanded, tiny_corpus: Path, tmp_path: Path
) -> None:
    options = ["--model", str(with_pieces), "--data", f"corpus:{tiny_corpus}", *SMALL_PIECES]
    options += ["--words", str(with_pieces), "--pieces", str(with_pieces)]
    options += ["--soft", str(commanded.output.parent / "a.tsv")]
    assert renew.main([*options, "--output", str(tmp_path / "m")]) == 0
    before, after = (read_manifest(folder, trainer="x") for folder in (with_pieces, tmp_path / "m"))
    assert after["words_command"] == after["pieces_command"] == after["command"]
    assert not {"reader_of", "pieces_of"} & set(after)
    assert after["soft"] == after["pieces_soft"] != before["soft"]
    assert (after["started_from"], after["pieces_back_to"]) == (before["model_version"], "")
    assert before["files"]["words.onnx"] != after["files"]["words.onnx"]
    assert before["files"]["pieces.onnx"] != after["files"]["pieces.onnx"]
    assert "What is not new" not in (tmp_path / "m" / "MODEL_CARD.md").read_text()


def test_a_share_is_of_the_run_that_taught_a_network(with_pieces: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(with_pieces, tmp_path / "m")
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["settings"] |= {"start_share": 0.5, "pieces_start_share": 0.25}
    (folder / MANIFEST).write_text(json.dumps(manifest))
    words, pieces = Starts(words=with_pieces), Starts(pieces=with_pieces)
    shares = []
    for taught in (None, NewNetworks(words, NO_SOFT_LABELS), NewNetworks(pieces, NO_SOFT_LABELS)):
        settings = renew.make_renewal(folder, taught=taught).settings
        shares.append((settings.start_share, settings.pieces_start_share))
    assert shares == [(0.5, 0.25), (0.0, 0.25), (0.5, 0.0)]


@pytest.mark.parametrize(
    ("setting", "network"),
    [
        ("words.layers=2", "--pieces"),
        ("start_share=0.5", "--pieces"),
        ("pieces.epochs=2", "--words"),
        ("pieces_start_share=0.5", ""),
    ],
)
def test_a_setting_of_a_network_that_stays_is_refused(
    setting: str, network: str, with_pieces: Path, commanded: Commanded, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    arguments = ["--model", str(with_pieces), "--output", str(tmp_path / "m"), "--set", setting]
    if network:
        arguments += [network, str(with_pieces), "--soft", str(commanded.output.parent / "a.tsv")]
    assert renew.main(arguments) == 2
    assert f"--set {setting.partition('=')[0]}: is of a reader that stays" in capsys.readouterr().err


def test_a_start_with_another_number_of_heads_is_refused(
    with_pieces: Path, commanded: Commanded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taught = ["--soft", str(commanded.output.parent / "a.tsv"), "--set", "words.heads=4"]
    arguments = ["--model", str(with_pieces), "--words", str(with_pieces), *taught]
    assert renew.main([*arguments, "--output", str(tmp_path / "m")]) == 2
    assert "its word network has 2 heads, not 4: --set words.heads=2" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--words", "--pieces", "--back-to"])
def test_what_a_network_starts_from_is_not_overwritten(
    option: str, with_pieces: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--model", str(with_pieces), option, str(tmp_path / "m"), "--output", str(tmp_path / "m")]
    assert renew.main(arguments) == 2
    assert f"{option}: is the output, which would overwrite it" in capsys.readouterr().err


def test_a_word_network_of_another_form_is_refused_before_the_ngrams_are_fitted(
    with_pieces: Path, commanded: Commanded, tiny_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("ml.emotion.compact.model.fit_ngrams", None)
    arguments = ["--model", str(with_pieces), "--data", f"corpus:{tiny_corpus}", "--words", str(EMOTION_MODEL)]
    heads = ["--set", "words.heads=4"]
    arguments += [*heads, "--soft", str(commanded.output.parent / "a.tsv"), "--output", str(tmp_path / "m")]
    assert renew.main(arguments) == 2
    assert "its word network has other settings" in capsys.readouterr().err
    assert main([*commanded.options, *heads, "--start", str(EMOTION_MODEL), "--output", str(tmp_path / "m")]) == 2
    assert "its word network has other settings" in capsys.readouterr().err


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
