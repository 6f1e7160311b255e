"""The word network: how words are numbered and hashed, that it learns, goes on, and serves what was trained."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from ml.emotion.corpora.own import load_corpus
from ml.emotion.data import Split
from ml.emotion.features import FeatureSettings, hash_batch
from ml.emotion.metrics import label_indices
from ml.emotion.soft_labels import NO_SOFT_LABELS, SoftLabels
from ml.emotion.teaching import build_rows, soft_losses
from ml.emotion.train import Parts, split_for_training
from ml.emotion.words.fit import fit_words
from ml.emotion.words.model import WordModel
from ml.emotion.words.network import hash_words
from ml.emotion.words.served import FACTS_FILE, READER_FILE, SCALES_FILE, TABLE_FILE, ServedWords
from ml.emotion.words.settings import WordSettings
from ml.emotion.words.start import mix_with_start, start_from
from ml.emotion.words.tokenizer import NO_WORD, WordTokenizer
from ml.encoder.batches import count_updates
from ml.encoder.settings import Precision
from ml.encoder.task import Task
from ml.errors import DataError, ModelError
from tests.ml.emotion.interruption import fit_interrupted

SETTINGS = WordSettings(
    FeatureSettings(bits=10, char_max=3, jamo_min=3, jamo_max=4, word_max=1),
    width=32, layers=1, heads=2, pools=2, max_words=8, epochs=4, batch_size=16, learning_rate=5e-3, save_every=5,
)  # fmt: skip
SOFT = SoftLabels(["까르르헤헤"] * 40, np.tile([0.95, *[0.01] * 5], (40, 1)), "somebody")
TEXTS = ["학교에서 정말 기쁘고 행복한 하루", "", " ", "ㅋㅋ", "가나다 라마. " * 30, "\ud800", "plain English"]


@pytest.fixture(scope="module")
def parts(tiny_corpus: Path) -> Parts:
    return split_for_training(load_corpus(tiny_corpus))


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


def fit(parts: Parts, state: Path, soft: SoftLabels = SOFT, settings: WordSettings = SETTINGS) -> WordModel:
    train = parts[Split.TRAIN]
    return fit_words(train, np.ones(len(train)), soft, parts[Split.VALIDATION], settings, state)


@pytest.fixture(scope="module")
def model(parts: Parts, state: Path) -> WordModel:
    return fit(parts, state)


@pytest.fixture(scope="module")
def served(model: WordModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    assert model.export(folder) == [READER_FILE, TABLE_FILE, SCALES_FILE, FACTS_FILE]
    return folder


def test_words_are_numbered_as_they_occur_and_long_texts_are_cut_evenly() -> None:
    tokenizer = WordTokenizer(3)
    windows = tokenizer.split(["나 너 나", "", "가 나 다 라"])
    assert tokenizer.words == ["나", "너", "가", "다", "라"]
    assert windows.ids == [[1, 2, 1], [0], [3, 1], [4, 5]]
    assert windows.text_of == [0, 1, 2, 2]
    assert [array.tolist() for array in tokenizer.pad([[1, 2], [3]])] == [[[1, 2], [3, 0]], [[1, 1], [1, 0]]]


def test_hashes_of_words_are_those_of_a_batch() -> None:
    words = ["하늘", "a", "하늘이"]
    buckets, starts = hash_words(words, SETTINGS.features)
    assert starts[:2].tolist() == [0, 0]  # no word has no n-grams
    for number, word in enumerate(words, start=1):
        found = buckets[starts[number] : starts[number + 1]]
        assert found.tolist() == hash_batch([word], SETTINGS.features).buckets.tolist()


@pytest.fixture(scope="module")
def exact(model: WordModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with products in float and a table in bytes."""
    folder = tmp_path_factory.mktemp("exact")
    model.export(folder, Precision.FLOAT)
    return folder


def test_network_reads_what_padding_and_place_in_a_batch_do_not_change(model: WordModel) -> None:
    ids = model.tokenizer.split(["학교에서 정말 기쁘고 행복한 하루. 1번째 이야기다.", "그냥 밥 먹고"]).ids
    model.network.eval()
    with torch.inference_mode():
        alone = [model.network(*map(torch.from_numpy, model.pad([window]))).logits[0] for window in ids]
        together = model.network(*map(torch.from_numpy, model.pad(ids[::-1]))).logits
    assert_allclose(together.numpy(), np.stack(alone[::-1]), atol=1e-4)


def test_it_learns_labels_and_what_a_teacher_read(model: WordModel, parts: Parts) -> None:
    validation = parts[Split.VALIDATION]
    labels = label_indices(example.label for example in validation)
    found = model.log_probabilities([example.text for example in validation]).argmax(axis=1)
    assert (found == labels).mean() > 0.9
    assert np.exp(model.log_probabilities(SOFT.texts[:1]))[0, 0] > 0.8


