"""The split is stratified, disjoint, keeps groups together and never moves; repeated texts are found."""

import csv
import hashlib
from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from ml.emotion.corpora.own import load_corpus
from ml.emotion.data import CORPUS_FOLDER, Example, Split, drop_texts, hash_examples, split_examples
from ml.labels import Emotion


@pytest.fixture(scope="module")
def corpus() -> list[Example]:
    return [example for example in load_corpus(CORPUS_FOLDER) if not example.only_training]


def _hash_split(examples: list[Example]) -> str:
    """SHA-256 of which example lies in which split, in order."""
    parts = split_examples(examples)
    lines = [f"{name}\t{example.source}\t{example.id}\n" for name in Split for example in parts[name]]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _utterances(dialogues: int, turns: int) -> list[Example]:
    return [
        Example(f"{dialogue}의 {turn}번째 말", label, 1.0, "dialogues/T", f"{dialogue}.{turn}", f"talk-{dialogue}")
        for dialogue, label in zip(range(dialogues), list(Emotion)[:5] * dialogues, strict=False)
        for turn in range(turns)
    ]


def test_split_is_disjoint_complete_and_stratified(corpus: list[Example]) -> None:
    parts = split_examples(corpus)
    ids = {name: {(example.source, example.id) for example in part} for name, part in parts.items()}
    assert sum(map(len, ids.values())) == len(corpus) == len(set.union(*ids.values()))
    totals = Counter(example.label for example in corpus)
    for name in (Split.VALIDATION, Split.TEST):
        shares = Counter(example.label for example in parts[name])
        assert all(shares[emotion] == pytest.approx(totals[emotion] / 10, abs=5) for emotion in Emotion)


def test_split_ignores_order_and_other_sources(corpus: list[Example]) -> None:
    alone = [example for example in corpus if example.source == "corpus/F"]
    expected = {example.id for example in split_examples(alone)[Split.TEST]}
    found = {example.id for example in split_examples(corpus[::-1])[Split.TEST] if example.source == "corpus/F"}
    assert found == expected


@pytest.mark.parametrize(
    ("letters", "digest"),
    [
        ("ABCDEFG", "f0fceee0d97a33fe525671a5111bf71627cc2c5c331a9a50ae31b6bff642b96e"),
        ("HIJ", "f15e8619a0144b185299d0646d70bac71f2b3d189bc933de4e73395aae989f82"),
        ("KL", "1dfb90305a9b303fb7e0a0ccc6504b19e286b1672f5be83d8af13b834b73014b"),
    ],
)
def test_split_of_the_committed_corpus_never_moves(corpus: list[Example], letters: str, digest: str) -> None:
    assert _hash_split([example for example in corpus if example.source[-1] in letters]) == digest


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("real_lines.tsv", "e3d99a5def74ef78fa897c4a3c55311600d18687efb54200f57c0b4c2a031e92"),
        ("real_lines_2.tsv", "f4ff976bcd89450af0cc78e18e5952240958d5ac69562f2fc2cdd05405f5ed77"),
    ],
)
def test_split_of_the_committed_real_lines_never_moves(name: str, digest: str) -> None:
    with (CORPUS_FOLDER / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    examples = [
        Example("", Emotion(row["label"]), 1.0, f"real_lines/{row['source']}", row["row"])
        for row in rows
        if row["label"] != "unclear"
    ]
    assert _hash_split(examples) == digest


def test_split_puts_what_is_only_for_training_there_and_moves_nothing_else(corpus: list[Example]) -> None:
    taught = [replace(example, source="real_lines/taught", only_training=True) for example in corpus[:100]]
    parts, before = split_examples([*taught, *corpus]), split_examples(corpus)
    assert parts[Split.TRAIN][-100:] == taught
    assert (parts[Split.VALIDATION], parts[Split.TEST]) == (before[Split.VALIDATION], before[Split.TEST])


def test_split_keeps_every_group_whole_and_stratifies_groups() -> None:
    examples = _utterances(dialogues=100, turns=3)
    parts = split_examples(examples)
    splits_of = defaultdict(set)
    for name, part in parts.items():
        for example in part:
            splits_of[example.group].add(name)
    assert all(len(splits) == 1 for splits in splits_of.values())
    assert {name: len(part) for name, part in parts.items()} == {
        Split.TRAIN: 240,
        Split.VALIDATION: 30,
        Split.TEST: 30,
    }
    assert Counter(example.label for example in parts[Split.TEST]) == dict.fromkeys(list(Emotion)[:5], 6)


def test_split_of_groups_ignores_order() -> None:
    examples = _utterances(dialogues=60, turns=2)
    assert split_examples(examples[::-1]) == split_examples(examples)


def test_group_with_several_labels_stays_in_one_split() -> None:
    labels = list(Emotion)
    examples = [Example("말", labels[n % 6], 1.0, "s", f"{n:03}", f"g{n // 3}") for n in range(180)]
    parts = split_examples(examples)
    groups = [{example.group for example in part} for part in parts.values()]
    assert all(groups)
    assert sum(map(len, groups)) == len(set.union(*groups)) == 60


def test_hash_of_examples_covers_label_text_shares_and_order() -> None:
    first, second = Example("하나", Emotion.JOY, 1.0, "s", "1"), Example("둘", Emotion.ANGER, 1.0, "s", "2")
    changed = [
        [second, first],
        [first],
        [replace(first, label=Emotion.SADNESS), second],
        [replace(first, text="셋"), second],
        [replace(first, shares=(0.7, 0.3, 0.0, 0.0, 0.0, 0.0)), second],
    ]
    assert len({hash_examples(examples) for examples in [[first, second], *changed]}) == 6
    assert hash_examples([first]) == "969e688a1d732ae9af24e3c3783b5dbf155028e4f00e5a4a23e10f2c2290c75a"


def test_drop_texts_sees_through_spaces() -> None:
    kept, repeated = (Example(text, Emotion.JOY, 1.0, "s", text) for text in ("다른 말", "같은  말"))
    held_out = [Example("같은말", Emotion.JOY, 1.0, "t", "1")]
    assert drop_texts([kept, repeated], held_out) == [kept]
