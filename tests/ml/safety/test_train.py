"""Fitting the crisis model on a handful of phrases: what it learns, where its threshold lies, and what is written."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.errors import ModelError
from ml.manifest import MANIFEST
from ml.safety.fit import CrisisSettings, choose_threshold, cut_windows, fit, score_texts
from ml.safety.model import MODEL_FILE, CrisisModel
from ml.safety.phrases import STRANGERS, Phrase
from ml.safety.train import METRICS, main, score_test, train, write_folder
from ml.safety.training_texts import DOUBTFUL, ENTRY, gather

# Words that no rule knows stand for what the model has to learn.
TELLING = ["강아지를 맡기고 떠나려 한다", "강아지를 맡기고 멀리 갈 채비를 한다", "화분을 맡기고 떠나려 한다"]
ORDINARY = ["강아지와 산책을 했다", "화분에 물을 주었다", "친구와 밥을 먹었다"]
SETTINGS = CrisisSettings(min_df=1, max_entry_alarms=0.4)


def make_phrases(authors: Sequence[str] = (*STRANGERS, "h")) -> list[Phrase]:
    phrases = []
    for author in authors:
        for number, (telling, ordinary) in enumerate(zip(TELLING, ORDINARY, strict=True)):
            days = ["아침에 일어났다. ", "회의를 했다. ", "비가 왔다. "]
            phrases.append(Phrase(f"{author}p{number}", author, "train", True, "indirect", days[number] + telling))
            phrases.append(Phrase(f"{author}n{number}", author, "train", False, "daily", days[number] + ordinary))
    return phrases


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    texts = [
        "책을 읽었다. 재미있었다",
        "라면을 끓였다. 계란도 넣었다",
        "버스를 놓쳤다. 걸었다",
        "비가 왔다. 우산을 썼다",
    ]
    rows = [{"id": f"T{number}", "text": text, "emotion": "중립"} for number, text in enumerate(texts)]
    rows.append({"id": min(DOUBTFUL), "text": "의심스러운 날", "emotion": "슬픔"})
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / "T.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_gather_leaves_tests_and_doubtful_entries_out(corpus: Path) -> None:
    texts = gather([*make_phrases(), replace(make_phrases("g")[0], part="test")], corpus)
    assert "g" not in texts.authors
    assert texts.authors.count(ENTRY) == 4
    assert "의심스러운 날" not in texts.texts
    assert sorted(set(texts.folds)) == [-1, 0, 1, 2, 3]


def test_fit_finds_the_telling_sentence_of_a_long_day() -> None:
    phrases = make_phrases()
    windows = cut_windows([phrase.text for phrase in phrases])
    is_crisis = np.array([phrase.is_crisis for phrase in phrases])
    model = fit(windows, is_crisis, np.ones(len(phrases), dtype=bool), SETTINGS)
    scores = score_texts(model, windows)
    assert scores[is_crisis].min() > scores[~is_crisis].max()
    middle = replace(model, threshold=float(scores[is_crisis].min() + scores[~is_crisis].max()) / 2)
    assert middle.marks("친구와 밥을 먹었다. 비가 왔다. 강아지를 맡기고 떠나려 한다. 화분에 물을 주었다.")
    assert not middle.marks("친구와 밥을 먹었다. 비가 왔다. 강아지와 산책을 했다. 화분에 물을 주었다.")


def test_score_texts_agrees_with_what_is_served() -> None:
    phrases = make_phrases("c")
    windows = cut_windows([phrase.text for phrase in phrases])
    model = fit(
        windows, np.array([phrase.is_crisis for phrase in phrases]), np.ones(len(phrases), dtype=bool), SETTINGS
    )
    for phrase, score in zip(phrases, score_texts(model, windows), strict=True):
        assert replace(model, threshold=score - 1e-6).marks(phrase.text)
        assert not replace(model, threshold=score + 1e-6).marks(phrase.text)


def test_score_texts_is_infinite_where_a_rule_finds_something() -> None:
    texts = [*TELLING, *ORDINARY, "죽고 싶다"]
    windows = cut_windows(texts)
    model = fit(windows, np.array([True] * 3 + [False] * 3 + [True]), np.ones(7, dtype=bool), SETTINGS)
    assert np.isinf(score_texts(model, windows)).tolist() == [False] * 6 + [True]


def test_choose_threshold_keeps_both_limits() -> None:
    phrases, entries = np.arange(100.0), np.arange(1000.0) / 20
    settings = CrisisSettings(max_phrase_alarms=0.05, max_entry_alarms=0.01)
    threshold = choose_threshold(phrases, entries, settings)
    assert (phrases > threshold).mean() <= 0.05
    assert threshold == 94.0
    threshold = choose_threshold(phrases / 100, entries, settings)
    assert (entries > threshold).mean() <= 0.01 < (entries > threshold - 0.06).mean()


def test_train_twice_gives_the_same_bytes(tmp_path: Path, corpus: Path) -> None:
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        model, metrics = train(make_phrases(), SETTINGS, corpus)
        write_folder(folder, model, SETTINGS, metrics)
    for name in (MODEL_FILE, METRICS, MANIFEST, "MODEL_CARD.md"):
        assert folders[0].joinpath(name).read_bytes() == folders[1].joinpath(name).read_bytes()
    saved = json.loads((folders[0] / METRICS).read_text(encoding="utf-8"))
    assert set(saved["left_out"]) == {*STRANGERS, "all"}
    assert saved["left_out"]["all"]["crises"] == 3 * len(STRANGERS)
    assert saved["entries"]["count"] == 4
    assert "test" not in saved


def test_load_gives_the_model_that_was_saved(tmp_path: Path, corpus: Path) -> None:
    model, metrics = train(make_phrases(), SETTINGS, corpus)
    write_folder(tmp_path / "model", model, SETTINGS, metrics)
    loaded = CrisisModel.load(tmp_path / "model")
    assert (loaded.threshold, loaded.bias, loaded.scale) == (model.threshold, model.bias, model.scale)
    assert (loaded.weights == model.weights).all()
    assert (loaded.idf == model.idf).all()
    (tmp_path / "model" / MODEL_FILE).write_bytes(b"")
    with pytest.raises(ModelError, match="SHA-256"):
        CrisisModel.load(tmp_path / "model")


def test_score_test_is_of_the_test_authors(corpus: Path) -> None:
    model, _ = train(make_phrases(), SETTINGS, corpus)
    tested = [replace(phrase, part="test") for phrase in make_phrases("bg")]
    figures = score_test([*make_phrases(), *tested], model)
    assert {author: own["crises"] for author, own in figures.items()} == {"b": 3, "g": 3, "i": 0, "j": 0}


def test_main_unknown_setting_ends_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--output", str(tmp_path / "out"), "--set", "depth=3"]) == 2
    assert "depth" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
