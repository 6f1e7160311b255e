"""Loaders name what is broken; the split is stratified, disjoint and never moves."""

from collections import Counter
from pathlib import Path

import pytest

from ml.emotion.data import (
    Example,
    Split,
    describe_spec,
    drop_texts,
    load_corpus,
    load_csv,
    load_real_lines,
    load_source,
    split_examples,
)
from ml.errors import DataError
from ml.labels import Emotion


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _texts(folder: Path) -> Path:
    _write(folder / "chatbot_songys/ChatbotData.csv", 'Q,A,label\n"배고파, 정말",응,0\n시험 떨어졌어,힘내,1\n')
    _write(folder / "kote/val.tsv", '77\t"좋아요" 최고\t0,1\n78\t모르겠다\t2\n')
    _write(folder / "kote/test.tsv", "5\t무섭다\t18\n")
    _write(folder / "kote_train8k_va/kote_regression_validation.csv", "\ufefftext,valence,arousal\n짜증,0.1,0.2\n")
    return folder


def test_committed_corpus_is_balanced() -> None:
    counts = Counter(example.label for example in load_source("corpus"))
    assert counts == dict.fromkeys(Emotion, 810)


def test_real_lines_join_every_source_and_drop_unclear(tmp_path: Path) -> None:
    rows = ["chatbot\t1\tsadness\t1\t", "kote-val\t77\tjoy\t0\t", "kote-val\t78\tunclear\t0\t"]
    rows += ["kote-test\t5\tanxiety\t0\t", "kote-train8k\t0\tanger\t0\tsadness"]
    labels = _write(tmp_path / "labels.tsv", "source\trow\tlabel\tstrong\tsecond\n" + "\n".join(rows) + "\n")
    examples = load_real_lines(labels, _texts(tmp_path / "texts"))
    assert [(example.text, example.label) for example in examples] == [
        ("시험 떨어졌어", Emotion.SADNESS),
        ('"좋아요" 최고', Emotion.JOY),
        ("무섭다", Emotion.ANXIETY),
        ("짜증", Emotion.ANGER),
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("chatbot\t9\tjoy\t0\t", r"row 2: column row: chatbot has no row 9"),
        ("chatbot\t0\thappy\t0\t", r"row 2: column label: unknown emotion 'happy'"),
        ("chatbot\t0\t\t0\t", r"row 2: column label: empty"),
        ("nowhere\t0\tjoy\t0\t", r"unknown source nowhere"),
    ],
)
def test_real_lines_broken_label_row_is_named(tmp_path: Path, rows: str, message: str) -> None:
    labels = _write(tmp_path / "labels.tsv", f"source\trow\tlabel\tstrong\tsecond\n{rows}\n")
    with pytest.raises(DataError, match=message):
        load_real_lines(labels, _texts(tmp_path / "texts"))


def test_real_lines_missing_text_file_is_named(tmp_path: Path) -> None:
    labels = _write(tmp_path / "labels.tsv", "source\trow\tlabel\tstrong\tsecond\nchatbot\t0\tjoy\t0\t\n")
    with pytest.raises(DataError, match=r"ChatbotData\.csv: No such file"):
        load_real_lines(labels, tmp_path)


def test_real_lines_torn_kote_row_is_named(tmp_path: Path) -> None:
    labels = _write(tmp_path / "labels.tsv", "source\trow\tlabel\tstrong\tsecond\nkote-val\t1\tjoy\t0\t\n")
    _write(tmp_path / "kote/val.tsv", "1\t좋다\t0\n2 no tabs\n")
    with pytest.raises(DataError, match=r"val\.tsv: row 2: 1 columns"):
        load_real_lines(labels, tmp_path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{broken", r"T\.jsonl: row 2: not JSON"),
        ("[1]", r"row 2: column id"),
        ('{"id": "2", "emotion": "기쁨"}', r"row 2: column text"),
        ('{"id": "2", "text": " ", "emotion": "기쁨"}', r"row 2: column text"),
        ('{"id": "2", "text": "ㅋ", "emotion": "상처"}', r"row 2: column emotion: unknown emotion '상처'"),
    ],
)
def test_corpus_broken_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    _write(tmp_path / "T.jsonl", '{"id": "1", "text": "좋다", "emotion": "기쁨"}\n' + line + "\n")
    with pytest.raises(DataError, match=message):
        load_corpus(tmp_path)


def test_corpus_keeps_unusual_line_separators_inside_a_text(tmp_path: Path) -> None:
    _write(tmp_path / "T.jsonl", '{"id": "1", "text": "하나\u2028둘", "emotion": "기쁨"}\n')
    assert load_corpus(tmp_path)[0].text == "하나\u2028둘"


def test_corpus_folder_without_files_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no \*\.jsonl"):
        load_corpus(tmp_path)


def test_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("text,emotion\n기쁘다,기쁨\n".encode("cp949"))
    with pytest.raises(DataError, match="not UTF-8"):
        load_csv(path)


def test_csv_reads_both_namings_and_names_a_missing_column(tmp_path: Path) -> None:
    good = _write(tmp_path / "good.csv", "text,emotion\n좋다,기쁨\n싫다,anger\n")
    assert [example.label for example in load_csv(good)] == [Emotion.JOY, Emotion.ANGER]
    with pytest.raises(DataError, match="missing column emotion"):
        load_csv(_write(tmp_path / "bad.csv", "text,feeling\n좋다,기쁨\n"))


def test_source_weight_is_set_and_path_hidden() -> None:
    assert {example.weight for example in load_source("corpus@0.5")} == {0.5}
    assert describe_spec("real_lines:some/folder@0.7") == "real_lines:PATH@0.7"
    assert describe_spec("corpus") == "corpus"


@pytest.mark.parametrize("spec", ["", "corpus@x", "corpus@0", "corpus@-1", "corpus@inf", "real_lines", "tweets:x"])
def test_source_unknown_or_badly_weighted_is_refused(spec: str) -> None:
    with pytest.raises(DataError, match="--data"):
        load_source(spec)


def test_split_is_disjoint_complete_and_stratified() -> None:
    examples = load_source("corpus")
    parts = split_examples(examples)
    ids = {name: {(example.source, example.id) for example in part} for name, part in parts.items()}
    assert sum(map(len, ids.values())) == len(examples) == len(set.union(*ids.values()))
    for name in (Split.VALIDATION, Split.TEST):
        shares = Counter(example.label for example in parts[name])
        assert all(count == pytest.approx(81, abs=4) for count in shares.values())


def test_split_ignores_order_and_other_sources() -> None:
    examples = load_source("corpus")
    alone = [example for example in examples if example.source == "corpus/F"]
    expected = {example.id for example in split_examples(alone)[Split.TEST]}
    found = {example.id for example in split_examples(examples[::-1])[Split.TEST] if example.source == "corpus/F"}
    assert found == expected


def test_split_of_the_committed_corpus_never_moves() -> None:
    test = split_examples(load_source("corpus"))[Split.TEST]
    assert sorted(example.id for example in test)[:5] == ["A0004", "A0036", "A0038", "A0045", "A0048"]


def test_drop_texts_sees_through_spaces() -> None:
    kept, repeated = (Example(text, Emotion.JOY, 1.0, "s", text) for text in ("다른 말", "같은  말"))
    held_out = [Example("같은말", Emotion.JOY, 1.0, "t", "1")]
    assert drop_texts([kept, repeated], held_out) == [kept]
