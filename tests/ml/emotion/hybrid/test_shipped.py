"""The second model that ships: it reads what the first one misreads, and is shaken by no more than that one."""

import unicodedata

import pytest

from ml.artifacts import EMOTION_HYBRID
from ml.emotion.predict import Predictor
from ml.labels import Emotion
from ml.manifest import read_manifest


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor.load(EMOTION_HYBRID)


def label(predictor: Predictor, text: str) -> Emotion:
    return predictor.predict([text])[0].label


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("오늘은 정말 행복한 하루였다", Emotion.JOY),
        ("할머니가 돌아가셔서 눈물이 멈추지 않는다", Emotion.SADNESS),
        ("진짜 화가 나서 참을 수가 없다", Emotion.ANGER),
        ("검사 결과가 나쁠까 봐 무섭다", Emotion.ANXIETY),
        ("사람들 앞에서 넘어져서 너무 창피했다", Emotion.EMBARRASSMENT),  # read as anger by the n-grams alone
        ("점심에 김밥을 먹고 도서관에 갔다", Emotion.NEUTRAL),
    ],
)
def test_it_reads_a_feeling_that_is_named(predictor: Predictor, text: str, emotion: Emotion) -> None:
    assert label(predictor, text) is emotion


@pytest.mark.parametrize(
    "text", ["내일 발표 생각만 하면 심장이 두근거려서 잠이 안 온다", "약속을 또 어긴 친구 때문에 정말 화났다"]
)
def test_a_label_stands_whatever_the_typing(predictor: Predictor, text: str) -> None:
    expected = label(predictor, text)
    variants = [
        f"  {text}\n",
        f"{text} 😭",
        unicodedata.normalize("NFD", text),
        f"{text}ㅠㅠㅠㅠㅠㅠ",
        text.replace(" ", "  "),
    ]
    assert {label(predictor, variant) for variant in variants} == {expected}


def test_any_text_is_read(predictor: Predictor) -> None:
    texts = ["", " ", "\ud800\0", "가" * 20_000, "안녕. " * 3_000, "plain English"]
    for prediction in predictor.predict(texts):
        assert sum(prediction.scores.values()) == pytest.approx(1)


def test_its_manifest_says_how_it_was_made() -> None:
    manifest = read_manifest(EMOTION_HYBRID, trainer="ml.emotion.train")
    assert manifest["architecture"] == "hybrid"
    assert "--arch hybrid" in manifest["command"]
    assert manifest["model_version"].startswith("hybrid-")
