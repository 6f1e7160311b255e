"""What the API tells of the emotion model in use."""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from diary import analysis
from ml.artifacts import EMOTION_MODEL
from ml.emotion.folder import METRICS_FILE
from ml.errors import ModelError
from ml.labels import Emotion
from ml.manifest import MANIFEST

pytestmark = pytest.mark.django_db

MODEL = "/api/v1/model/"


def told_by(name: str) -> Any:
    return json.loads((EMOTION_MODEL / name).read_text(encoding="utf-8"))


def test_model_tells_what_its_card_tells(owner_api: APIClient) -> None:
    answer = owner_api.get(MODEL)
    manifest, metrics = told_by(MANIFEST), told_by(METRICS_FILE)
    assert answer.status_code == 200
    model = answer.json()
    assert model["version"] == manifest["model_version"]
    assert model["languages"] == ["ko"]
    assert model["labels"] == [{"label": emotion, "name": emotion.korean} for emotion in Emotion]
    assert model["confidence_threshold"] == manifest["confidence_threshold"]
    assert model["split"] == "test"
    [diaries] = [figures for figures in model["figures"] if figures["source"] == "corpus"]
    assert diaries == {"source": "corpus"} | {
        name: metrics["test"]["corpus"][name] for name in diaries if name != "source"
    }
    assert set(diaries["f1"]) == set(Emotion)


def test_model_names_in_the_language_of_the_request(owner_api: APIClient) -> None:
    labels = owner_api.get(MODEL, headers={"accept-language": "en"}).json()["labels"]
    assert labels[0] == {"label": "joy", "name": "Joy"}


def test_model_is_loaded_with_the_first_entry(owner_api: APIClient) -> None:
    analysis.load_predictor.cache_clear()
    assert owner_api.get(MODEL).json()["is_loaded"] is False
    analysis.get_predictor()
    assert owner_api.get(MODEL).json()["is_loaded"] is True


def test_model_that_is_another_than_the_loaded_one(owner_api: APIClient, settings: Settings, tmp_path: Path) -> None:
    analysis.get_predictor()
    manifest = told_by(MANIFEST) | {"model_version": "mine", "files": {}}
    (tmp_path / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    settings.EMOTION_MODEL_DIR = tmp_path
    model = owner_api.get(MODEL).json()
    assert (model["version"], model["is_loaded"], model["split"], model["figures"]) == ("mine", False, "", [])


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"model_version": "x", "architecture": "y", "labels": 3}'])
def test_model_that_is_not_there_or_damaged_answers_503(
    owner_api: APIClient, settings: Settings, tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / MANIFEST).write_text(content, encoding="utf-8")
    settings.EMOTION_MODEL_DIR = tmp_path
    answer = owner_api.get(MODEL)
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert str(tmp_path) not in answer.text
    with pytest.raises(ModelError):
        analysis.get_predictor()


def test_anonymous_is_refused(db: None) -> None:
    assert APIClient().get(MODEL).status_code == 401
