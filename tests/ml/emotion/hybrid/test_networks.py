"""The networks of a compact model read beside the encoder of a hybrid one, from training to serving and renewal."""

import json
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ml.artifacts import EMOTION_HYBRID, EMOTION_MODEL
from ml.emotion import renew
from ml.emotion.compact.served import ServedCompact
from ml.emotion.data import Split
from ml.emotion.hybrid.model import HybridModel, fit_hybrid, refit_words
from ml.emotion.hybrid.served import HYBRID_FILE, ServedHybrid
from ml.emotion.hybrid.settings import HybridSettings
from ml.emotion.predict import Predictor
from ml.emotion.train import Parts, main
from ml.emotion.units import split_units
from ml.errors import ModelError
from ml.manifest import read_manifest
from ml.probability import log_softmax

TEXTS = ["회사에서 너무 슬퍼서 눈물이 났던 밤. 버스를 탔다.", "정말 기쁘고 행복한 하루", "", "가나다. " * 200]


@pytest.fixture(scope="module")
def joined(parts: Parts, settings: HybridSettings, state: Path, model: HybridModel) -> HybridModel:
    """With the encoder of `model`, whose training is done, and the networks that ship."""
    assert model.readers.networks is None
    return fit_hybrid(parts[Split.TRAIN], parts[Split.VALIDATION], settings, state, networks_of=EMOTION_MODEL)


def test_networks_read_as_in_the_model_that_they_come_from(joined: HybridModel) -> None:
    units = split_units(TEXTS)
    networks, encoder = joined.readers.read(units)
    shipped = ServedCompact.load(EMOTION_MODEL)
    readings = [reader.log_probabilities(units.whole_texts) for reader in shipped.readers]
    expected = np.average(readings, axis=0, weights=list(shipped.mixture.readers))
    assert_allclose(networks - networks[:, :1], expected - expected[:, :1], atol=1e-9)
    assert networks.shape == encoder.shape == (len(TEXTS), 6)
    assert len(joined.mixture.readers) == 2


def test_what_serves_scores_as_what_was_trained(joined: HybridModel, tmp_path: Path) -> None:
    joined.save(tmp_path, joined.temperatures)
    expected, expected_shares = joined.score(split_units(TEXTS))
    found, shares = ServedHybrid.load(tmp_path).score(split_units(TEXTS))
    assert_allclose(found, expected, atol=1e-3)
    assert_allclose(shares, expected_shares, atol=1e-4)


def test_what_the_networks_read_counts(joined: HybridModel) -> None:
    networks = joined.readers.networks
    assert networks
    sure_of_joy = Mock(log_probabilities=lambda texts: np.log(np.tile([0.95, *[0.01] * 5], (len(texts), 1))))
    changed = replace(joined, readers=replace(joined.readers, networks=replace(networks, readers=[sure_of_joy] * 2)))
    units = split_units(TEXTS[:1])  # sad
    before, after = (log_softmax(each.score(units)[0])[units.whole, 0] for each in (joined, changed))
    assert (after > before + 0.5).all()


def test_refit_keeps_them(joined: HybridModel, parts: Parts) -> None:
    assert refit_words(joined, parts[Split.TRAIN]).readers is joined.readers


def test_saving_without_networks_leaves_none_of_another_model(
    joined: HybridModel, model: HybridModel, tmp_path: Path
) -> None:
    joined.save(tmp_path, joined.temperatures)
    assert (tmp_path / "words.onnx").exists()
    names = model.save(tmp_path, model.temperatures)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def _break(folder: Path, **changes: object) -> None:
    facts = json.loads((folder / HYBRID_FILE).read_text())
    (folder / HYBRID_FILE).write_text(json.dumps(facts | changes))


def test_a_lost_network_is_named(joined: HybridModel, tmp_path: Path) -> None:
    joined.save(tmp_path, joined.temperatures)
    (tmp_path / "words.onnx").unlink()
    with pytest.raises(ModelError, match=r"words\.onnx"):
        ServedHybrid.load(tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"networks": {"shares": [0.5, 0.5], "has_pieces": False}}, "shares of 2 readers, not of 1"),
        ({"networks": None}, "shares of 2 readers, not of 1"),
        ({"networks": {"shares": [1.0]}}, "damaged"),
        ({"networks": []}, "damaged"),
    ],
)
def test_facts_that_contradict_each_other_are_refused(
    changes: dict[str, object], message: str, joined: HybridModel, tmp_path: Path
) -> None:
    joined.save(tmp_path, joined.temperatures)
    _break(tmp_path, **changes)
    with pytest.raises(ModelError, match=rf"hybrid\.json: .*{message}"):
        ServedHybrid.load(tmp_path)


def test_commands_tell_whose_networks_they_are(
    tiny_corpus: Path, state: Path, model: HybridModel, tmp_path: Path
) -> None:
    trained, renewed = tmp_path / "trained", tmp_path / "renewed"
    best = state / "encoder" / "best"
    data = ["--data", f"corpus:{tiny_corpus}", "--set", "ngrams.features.bits=12", "--set", "excerpt=40"]
    tuned = ["--arch", "hybrid", "--checkpoint", str(best), "--set", "encoder.epochs=0"]
    assert main([*tuned, *data, "--networks", str(EMOTION_MODEL), "--output", str(trained)]) == 0
    version = read_manifest(EMOTION_MODEL, trainer="x")["model_version"]
    arguments = ["--model", str(trained), "--data", f"corpus:{tiny_corpus}", "--output", str(renewed)]
    assert renew.main(arguments) == 0
    for folder in (trained, renewed):
        manifest = read_manifest(folder, trainer="x")
        assert manifest["networks_of"] == version
        assert "networks" not in manifest["settings"]  # where it lay says nothing to others
        assert {"words.onnx", "pieces.onnx"} <= set(manifest["files"])
        card = (folder / "MODEL_CARD.md").read_text()
        assert "Three readings in one" in card
        assert f"the networks of `{version}`, which read whole texts" in card
        assert str(EMOTION_MODEL) not in "".join(path.read_text() for path in folder.glob("*.json"))
        assert len(Predictor.load(folder).predict(TEXTS)) == len(TEXTS)


@pytest.mark.parametrize(
    ("arch", "networks", "message"),
    [
        ("hybrid", "none", "none"),
        ("hybrid", EMOTION_HYBRID, "--networks needs a compact model with networks"),
        ("hybrid", "m", "--networks: is the output"),
        ("compact", EMOTION_MODEL, "--networks is for hybrid"),
    ],
)
def test_training_with_networks_that_cannot_be_had_does_not_begin(
    arch: str,
    networks: Path | str,
    message: str,
    tiny_corpus: Path,
    settings: HybridSettings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["--checkpoint", settings.encoder.checkpoint, "--data", f"corpus:{tiny_corpus}"]
    arguments += ["--networks", str(tmp_path / networks), "--output", str(tmp_path / "m")]
    assert main(["--arch", arch, *arguments]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_saving_where_the_networks_lie_keeps_them(joined: HybridModel, tmp_path: Path) -> None:
    joined.save(tmp_path, joined.temperatures)
    networks = joined.readers.networks
    assert networks
    at_home = replace(joined, readers=replace(joined.readers, networks=replace(networks, folder=tmp_path)))
    at_home.save(tmp_path, joined.temperatures)
    assert ServedHybrid.load(tmp_path).readers.networks