def test_rows_share_the_weight_of_a_text(parts: Parts) -> None:
    example = parts[Split.TRAIN][0]
    tokenizer = WordTokenizer(2)
    soft = SoftLabels(["가 나 다"], SOFT.probabilities[:1], "t")
    rows = build_rows([example], np.ones(1), soft, SETTINGS, tokenizer, NO_WORD)
    labelled, taught = rows.weights[:-2].sum(), rows.weights[-2:].sum()
    assert float(labelled / taught) == pytest.approx(SETTINGS.label_weight)
    assert_allclose(rows.targets.sum(dim=1), 1, atol=1e-6)
    assert rows.targets[-1].tolist() == pytest.approx(SOFT.probabilities[0].tolist())


def test_soft_loss_of_a_whole_label_is_the_cross_entropy() -> None:
    logits = torch.tensor([[1.0, 2.0, 0.5, 0, 0, 0]])
    expected = torch.nn.functional.cross_entropy(logits, torch.tensor([1]), reduction="none")
    assert_allclose(soft_losses(logits, torch.eye(6)[[1]]), expected, rtol=1e-6)


def test_interrupted_run_ends_in_the_same_weights(
    parts: Parts, model: WordModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again, updates = fit_interrupted(lambda: fit(parts, tmp_path), monkeypatch, at=18)
    rows = len(again.tokenizer.split([*(example.text for example in parts[Split.TRAIN]), *SOFT.texts]).ids)
    assert updates == SETTINGS.epochs * count_updates(rows, SETTINGS)
    for name, tensor in model.network.state_dict().items():
        assert torch.equal(tensor, again.network.state_dict()[name]), name


def test_other_soft_labels_do_not_go_on(parts: Parts, model: WordModel, state: Path) -> None:
    with pytest.raises(DataError, match="training data"):
        fit(parts, state, soft=NO_SOFT_LABELS)


def test_what_serves_reads_as_what_was_trained(model: WordModel, served: Path) -> None:
    model.tokenizer.split(TEXTS)
    fresh = WordModel(SETTINGS, model.tokenizer)  # knows the new words' hashes
    fresh.network.load_state_dict(model.network.state_dict())
    found = ServedWords.load(served).log_probabilities(TEXTS)
    # The table is in four bits, products are in bytes.
    assert_allclose(np.exp(found), np.exp(fresh.log_probabilities(TEXTS)), atol=0.05)
    assert_allclose(np.exp(found).sum(axis=1), 1)
    assert ServedWords.load(served).log_probabilities([]).shape == (0, 6)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (FACTS_FILE, b"{}", r"words\.json: damaged"),
        (FACTS_FILE, None, r"words\.json: No such file"),
        (TABLE_FILE, None, r"words_table\.npy: No such file"),
        (TABLE_FILE, b"x", r"words_table\.npy: damaged"),
        (SCALES_FILE, b"", r"words_scales\.npy: damaged"),
        (READER_FILE, b"x", r"words\.onnx: ONNX Runtime cannot load it"),
    ],
)
def test_load_says_which_file_is_broken(
    name: str, content: bytes | None, message: str, served: Path, tmp_path: Path
) -> None:
    for path in served.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=message):
        ServedWords.load(tmp_path)


def test_table_of_another_size_is_refused(served: Path, tmp_path: Path) -> None:
    for path in served.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    np.save(tmp_path / TABLE_FILE, np.zeros((8, 4), dtype=np.int8))
    with pytest.raises(ModelError, match="another size"):
        ServedWords.load(tmp_path)


@pytest.mark.parametrize(
    "change", [{"heads": 3}, {"width": 5, "heads": 5}, {"width": 0}, {"learning_rate": 0.0}, {"label_weight": -1.0}]
)
def test_settings_refuse_what_cannot_be_meant(change: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"have to be|has to divide"):
        WordSettings(**change)  # type: ignore[arg-type]


def test_another_network_starts_from_the_weights_that_are_served(model: WordModel, served: Path) -> None:
    task = Task(labels=("no", "yes"), language="Korean", normalize=str, probes=())
    other = WordModel(SETTINGS, WordTokenizer(SETTINGS.max_words, task))
    start_from(served, other)
    own, taken = model.network.reader.state_dict(), other.network.reader.state_dict()
    for name in own.keys() - {"head.5.weight", "head.5.bias"}:
        # Matrices serve in seven bits.
        step = float(own[name].abs().max()) / 63 if own[name].ndim > 1 and name != "positions" else 0
        assert_allclose(taken[name], own[name], atol=0.51 * step, err_msg=name)
    assert taken["head.5.weight"].shape == (2, SETTINGS.width)
    lost = other.network.table.weight - model.network.table.weight
    assert lost.norm() < 0.15 * model.network.table.weight.norm()


