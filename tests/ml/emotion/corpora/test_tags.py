"""Other people's label sets as tags: the exact formats, and errors that say where."""

import gzip
from pathlib import Path

import pytest

from ml.emotion.corpora.kote import KOTE_LABELS
from ml.emotion.corpora.tags import GOEMOTIONS, TAG_NAMES, load_tags
from ml.errors import DataError
from tests.ml.emotion.corpora.files import write


def test_names_are_of_one_set_each() -> None:
    assert len(set(TAG_NAMES)) == len(TAG_NAMES) == 44 + 28 + 1


def test_kote_has_all_its_tags(tmp_path: Path) -> None:
    path = write(tmp_path / "val.tsv", f"7\t무섭다\t{KOTE_LABELS.index('공포/무서움')}\n")
    [row] = load_tags(f"kote:{path}")
    assert row.text == "무섭다"
    assert len(row.tags) == 44
    assert [name for name, value in row.tags.items() if value] == ["kote 공포/무서움"]


def test_goemotions_has_all_its_tags(tmp_path: Path) -> None:
    path = write(tmp_path / "train.tsv", "고마워요\t15,17\n그렇군요\t27\n")
    first, second = load_tags(f"goemotions:{path}")
    assert (first.text, second.text) == ("고마워요", "그렇군요")
    assert list(first.tags) == [f"goemotions {name}" for name in GOEMOTIONS]
    assert {name for name, value in first.tags.items() if value} == {"goemotions gratitude", "goemotions joy"}
    assert second.tags["goemotions neutral"] == 1


def test_ratings_become_one_tag_from_0_to_1(tmp_path: Path) -> None:
    path = tmp_path / "reviews.tsv.gz"
    path.write_bytes(
        gzip.compress('review_id\trating\ttext\n1\t10\t"최고" 영화\n2\t1\t별로\n3\t4\t그럭저럭\n'.encode())
    )
    rows = load_tags(f"nsmc:{path}")
    assert [(row.text, row.tags) for row in rows] == [
        ("별로", {"nsmc rating": 0.0}),
        ("그럭저럭", {"nsmc rating": pytest.approx(1 / 3)}),
        ('"최고" 영화', {"nsmc rating": 1.0}),
    ]


def test_count_spreads_over_the_ratings_and_is_always_the_same(tmp_path: Path) -> None:
    lines = [f"{number}\t{1 if number < 40 else 10}\t글 {number}" for number in range(50)]
    path = write(tmp_path / "reviews.tsv", "\n".join(["review_id\trating\ttext", *lines]) + "\n")
    chosen = load_tags(f"nsmc:{path}:50")
    assert [row.tags["nsmc rating"] for row in chosen] == [0.0] * 5 + [1.0] * 5
    backwards = write(tmp_path / "again.tsv", "\n".join(["review_id\trating\ttext", *reversed(lines)]) + "\n")
    assert load_tags(f"nsmc:{backwards}:50") == chosen


def test_count_of_less_than_one_a_rating_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "reviews.tsv", "review_id\trating\ttext\n1\t10\t글\n")
    with pytest.raises(DataError, match="has to be 10 or more"):
        load_tags(f"nsmc:{path}:9")


def test_a_path_may_hold_colons(tmp_path: Path) -> None:
    (tmp_path / "a:b").mkdir()
    path = write(tmp_path / "a:b" / "val.tsv", "7\t하나\t1\n8\t둘\t1\n")
    assert len(load_tags(f"kote:{path}")) == 2
    assert len(load_tags(f"kote:{path}:1")) == 1


@pytest.mark.parametrize(
    ("kind", "content", "message"),
    [
        ("goemotions", "고마워요\t28\n", "row 1: '28' is no label id"),
        ("goemotions", "고마워요\t15\n15\n", "row 2: expected a text"),
        ("nsmc", "rating\ttext\n11\t최고\n", "row 2: column rating: '11' is none of 1 to 10"),
        ("nsmc", "text\n최고\n", "missing column rating"),
        ("kote", "7\t무섭다\t44\n", "row 1: column labels: '44'"),
    ],
)
def test_a_bad_file_is_named_with_its_row(kind: str, content: str, message: str, tmp_path: Path) -> None:
    path = write(tmp_path / "file.tsv", content)
    with pytest.raises(DataError, match=message) as caught:
        load_tags(f"{kind}:{path}")
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("spec", ["kote", "kote:", "songs:PATH", ""])
def test_a_spec_that_names_nothing_is_explained(spec: str) -> None:
    with pytest.raises(DataError, match="expected KIND:PATH"):
        load_tags(spec)
