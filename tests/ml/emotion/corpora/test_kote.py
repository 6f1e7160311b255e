"""KOTE's 44 labels: read as they are, or made one of our six by a vote."""

from pathlib import Path

import numpy as np
import pytest

from ml.emotion.corpora.kote import KOTE_EMOTIONS, KOTE_LABELS, load_kote, load_kote_soft
from ml.errors import DataError
from ml.labels import Emotion
from tests.ml.emotion.corpora.files import write


def _ids(*names: str) -> str:
    return ",".join(str(KOTE_LABELS.index(name)) for name in names)


def _elect(folder: Path, *names: str) -> Emotion | None:
    examples = load_kote(write(folder / "val.tsv", f"1\t댓글\t{_ids(*names)}\n"))
    return examples[0].label if examples else None


def test_labels_are_44_and_each_votes_for_one_emotion_at_most() -> None:
    voting = [name for names in KOTE_EMOTIONS.values() for name in names]
    assert len(set(KOTE_LABELS)) == 44
    assert len(set(voting)) == len(voting)
    assert set(voting) < set(KOTE_LABELS)
    assert set(KOTE_EMOTIONS) == set(Emotion)


@pytest.mark.parametrize(
    ("names", "label"),
    [
        (("기쁨",), Emotion.JOY),
        (("없음",), Emotion.NEUTRAL),
        (("불안/걱정", "의심/불신"), Emotion.ANXIETY),
        (("부끄러움", "당황/난처", "놀람"), Emotion.EMBARRASSMENT),
        (("불평/불만", "화남/분노", "짜증", "슬픔"), Emotion.ANGER),
        (("슬픔", "서러움", "힘듦/지침"), Emotion.SADNESS),
        (("슬픔", "서러움", "힘듦/지침", "없음"), None),  # sadness leads with a share of 0.53, which is not enough
        (("기쁨", "슬픔"), None),
        (("비장함", "놀람"), None),
    ],
)
def test_vote_gives_the_clear_emotion_or_drops_the_comment(
    tmp_path: Path, names: tuple[str, ...], label: Emotion | None
) -> None:
    assert _elect(tmp_path, *names) == label


def test_folder_gives_every_part_its_source(tmp_path: Path) -> None:
    write(tmp_path / "val.tsv", f'7\t"좋아요" 최고\t{_ids("기쁨", "행복")}\n8\t글쎄\t{_ids("기쁨", "슬픔")}\n')
    write(tmp_path / "test.tsv", f"9\t무섭다\t{_ids('공포/무서움')}\r\n")
    examples = load_kote(tmp_path)
    assert [(example.source, example.id, example.text, example.label) for example in examples] == [
        ("kote/test", "9", "무섭다", Emotion.ANXIETY),
        ("kote/val", "7", '"좋아요" 최고', Emotion.JOY),
    ]


def test_soft_labels_keep_every_comment_and_label(tmp_path: Path) -> None:
    [(name, text, labels)] = load_kote_soft(write(tmp_path / "val.tsv", "8\t글쎄\t5,42\n"))
    assert (name, text) == ("8", "글쎄")
    assert labels.shape == (44,)
    assert labels.dtype == np.float32
    assert np.flatnonzero(labels).tolist() == [5, 42]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2 no tabs", r"val\.tsv: row 2: 1 columns instead of id, text, labels"),
        ("2\t좋다\t44", r"row 2: column labels: '44' is no label id \(expected 0 to 43\)"),
        ("2\t좋다\t1,,2", r"row 2: column labels: '' is no label id"),
        ("2\t좋다\t-1", r"row 2: column labels: '-1'"),
        ("2\t좋다\t기쁨", r"row 2: column labels: '기쁨'"),
        ("2\t \t1", r"row 2: column text: empty"),
        ("\t좋다\t1", r"row 2: column id: empty"),
        ("", r"row 2: 1 columns"),
    ],
)
def test_broken_row_is_named(tmp_path: Path, row: str, message: str) -> None:
    path = write(tmp_path / "val.tsv", f"1\t좋다\t42\n{row}\n3\t좋다\t42\n")
    with pytest.raises(DataError, match=message):
        load_kote_soft(path)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no \*\.tsv file in this folder"):
        load_kote(tmp_path)
    with pytest.raises(DataError, match=r"none\.tsv: No such file"):
        load_kote(tmp_path / "none.tsv")
