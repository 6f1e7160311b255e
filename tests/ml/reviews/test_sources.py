"""Reviews from files and from the folders of the review dataset: what is read, in which order, and what is refused."""

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ml.errors import DataError
from ml.reviews.sources import Review, iter_reviews, iter_unique_reviews
from tests.ml.reviews.conftest import write_reviews

Part = list[tuple[str, str]]  # name of the text without .txt, text


def write_part(root: Path, split: str, kind: str, texts: Part, imdb_ids: list[str]) -> Path:
    """One part of the dataset under `root`, its texts and its list of addresses."""
    folder = root / split / kind
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts:
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    urls = "".join(f"http://www.imdb.com/title/{imdb_id}/usercomments\n" for imdb_id in imdb_ids)
    (root / split / f"urls_{kind}.txt").write_text(urls, encoding="utf-8")
    return root


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    root = tmp_path / "aclImdb"
    write_part(root, "test", "neg", [("0_2", "Dull.<br />Dull.")], ["tt0000003"])
    positive = [("10_9", "Tenth."), ("2_7", "Second."), ("0_10", "Zeroth.")]
    write_part(root, "train", "pos", positive, [f"tt{number:07d}" for number in range(100, 111)])
    write_part(root, "train", "unsup", [("1_0", "Unrated.")], ["tt0000001", "tt0000002"])
    (root / "train" / "pos" / ".DS_Store").write_bytes(b"")
    return root


def test_iter_reviews_folder_in_the_order_of_numbers(dataset: Path) -> None:
    assert list(iter_reviews(dataset)) == [
        Review("tt0000100", 10, "Zeroth."),
        Review("tt0000102", 7, "Second."),
        Review("tt0000110", 9, "Tenth."),
        Review("tt0000002", None, "Unrated."),
        Review("tt0000003", 2, "Dull.\nDull."),
    ]


def test_iter_reviews_folder_above_the_dataset(dataset: Path) -> None:
    assert list(iter_reviews(dataset.parent)) == list(iter_reviews(dataset))


def test_iter_reviews_another_folder_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"other: holds no .*the folders of the review dataset"):
        list(iter_reviews(make_folder(tmp_path / "other" / "train").parent))


def make_folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


def test_iter_reviews_folder_without_addresses(dataset: Path) -> None:
    (dataset / "train" / "urls_pos.txt").unlink()
    with pytest.raises(DataError, match=r"urls_pos\.txt: No such file"):
        list(iter_reviews(dataset))


def test_iter_reviews_folder_too_few_addresses(dataset: Path) -> None:
    write_part(dataset, "train", "pos", [], ["tt0000100", "tt0000101", "tt0000102"])
    with pytest.raises(DataError, match=r"10_9\.txt: .*urls_pos\.txt has no line 11"):
        list(iter_reviews(dataset))