def test_products_in_float_are_next_to_exact(model: WordModel, exact: Path, parts: Parts) -> None:
    texts = [example.text for example in parts[Split.VALIDATION]]
    served = ServedWords.load(exact)
    assert not served.table.is_packed
    assert_allclose(served.log_probabilities(texts), model.log_probabilities(texts), atol=0.05)
    other = WordModel(replace(SETTINGS, seed=1), model.tokenizer)
    start_from(exact, other)
    for name, values in model.network.reader.state_dict().items():
        assert_allclose(other.network.reader.state_dict()[name], values, err_msg=name)


def test_a_network_of_the_same_labels_starts_where_the_other_ended(
    model: WordModel, exact: Path, parts: Parts
) -> None:
    other = WordModel(replace(SETTINGS, seed=1), model.tokenizer)
    start_from(exact, other)
    texts = [example.text for example in parts[Split.VALIDATION]]
    assert_allclose(other.log_probabilities(texts), ServedWords.load(exact).log_probabilities(texts), atol=1e-4)


@pytest.mark.parametrize(
    ("change", "difference", "agreement"),
    [
        ({"layers": 3}, 1e-4, 1.0),
        # Two n-grams of a word that shared a bucket counted once; now that each has its own, some words weigh more.
        ({"features": replace(SETTINGS.features, bits=12)}, 0.1, 0.9),
    ],
)
def test_a_larger_network_starts_where_a_smaller_one_ended(
    model: WordModel, exact: Path, parts: Parts, change: dict[str, Any], difference: float, agreement: float
) -> None:
    larger = WordModel(replace(SETTINGS, seed=1, **change), model.tokenizer)
    start_from(exact, larger)
    texts = [example.text for example in parts[Split.VALIDATION]]
    found, known = larger.log_probabilities(texts), ServedWords.load(exact).log_probabilities(texts)
    assert np.abs(found - known).mean() < difference
    assert (found.argmax(axis=1) == known.argmax(axis=1)).mean() >= agreement


def test_a_smaller_network_cannot_start_from_a_larger_one(model: WordModel, tmp_path: Path) -> None:
    WordModel(replace(SETTINGS, layers=2), model.tokenizer).export(tmp_path)
    with pytest.raises(ModelError, match=r"[( ]layers\)$"):
        start_from(tmp_path, WordModel(SETTINGS, model.tokenizer))


def test_every_part_of_a_larger_network_learns(parts: Parts, exact: Path, tmp_path: Path) -> None:
    train = parts[Split.TRAIN]
    settings = replace(SETTINGS, layers=2, epochs=2)
    arguments = (train, np.ones(len(train)), SOFT, parts[Split.VALIDATION], settings, tmp_path, exact)
    learned = dict(fit_words(*arguments).network.reader.layers[1].named_parameters())
    for name in ("attended.weight", "dense.2.weight"):
        assert learned[name].abs().max() > 0, name


def test_a_share_of_the_start_stays(model: WordModel, exact: Path) -> None:
    begun, learned = (WordModel(replace(SETTINGS, seed=seed), model.tokenizer) for seed in (1, 2))
    start_from(exact, begun)
    before = {name: values.clone() for name, values in learned.network.state_dict().items()}
    mix_with_start(exact, learned, 0.25)
    for name, values in learned.network.state_dict().items():
        assert_allclose(values, 0.75 * before[name] + 0.25 * begun.network.state_dict()[name], atol=1e-6, err_msg=name)


def test_fit_starts_from_another_network(parts: Parts, exact: Path, tmp_path: Path) -> None:
    train, settings = parts[Split.TRAIN], replace(SETTINGS, epochs=1, learning_rate=1e-9)
    arguments = (train, np.ones(len(train)), SOFT, parts[Split.VALIDATION], settings, tmp_path)
    found = fit_words(*arguments, exact).log_probabilities(SOFT.texts)
    assert_allclose(found, ServedWords.load(exact).log_probabilities(SOFT.texts), atol=1e-3)
    with pytest.raises(DataError, match="training data"):  # the state is of a run with another start
        fit_words(*arguments)


@pytest.mark.parametrize(
    "change",
    [
        {"width": 16},
        {"pools": 3},
        {"features": replace(SETTINGS.features, jamo_max=5)},
        {"features": replace(SETTINGS.features, bits=9)},
    ],
)
def test_start_from_a_network_of_other_settings_is_refused(served: Path, change: dict[str, Any]) -> None:
    other = WordModel(replace(SETTINGS, **change), WordTokenizer(SETTINGS.max_words))
    with pytest.raises(ModelError, match="other settings"):
        start_from(served, other)
