"""The training command: its folder, its errors, and the model that ships."""

import json
from pathlib import Path

import numpy as np
import pytest

from ml.artifacts import __file__ as artifacts_file
from ml.errors import ModelError
from ml.files import write_json
from ml.labels import Mood
from ml.manifest import MANIFEST, read_manifest, write_manifest
from ml.music import train
from ml.music.data import LabelledTracks
from ml.music.predict import MoodClassifier
from ml.music.settings import LinearSettings
from tests.ml.music.conftest import CENTRES

SHIPPED = Path(artifacts_file).parent / "music"
QUICK = ["--folds", "4", "--repeats", "1"]
FILES = ["MODEL_CARD.md", "confusion.png", "manifest.json", "metrics.json", "model.onnx"]


def test_shipped_model_knows_each_mood() -> None:
    centres = np.array([CENTRES[mood] for mood in Mood], dtype=np.float64)
    probabilities = MoodClassifier.load(SHIPPED).predict(centres)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, atol=1e-5)
    assert [list(Mood)[column] for column in probabilities.argmax(axis=1)] == list(Mood)


def test_shipped_metrics_are_of_the_shipped_model() -> None:
    metrics = json.loads((SHIPPED / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["version"] == MoodClassifier.load(SHIPPED).version
    assert metrics["cross_validation"]["accuracy_mean"] >= 0.834
    assert metrics["cross_validation_three"]["accuracy_mean"] >= 0.905
    assert set(read_manifest(SHIPPED, trainer="ml.music.train")["files"]) == set(FILES) - {MANIFEST}


@pytest.mark.parametrize(
    "options",
    [
        ["--arch", "vote", "--set", "forest.trees=5", "--set", "boosting.rounds=3"],
        ["--arch", "keras", "--set", "epochs=3", "--folds", "2"],  # each fold compiles a network
    ],
    ids=["vote", "keras"],
)
def test_train_command_twice_same_bytes(options: list[str], moods_csv: Path, tmp_path: Path) -> None:
    for name in ("first", "second"):
        arguments = [*QUICK, *options, "--data", str(moods_csv), "--check", str(moods_csv)]
        if name == "first":
            (tmp_path / name).mkdir()
        assert train.main([*arguments[:-2], "--output", str(tmp_path / name)]) == 0
    assert sorted(path.name for path in (tmp_path / "first").iterdir()) == FILES
    for name in FILES:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes(), name


def test_train_command_folder_says_how_it_was_made(moods_csv: Path, tmp_path: Path) -> None:
    arguments = ["--arch", "linear", "--set", "inverse_regularisation=0.5", *QUICK, "--data", str(moods_csv)]
    assert train.main([*arguments, "--output", str(tmp_path / "model")]) == 0
    manifest = json.loads((tmp_path / "model" / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["settings"]["inverse_regularisation"] == 0.5
    assert list(manifest["data"]) == ["moods.csv"]
    assert set(manifest["packages"]) >= {"scikit-learn", "onnxruntime"}
    metrics = json.loads((tmp_path / "model" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["cross_validation"]["accuracy_mean"] > 0.95
    assert metrics["cross_validation_three"]["tracks"] == 60
    card = (tmp_path / "model" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "--set inverse_regularisation=0.5 --folds 4 --repeats 1" in card
    assert str(tmp_path) not in card


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--set", "depth=3"], "expected NAME=VALUE with a name out of"),
        (["--set", "degree=3"], "degree is 1 or 2"),
        (["--folds", "30"], "too few for 30 folds"),
    ],
)
def test_train_command_bad_option_told(
    options: list[str], message: str, moods_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--arch", "linear", "--data", str(moods_csv), "--output", str(tmp_path / "model")]
    assert train.main([*arguments, *options]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_train_command_missing_mood_told(moods_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = moods_csv.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "few.csv"
    path.write_text("\n".join(line for line in lines if not line.endswith("calm")) + "\n", encoding="utf-8")
    assert train.main(["--arch", "linear", "--data", str(path), "--output", str(tmp_path / "model")]) == 2
    assert "few.csv: column mood: no track is calm" in capsys.readouterr().err


def test_load_damaged_or_foreign_model_refused(tmp_path: Path, labelled_tracks: LabelledTracks) -> None:
    train.save(tmp_path, "linear", LinearSettings(), labelled_tracks, metrics={}, facts={})
    manifest = json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))
    write_json(tmp_path / MANIFEST, manifest | {"inputs": manifest["inputs"][::-1]})
    with pytest.raises(ModelError, match="other inputs or moods"):
        MoodClassifier.load(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"no graph")
    write_json(tmp_path / MANIFEST, manifest)
    with pytest.raises(ModelError, match="SHA-256 differs"):
        MoodClassifier.load(tmp_path)
    facts = {name: value for name, value in manifest.items() if name != "files"}
    write_manifest(tmp_path, files=["model.onnx"], facts=facts)
    with pytest.raises(ModelError, match="ONNX Runtime cannot load it"):
        MoodClassifier.load(tmp_path)
