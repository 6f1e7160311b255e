"""Six emotions that one word each tells apart, settings small enough for a second, and a model fitted on them."""

from pathlib import Path

import pytest

from ml.emotion.data import Example
from ml.emotion.lstm.fit import fit
from ml.emotion.lstm.model import LstmModel
from ml.emotion.lstm.settings import LstmSettings
from ml.labels import Emotion

WORDS = {
    Emotion.JOY: "행복",
    Emotion.SADNESS: "눈물",
    Emotion.ANGER: "분노",
    Emotion.ANXIETY: "걱정",
    Emotion.EMBARRASSMENT: "창피",
    Emotion.NEUTRAL: "버스",
}
_PLACES = ["학교", "회사", "집", "시장", "공원", "병원"]

# All batches of one shape: each new one has Keras trace the network again, which takes longer than the training.
TINY = LstmSettings(
    embedding_size=16,
    units=16,
    max_length=6,
    batch_size=12,
    embedding_dropout=0.1,
    dropout=0.1,
    learning_rate=0.03,
    epochs=6,
)


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    return [
        Example(f"{place}에서 {word}, {word}!", emotion, 1.0, "csv/tiny", f"{emotion}-{place}")
        for place in _PLACES
        for emotion, word in WORDS.items()
    ]


@pytest.fixture(scope="session")
def fitted_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fitted")


@pytest.fixture(scope="session")
def model(examples: list[Example], fitted_folder: Path) -> LstmModel:
    return fit(examples, examples, TINY, fitted_folder)
