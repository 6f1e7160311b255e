"""What the crisis model learns from: who is left out with whom, and days made of a phrase and entries."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from ml.safety.fit_words import choose_windows
from ml.safety.training_texts import DAY, ENTRY, EVERY_FOLD, FOLDS, fold_of, gather
from ml.safety.windows import WINDOW_WORDS
from tests.ml.safety.conftest import DAYS, make_phrases


def test_gather_leaves_tests_and_doubtful_entries_out(corpus: Path) -> None:
    texts = gather([*make_phrases(), replace(make_phrases("g")[0], part="test")], corpus)
    assert "g" not in texts.authors
    assert texts.authors.count(ENTRY) == 20
    assert "의심스러운 날" not in texts.texts


def test_folds_part_the_authors_and_the_entries(corpus: Path) -> None:
    texts = gather(make_phrases(), corpus, days=40)
    folds = np.array(texts.folds)
    for author in set(texts.authors) - {ENTRY}:
        assert set(folds[texts.by(author)]) == {fold_of(author)}
    assert fold_of("h") == EVERY_FOLD
    assert np.bincount(folds[texts.by(ENTRY)]).tolist() == [4] * FOLDS


def test_days_hold_a_phrase_and_entries_of_its_fold(corpus: Path) -> None:
    phrases = make_phrases()
    texts = gather(phrases, corpus, days=40)
    places = np.flatnonzero(texts.of_kind(DAY))
    assert texts.is_crisis[places].sum() == len(places) / 2 == 20
    of_author = {author: [phrase for phrase in phrases if phrase.author == author] for author in set(texts.authors)}
    for place in places:
        author = texts.authors[place]
        (phrase,) = {phrase.text for phrase in of_author[author] if phrase.text in texts.texts[place]}
        assert any(own.is_crisis == texts.is_crisis[place] for own in of_author[author] if own.text == phrase)
        assert texts.folds[place] == fold_of(author) != EVERY_FOLD
        rest = texts.texts[place].replace(phrase, "")
        assert any(day in rest for day in DAYS)
        assert len(texts.texts[place].split()) <= 60
    assert not texts.by(*of_author)[places].any()


def test_gather_twice_gives_the_same_days(corpus: Path) -> None:
    first, second = (gather(make_phrases(), corpus, days=10) for _ in range(2))
    assert first.texts == second.texts


def test_choose_windows_leaves_out_where_nobody_has_said_which_tells(corpus: Path) -> None:
    long = "눈이 왔다. " * 12 + "강아지를 맡기고 떠나려 한다."
    phrases = [*make_phrases("c"), replace(make_phrases("d")[0], text=long)]
    windows, is_crisis = choose_windows(gather(phrases, corpus), pairs=20)
    assert [windows[place] for place in np.flatnonzero(is_crisis)[:3]] == [
        phrase.text for phrase in phrases[:6] if phrase.is_crisis
    ]
    assert not any("눈이 왔다. 눈이 왔다." in window for window in windows)
    assert 3 < is_crisis.sum() <= 13
    assert max(len(window.split()) for window in windows) <= WINDOW_WORDS
