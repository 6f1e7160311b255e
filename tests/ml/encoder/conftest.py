"""Tiny random checkpoints of real families, a tiny corpus that they can learn, and one finished run."""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModel, BertConfig, BertTokenizer, DistilBertConfig, ElectraConfig, PreTrainedConfig

from ml.emotion.data import Example
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.architecture import TransformerModel, TransformerSettings, fit
from ml.labels import Emotion

_CORES = {
    Emotion.JOY: "정말 기쁘고 행복한 하루",
    Emotion.SADNESS: "너무 슬퍼서 눈물이 났던 밤",
    Emotion.ANGER: "화가 나서 짜증이 치밀었던 일",
    Emotion.ANXIETY: "걱정되고 불안해서 떨린 순간",
    Emotion.EMBARRASSMENT: "창피하고 부끄러워서 민망한 때",
    Emotion.NEUTRAL: "그냥 밥 먹고 버스를 탄 날",
}
_PLACES = ["학교", "회사", "집", "시장", "공원", "병원", "카페", "도서관", "식당", "바다"]


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A run that nothing interrupted; no test may change its folder."""

    settings: TransformerSettings
    folder: Path
    model: TransformerModel


def share_right(model: TransformerModel, examples: Sequence[Example]) -> float:
    """Accuracy of the model on the examples."""
    predicted = model.log_probabilities([example.text for example in examples]).argmax(axis=1)
    return float(
        np.mean([list(Emotion)[row] is example.label for row, example in zip(predicted, examples, strict=True)])
    )


def make_examples(places: list[str]) -> list[Example]:
    return [
        Example(f"{place}에서 {core}이다.", emotion, 1.0, "corpus/T", f"{emotion}-{place}")
        for place in places
        for emotion, core in _CORES.items()
    ]


def make_checkpoint(folder: Path, config: PreTrainedConfig, vocabulary: list[str]) -> Path:
    """A random encoder without a head, as the hub's pretrained ones are, and a WordPiece tokenizer."""
    torch.manual_seed(1)
    AutoModel.from_config(config).save_pretrained(folder)
    tokens = {token: number for number, token in enumerate(vocabulary)}
    BertTokenizer(vocab=tokens, do_lower_case=False).save_pretrained(folder)
    return folder


def interrupt_step(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Ctrl+C in the middle of the given update of the weights, counted from 1."""
    step: Callable[[torch.optim.AdamW], None] = torch.optim.AdamW.step
    calls = []

    def interrupted(optimizer: torch.optim.AdamW) -> None:
        calls.append(1)
        if len(calls) == number:
            signal.raise_signal(signal.SIGINT)
        step(optimizer)

    monkeypatch.setattr(torch.optim.AdamW, "step", interrupted)


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """Tiny matrices gain nothing from threads, and the tests run beside each other."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


@pytest.fixture(scope="session")
def train_part() -> list[Example]:
    return make_examples(_PLACES[:7])


@pytest.fixture(scope="session")
def validation_part() -> list[Example]:
    return make_examples(_PLACES[7:])


@pytest.fixture(scope="session")
def vocabulary(train_part: list[Example], validation_part: list[Example]) -> list[str]:
    """Every letter, at the beginning and inside a word."""
    letters = sorted({letter for part in (train_part, validation_part) for row in part for letter in row.text} - {" "})
    return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]


@pytest.fixture(scope="session")
def checkpoints(vocabulary: list[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One folder each of BERT, ELECTRA and DistilBERT."""
    root = tmp_path_factory.mktemp("checkpoints")
    common = {"vocab_size": len(vocabulary), "max_position_embeddings": 40, "initializer_range": 0.1}
    stack = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    configs = {
        "bert": BertConfig(**common, **stack),
        "electra": ElectraConfig(**common, **stack, embedding_size=16, hidden_dropout_prob=0.0),
        "distilbert": DistilBertConfig(**common, dim=32, n_layers=1, n_heads=2, hidden_dim=64),
    }
    return {name: make_checkpoint(root / name, config, vocabulary) for name, config in configs.items()}


@pytest.fixture(scope="session")
def settings(checkpoints: dict[str, Path]) -> TransformerSettings:
    return TransformerSettings(
        str(checkpoints["bert"]),
        epochs=8,
        patience=8,
        batch_size=4,
        learning_rate=5e-3,
        max_tokens=32,
        overlap=8,
        save_every=4,
    )


@pytest.fixture(scope="session")
def finished(
    settings: TransformerSettings,
    train_part: list[Example],
    validation_part: list[Example],
    tmp_path_factory: pytest.TempPathFactory,
) -> FinishedRun:
    folder = tmp_path_factory.mktemp("run")
    return FinishedRun(settings, folder, fit(train_part, validation_part, settings, folder, EMOTION_TASK))
