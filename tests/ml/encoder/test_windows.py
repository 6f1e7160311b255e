"""Windows: long texts are cut with an overlap, averaged over, and odd texts pass."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.scoring import IdArray, Windows, average_windows, score_texts
from ml.encoder.task import FloatArray
from ml.encoder.windows import WindowTokenizer
from ml.errors import ModelError
from ml.probability import log_softmax

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *(f"말{number}" for number in range(40))]


@pytest.fixture
def tokenizer() -> WindowTokenizer:
    words = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    words.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return WindowTokenizer(words, EMOTION_TASK, max_tokens=10, overlap=3, pad_id=0)


def sentence(count: int) -> str:
    return " ".join(WORDS[4 : 4 + count])


def test_split_cuts_long_texts_in_windows_that_overlap(tokenizer: WindowTokenizer) -> None:
    windows = tokenizer.split([sentence(3), sentence(18)])
    assert windows.text_of == [0, 1, 1, 1]
    assert windows.ids[0] == [2, 4, 5, 6, 3]
    assert windows.ids[1] == [2, *range(4, 12), 3]
    assert windows.ids[2] == [2, *range(9, 17), 3]
    assert windows.ids[3] == [2, *range(14, 22), 3]


@pytest.mark.parametrize("text", ["", "   \n", "\ud800", "\0", "\ufeff", "😀", "말0" * 5000, "말0 " * 5000])
def test_split_gives_every_text_a_window(text: str, tokenizer: WindowTokenizer) -> None:
    windows = tokenizer.split([text])
    assert windows.ids
    assert all(2 <= len(window) <= 10 and window[0] == 2 and window[-1] == 3 for window in windows.ids)


def test_split_normalizes(tokenizer: WindowTokenizer) -> None:
    assert tokenizer.split(["  말1\u200b  말2 😀"]).ids == tokenizer.split(["말1 말2"]).ids


def test_pad_fills_to_the_longest(tokenizer: WindowTokenizer) -> None:
    ids, mask = tokenizer.pad([[2, 9, 3], [2, 3]])
    assert ids.tolist() == [[2, 9, 3], [2, 3, 0]]
    assert mask.tolist() == [[1, 1, 1], [1, 1, 0]]
    assert ids.dtype == mask.dtype == np.int64


def test_average_is_the_normalised_geometric_mean() -> None:
    logs = np.log([[0.5, 0.5], [0.9, 0.1], [0.4, 0.6]])
    weights = np.sqrt([0.5 * 0.4, 0.5 * 0.6])
    assert_allclose(np.exp(average_windows(logs, Windows([], [0, 1, 0]), 2)), [weights / weights.sum(), [0.9, 0.1]])


def test_log_softmax_of_large_logits_is_finite() -> None:
    assert_allclose(log_softmax(np.array([[1e4, 0.0]])), [[0.0, -1e4]])


def first_id(ids: IdArray, mask: IdArray) -> FloatArray:
    """A stand-in network: the emotion is the first word's id modulo 6."""
    assert ids.shape == mask.shape
    return 9.0 * np.eye(6)[ids[:, 1] % 6]


@pytest.mark.parametrize("batch_size", [1, 3, 100])
def test_score_keeps_the_order_of_the_texts(batch_size: int, tokenizer: WindowTokenizer) -> None:
    texts = [f"말{number} " + sentence(number % 5) for number in (7, 0, 12, 3, 3, 30)]
    scores = score_texts(texts, tokenizer, first_id, batch_size)
    assert scores.argmax(axis=1).tolist() == [(4 + number) % 6 for number in (7, 0, 12, 3, 3, 30)]
    assert_allclose(np.exp(scores).sum(axis=1), 1)


def test_score_of_no_texts_is_empty(tokenizer: WindowTokenizer) -> None:
    assert score_texts([], tokenizer, first_id, 8).shape == (0, 6)


def test_save_and_load_give_equal_windows(tokenizer: WindowTokenizer, tmp_path: Path) -> None:
    assert tokenizer.save(tmp_path) == ["tokenizer.json", "windows.json"]
    loaded = WindowTokenizer.load(tmp_path, EMOTION_TASK)
    assert loaded.split([sentence(18)]).ids == tokenizer.split([sentence(18)]).ids
    assert loaded.pad_id == 0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("windows.json", None, "No such file"),
        ("windows.json", "{", "damaged"),
        ("windows.json", "[]", "damaged"),
        ("windows.json", '{"max_tokens": 10, "overlap": 3, "pad_id": 0, "labels": ["joy"]}', "other labels"),
        ("tokenizer.json", None, "No such file"),
        ("tokenizer.json", "{", "damaged"),
        ("tokenizer.json", "{}", "not a tokenizer"),
    ],
)
def test_load_says_what_is_wrong(
    name: str, content: str | None, message: str, tokenizer: WindowTokenizer, tmp_path: Path
) -> None:
    tokenizer.save(tmp_path)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(ModelError, match=message):
        WindowTokenizer.load(tmp_path, EMOTION_TASK)