def test_iter_reviews_folder_address_of_no_title(dataset: Path) -> None:
    (dataset / "test" / "urls_neg.txt").write_text("http://www.imdb.com/name/nm0000001/\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"urls_neg\.txt: row 1: .*names no title"):
        list(iter_reviews(dataset))


def test_iter_reviews_folder_name_of_no_review(dataset: Path) -> None:
    (dataset / "test" / "neg" / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match=r"notes\.txt: not named INDEX_RATING\.txt"):
        list(iter_reviews(dataset))


def test_iter_reviews_folder_text_of_another_encoding(dataset: Path) -> None:
    (dataset / "test" / "neg" / "0_2.txt").write_bytes("é".encode("latin-1"))
    with pytest.raises(DataError, match=r"0_2\.txt: not UTF-8"):
        list(iter_reviews(dataset))


def test_iter_reviews_unknown_ratings(tmp_path: Path) -> None:
    records: list[dict[str, object]] = [
        {"tconst": "tt1", "rating": rating, "text": "Fine."} for rating in (1, 10, 0, 26, None)
    ]
    path = write_reviews(tmp_path / "r.jsonl.gz", records)
    assert [review.rating for review in iter_reviews(path)] == [1, 10, None, None, None]


def test_iter_reviews_plain_file(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text('{"tconst": "tt1", "text": "Fine &amp; good."}\n\n', encoding="utf-8")
    assert list(iter_reviews(path)) == [Review("tt1", None, "Fine & good.")]


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ('{"tconst": "tt1"}', r"row 2: no JSON object with tconst and text"),
        ("[1]", r"row 2: no JSON object"),
        ("{", r"row 2: no JSON object"),
        ('{"tconst": 1, "text": "x"}', r"row 2: tconst and text must be strings"),
    ],
)
def test_iter_reviews_bad_row_named(tmp_path: Path, second: str, message: str) -> None:
    path = tmp_path / "r.jsonl.gz"
    path.write_bytes(gzip.compress(f'{{"tconst": "tt1", "text": "x"}}\n{second}\n'.encode()))
    with pytest.raises(DataError, match=rf"r\.jsonl\.gz: {message}"):
        list(iter_reviews(path))


def cut_off(content: bytes) -> bytes:
    return gzip.compress(content * 5000)[:-20]


@pytest.mark.parametrize(("damage", "message"), [(cut_off, "ended before"), (bytes, "Not a gzipped file")])
def test_iter_reviews_damaged_file_told(tmp_path: Path, damage: Callable[[bytes], bytes], message: str) -> None:
    path = tmp_path / "r.jsonl.gz"
    path.write_bytes(damage(b'{"tconst": "tt1", "text": "x"}\n'))
    with pytest.raises(DataError, match=rf"r\.jsonl\.gz: row \d+: .*{message}"):
        list(iter_reviews(path))


def test_iter_reviews_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.jsonl: no such file or folder"):
        list(iter_reviews(tmp_path / "none.jsonl"))


def test_iter_unique_reviews_folder_and_file_of_the_same_set(dataset: Path, tmp_path: Path) -> None:
    records: list[dict[str, object]] = [
        {"tconst": review.imdb_id, "rating": review.rating, "text": review.text} for review in iter_reviews(dataset)
    ]
    path = write_reviews(tmp_path / "same.jsonl.gz", records)
    imdb_ids = {review.imdb_id for review in iter_reviews(dataset)}
    assert list(iter_unique_reviews([dataset, path], imdb_ids)) == list(iter_reviews(dataset))


def test_iter_unique_reviews_copies_differ_in_layout_only(tmp_path: Path) -> None:
    texts = ["A <b>Great</b> film!<br>Really.", "a great film - really", "A great film, truly."]
    records: list[dict[str, object]] = [{"tconst": "tt1", "rating": 5, "text": text} for text in texts]
    records.append({"tconst": "tt2", "rating": 5, "text": texts[0]})
    path = write_reviews(tmp_path / "r.jsonl.gz", records)
    kept = [(review.imdb_id, review.text) for review in iter_unique_reviews([path], {"tt1", "tt2"})]
    assert [imdb_id for imdb_id, _ in kept] == ["tt1", "tt1", "tt2"]
    assert kept[1][1] == texts[2]


def test_iter_unique_reviews_other_films_left_out(dataset: Path) -> None:
    assert [review.text for review in iter_unique_reviews([dataset], {"tt0000102"})] == ["Second."]


def test_iter_reviews_folder_of_the_whole_layout(tmp_path: Path) -> None:
    """Every part once; a part that is missing is no error."""
    for split in ("train", "test"):
        for kind in ("pos", "neg", "unsup"):
            write_part(tmp_path, split, kind, [("0_1", f"{split} {kind}")], ["tt0000001"])
    shutil.rmtree(tmp_path / "test" / "unsup")
    texts = [review.text for review in iter_reviews(tmp_path)]
    assert texts == ["train pos", "train neg", "train unsup", "test pos", "test neg"]
