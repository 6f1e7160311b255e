"""A tiny corpus, a model trained on it, and the shipped predictor."""

import json
from pathlib import Path

import pytest

from ml.artifacts import EMOTION_MODEL
from ml.emotion.architectures import make_architecture
from ml.emotion.corpora.own import load_corpus
from ml.emotion.features import FeatureSettings
from ml.emotion.ngram import NgramSettings
from ml.emotion.predict import Predictor
from ml.emotion.train import train
from ml.labels import EMOTION_KOREAN, Emotion

_CORES = {
    Emotion.JOY: "정말 기쁘고 행복한 하루",
    Emotion.SADNESS: "너무 슬퍼서 눈물이 났던 밤",
    Emotion.ANGER: "화가 나서 짜증이 치밀었던 일",
    Emotion.ANXIETY: "걱정되고 불안해서 떨린 순간",
    Emotion.EMBARRASSMENT: "창피하고 부끄러워서 민망한 때",
    Emotion.NEUTRAL: "그냥 밥 먹고 버스를 탄 날",
}
_PLACES = ["학교", "회사", "집", "시장", "공원", "병원", "버스", "카페", "도서관", "식당"]
_PER_EMOTION = 40


@pytest.fixture(scope="session")
def tiny_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    lines = []
    for emotion, core in _CORES.items():
        for number in range(_PER_EMOTION):
            place = _PLACES[number % len(_PLACES)]
            text = f"{place}에서 {core}. {number // len(_PLACES)}번째 이야기다."
            row = {"id": f"{emotion}-{number}", "text": text, "emotion": EMOTION_KOREAN[emotion]}
            lines.append(json.dumps(row, ensure_ascii=False))
    (folder / "T.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def tiny_model(tiny_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model trained end to end; no test may change it."""
    folder = tmp_path_factory.mktemp("model")
    architecture = make_architecture("compact", NgramSettings(features=FeatureSettings(bits=12)))
    train(load_corpus(tiny_corpus), architecture, folder, command="test", score_test=True)
    return folder


@pytest.fixture(scope="session")
def shipped() -> Predictor:
    return Predictor.load(EMOTION_MODEL)
