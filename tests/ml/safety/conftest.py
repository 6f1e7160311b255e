"""A crisis model so small that it is trained in seconds."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from ml.emotion.features import FeatureSettings
from ml.emotion.words.model import WordModel
from ml.emotion.words.settings import WordSettings
from ml.emotion.words.tokenizer import WordTokenizer
from ml.safety.phrases import STRANGERS, Phrase
from ml.safety.settings import CrisisSettings, NgramSettings
from ml.safety.train import Trained, train
from ml.safety.training_texts import LINES

# Words that no rule knows stand for what the model has to learn.
TELLING = ["강아지를 맡기고 떠나려 한다", "강아지를 맡기고 멀리 갈 채비를 한다", "화분을 맡기고 떠나려 한다"]
ORDINARY = ["강아지와 산책을 했다", "화분에 물을 주었다", "친구와 밥을 먹었다"]
DAYS = ["책을 읽었다. 재미있었다", "라면을 끓였다. 계란도 넣었다", "버스를 놓쳤다. 걸었다", "비가 왔다. 우산을 썼다"]
DOUBTFUL = "C0317"
WORDS = WordSettings(
    FeatureSettings(bits=10, char_max=3, jamo_min=3, jamo_max=4, word_max=1),
    width=32, layers=1, heads=2, pools=2, max_words=16, epochs=3, batch_size=16, learning_rate=5e-3, save_every=50,
)  # fmt: skip
SETTINGS = CrisisSettings(WORDS, NgramSettings(min_df=1), pairs=40, days=60, max_entry_alarms=0.0)


def make_phrases(authors: Sequence[str] = (*STRANGERS, "h")) -> list[Phrase]:
    """Six phrases of each author."""
    phrases = []
    for author in authors:
        for number, (telling, ordinary) in enumerate(zip(TELLING, ORDINARY, strict=True)):
            days = ["아침에 일어났다. ", "회의를 했다. ", "비가 왔다. "]
            phrases.append(Phrase(f"{author}p{number}", author, "train", True, "indirect", days[number] + telling))
            phrases.append(Phrase(f"{author}n{number}", author, "train", False, "daily", days[number] + ordinary))
    return phrases


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty ordinary days by five writers, and one that is known to be doubtful."""
    folder = tmp_path_factory.mktemp("corpus")
    for part in "ABCD":
        rows = [{"id": f"{part}{number}", "text": day, "emotion": "중립"} for number, day in enumerate(DAYS)]
        if DOUBTFUL.startswith(part):
            rows.append({"id": DOUBTFUL, "text": "의심스러운 날", "emotion": "슬픔"})
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (folder / f"{part}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    lines = [f"chat\t{number}\tneutral\t1\t\t{day}" for number, day in enumerate(DAYS)]
    text = "\n".join(["source\trow\tlabel\tstrong\tsecond\ttext", *lines])
    (folder / LINES).write_text(f"{text}\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A word network that reads emotions, or would, had it learned anything."""
    folder = tmp_path_factory.mktemp("start")
    tokenizer = WordTokenizer(WORDS.max_words)
    tokenizer.split(DAYS)
    model = WordModel(WORDS, tokenizer)
    with torch.no_grad():
        for values in model.network.parameters():  # the exporter keeps one of several that are equal
            values.add_(torch.randn(values.shape) * 0.01)
    model.export(folder)
    return folder


@pytest.fixture(scope="session")
def trained(corpus: Path, start: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A model of all of it."""
    return train(make_phrases(), SETTINGS, tmp_path_factory.mktemp("state"), corpus=corpus, start=start)
