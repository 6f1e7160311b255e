"""Training the crisis model on a handful of phrases: what it learns, where its threshold lies, and what is written."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ml.emotion.words.start import hash_start
from ml.errors import DataError, ModelError
from ml.safety.card import CARD
from ml.safety.left_out import LeftOut, fit_all_words
from ml.safety.model import CrisisModel, Found, Voices, read_words
from ml.safety.phrases import STRANGERS
from ml.safety.train import METRICS, Trained, choose_threshold, main, score_test, train, write_figures, write_model
from ml.safety.training_texts import ENTRY, gather
from tests.ml.safety.conftest import DAYS, ORDINARY, SETTINGS, TELLING, make_phrases


@pytest.fixture(scope="module")
def folder(trained: Trained, start: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    write_model(folder, trained, SETTINGS, start)
    write_figures(folder, trained.metrics, trained.voices, SETTINGS)
    return folder


def test_it_learns_what_no_rule_knows(folder: Path) -> None:
    model = CrisisModel.load(folder)
    assert model.mark([f"친구와 밥을 먹었다. {telling}" for telling in TELLING]).all()
    assert not model.mark([*ORDINARY, *DAYS]).any()
    assert model.mark([]).shape == (0,)


def test_what_serves_reads_as_what_was_trained(trained: Trained, folder: Path) -> None:
    texts = [*TELLING, *DAYS]
    found = Found.in_texts(texts)
    served = CrisisModel.load(folder)
    assert_allclose(read_words(served.words, texts, found), read_words(trained.words, texts, found), atol=0.2)
    assert_allclose(served.ngrams.log_odds(texts), trained.ngrams.log_odds(texts))
    assert served.voices == trained.voices


def test_interrupted_training_ends_in_the_same_bytes(
    trained: Trained, folder: Path, corpus: Path, start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from torch.optim import AdamW

    step, calls = AdamW.step, iter(range(10_000))

    def interrupt(*arguments: object, **options: object) -> object:
        if next(calls) == 40:
            raise KeyboardInterrupt
        return step(*arguments, **options)

    state = tmp_path / "state"
    monkeypatch.setattr(AdamW, "step", interrupt)
    with pytest.raises(KeyboardInterrupt):
        train(make_phrases(), SETTINGS, state, corpus=corpus, start=start)
    monkeypatch.setattr(AdamW, "step", step)
    again = train(make_phrases(), SETTINGS, state, corpus=corpus, start=start)
    write_model(tmp_path / "again", again, SETTINGS, start)
    for path in tmp_path.joinpath("again").iterdir():
        assert path.read_bytes() == folder.joinpath(path.name).read_bytes()


def test_it_starts_from_the_model_that_is_named(
    folder: Path, start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert json.loads((folder / "manifest.json").read_text())["start"] == hash_start(start)
    started = []

    def note(*_arguments: object, start: Path, **_options: object) -> Trained:
        started.append(start)
        raise ModelError("nothing was learned")

    monkeypatch.setattr("ml.safety.train.train", note)
    assert main(["--output", str(tmp_path / "out"), "--start", str(start)]) == 2
    assert started == [start]


def test_networks_side_by_side_are_those_of_one_process(corpus: Path, start: Path, tmp_path: Path) -> None:
    texts = gather(make_phrases("cdefk"), corpus, days=10)
    settings = replace(SETTINGS, words=replace(SETTINGS.words, epochs=1))
    _, alone = fit_all_words(texts, settings, tmp_path / "alone", start=start, processes=1)
    _, together = fit_all_words(texts, settings, tmp_path / "together", start=start, processes=2)
    assert np.isfinite(alone).all()
    assert alone.tolist() == together.tolist()


def test_figures_are_of_what_was_left_out(trained: Trained, folder: Path) -> None:
    saved = json.loads((folder / METRICS).read_text(encoding="utf-8"))
    assert saved == trained.metrics
    assert set(saved["left_out"]) == {*STRANGERS, "all"}
    assert saved["left_out"]["all"]["crises"] == 3 * len(STRANGERS)
    assert 0 < saved["days"]["crises"] <= SETTINGS.days / 2
    assert saved["entries"]["count"] == 20
    assert "test" not in saved
    assert "| all, left out |" in (folder / CARD).read_text(encoding="utf-8")


def test_choose_threshold_keeps_both_limits() -> None:
    texts = gather(make_phrases([*"cdefklmnop"]))
    by_phrases, by_entries = texts.by(*STRANGERS) & ~texts.is_crisis, texts.by(ENTRY)
    words = np.zeros(len(texts.texts))
    words[by_phrases], words[by_entries] = np.arange(by_phrases.sum()), np.arange(by_entries.sum()) / 1e6
    nothing = Found([], np.zeros(0, dtype=np.int64), np.zeros(len(words), dtype=bool))
    left_out = LeftOut(words, np.zeros(len(words)), nothing)
    settings = replace(SETTINGS, max_phrase_alarms=0.1, max_entry_alarms=0.01)
    assert choose_threshold(texts, left_out, settings).threshold == by_phrases.sum() - 4
    settings = replace(settings, max_phrase_alarms=0.99)
    threshold = choose_threshold(texts, replace(left_out, words=words / 1e6 + words * by_entries), settings).threshold
    assert (words[by_entries] * (1 + 1e-6) > threshold).mean() == pytest.approx(0.01, abs=0.001)


def test_voices_add_a_bonus_for_rules_and_leave_english_to_them() -> None:
    found = Found.in_texts(["죽고 싶다. 비가 온다", "비가 온다", "I want to die"])
    assert found.sentences == ["죽고 싶다"]
    total = Voices(0.5, 2.0, 0.0).add(np.array([1.0, 1.0, 1.0]), np.array([4.0, 0.0, 0.0]), found)
    assert total.tolist() == [5.0, 1.0, np.inf]


@pytest.mark.parametrize("name", ["ngrams.npz", "words.onnx", "words_table.npy", "manifest.json"])
def test_load_damaged_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(folder, tmp_path / "damaged")
    (tmp_path / "damaged" / name).write_bytes(b"")
    with pytest.raises(ModelError, match=r"ml\.safety\.train"):
        CrisisModel.load(tmp_path / "damaged")


@pytest.mark.parametrize("voices", [None, [], {"threshold": "high"}, {"threshold": 1.0}])
def test_load_wrong_voices_are_refused(folder: Path, tmp_path: Path, voices: object) -> None:
    shutil.copytree(folder, tmp_path / "wrong")
    path = tmp_path / "wrong" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**manifest, "voices": voices}), encoding="utf-8")
    with pytest.raises(ModelError, match="not a crisis model"):
        CrisisModel.load(tmp_path / "wrong")


def test_state_of_another_start_does_not_go_on(
    corpus: Path, start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = gather(make_phrases("cdefk"), corpus)
    settings = replace(SETTINGS, words=replace(SETTINGS.words, epochs=1))
    fit_all_words(texts, settings, tmp_path / "state", start=start, processes=1)
    monkeypatch.setattr("ml.safety.fit_words.hash_start", lambda _folder: "another")
    with pytest.raises(DataError):
        fit_all_words(texts, settings, tmp_path / "state", start=start, processes=1)


def test_score_test_is_of_the_test_authors(folder: Path) -> None:
    tested = [replace(phrase, part="test") for phrase in make_phrases(["b", "g"])]
    figures = score_test([*make_phrases(), *tested], CrisisModel.load(folder))
    assert {author: own["crises"] for author, own in figures.items() if own["crises"]} == {"b": 3, "g": 3}


@pytest.mark.parametrize(
    "setting", ["depth=3", "days=-1", "max_phrase_alarms=1.0", "ngrams.rounds=0", "words.epochs=0"]
)
def test_main_wrong_setting_ends_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], setting: str
) -> None:
    assert main(["--output", str(tmp_path / "out"), "--set", setting]) == 2
    assert setting.rpartition(".")[2] in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
