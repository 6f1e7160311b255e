"""The n-grams of the crisis model: what they learn, and that what is served scores as what was trained."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ml.errors import ModelError
from ml.safety.fit_ngrams import NgramWindows, cut_ngram_windows, fit_ngrams, score_texts
from ml.safety.ngrams import NGRAMS_FILE, CrisisNgrams
from ml.safety.phrases import Phrase
from ml.safety.settings import NgramSettings
from tests.ml.safety.conftest import make_phrases


@pytest.fixture(scope="module")
def phrases() -> list[Phrase]:
    return make_phrases()


@pytest.fixture(scope="module")
def windows(phrases: list[Phrase]) -> NgramWindows:
    return cut_ngram_windows([phrase.text for phrase in phrases])


@pytest.fixture(scope="module")
def model(phrases: list[Phrase], windows: NgramWindows) -> CrisisNgrams:
    is_crisis = np.array([phrase.is_crisis for phrase in phrases])
    return fit_ngrams(windows, is_crisis, np.ones(len(phrases), dtype=bool), NgramSettings(min_df=1))


def test_they_find_the_telling_sentence_of_a_long_day(
    phrases: list[Phrase], windows: NgramWindows, model: CrisisNgrams
) -> None:
    is_crisis = np.array([phrase.is_crisis for phrase in phrases])
    scores = score_texts(model, windows)
    assert scores[is_crisis].min() > scores[~is_crisis].max()
    middle = (scores[is_crisis].min() + scores[~is_crisis].max()) / 2
    day = "친구와 밥을 먹었다. 비가 왔다. {}. 화분에 물을 주었다."
    telling, ordinary = model.log_odds([day.format("강아지를 맡기고 떠나려 한다"), day.format("강아지와 산책을 했다")])
    assert telling > middle > ordinary


def test_what_serves_scores_as_what_was_trained(
    phrases: list[Phrase], windows: NgramWindows, model: CrisisNgrams
) -> None:
    assert_allclose(model.log_odds([phrase.text for phrase in phrases]), score_texts(model, windows))


def test_load_gives_what_was_saved(model: CrisisNgrams, tmp_path: Path) -> None:
    assert model.save(tmp_path) == NGRAMS_FILE
    loaded = CrisisNgrams.load(tmp_path)
    assert (loaded.scale, loaded.bias) == (model.scale, model.bias)
    assert (loaded.weights == model.weights).all()
    assert (loaded.idf == model.idf).all()


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 cut off"])
def test_load_says_which_file_is_broken(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / NGRAMS_FILE).write_bytes(content)
    with pytest.raises(ModelError, match=r"ngrams\.npz: damaged"):
        CrisisNgrams.load(tmp_path)


def test_load_refuses_arrays_of_another_size(model: CrisisNgrams, tmp_path: Path) -> None:
    CrisisNgrams(model.weights[:8], model.idf[:8], model.scale, model.bias).save(tmp_path)
    with pytest.raises(ModelError, match="do not fit"):
        CrisisNgrams.load(tmp_path)
