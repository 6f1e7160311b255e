"""Where reviews come from: JSON lines, or the folders of the Large Movie Review Dataset. Each review is read once."""

import gzip
import hashlib
import io
import json
import re
import zlib
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ml.errors import DataError
from ml.files import read_lines, read_text
from ml.reviews.text import clean_html

HIGHEST_RATING = 10

# The Large Movie Review Dataset v1.0 (Maas et al. 2011): texts named by index and rating, 0 where it is not known.
SPLITS = ("train", "test")
KINDS = ("pos", "neg", "unsup")

_TEXT_NAME = re.compile(r"(\d+)_(\d+)\.txt")
_TITLE_ID = re.compile(r"/title/(tt\d+)")
_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Review:
    """One review of a film; `rating` is 1-10, or None where it is not known."""

    imdb_id: str
    rating: int | None
    text: str


def iter_reviews(path: Path) -> Iterator[Review]:
    """Stream the reviews of one source, HTML cleaned, always in the same order.

    A folder is read as the Large Movie Review Dataset, a file as JSON lines. A rating outside 1-10 counts as unknown.
    Raises DataError that names file and row.
    """
    return iter_folder(path) if path.is_dir() else iter_json_lines(path)


def iter_unique_reviews(paths: Sequence[Path], imdb_ids: Container[str]) -> Iterator[Review]:
    """Stream the reviews of some films from all sources, one after the other; what an earlier one had is left out.

    Reviews are the same when they are of one film and their letters and digits agree: line breaks, tags, capitals and
    punctuation differ between copies of a set. 8 bytes of hash a review are held: two in a million reviews are taken
    for one with a probability of 3e-8.
    """
    seen: set[int] = set()
    for path in paths:
        for review in iter_reviews(path):
            if review.imdb_id not in imdb_ids:
                continue
            content = f"{review.imdb_id} {_NO_LETTER.sub('', review.text.casefold())}"
            digest = int.from_bytes(hashlib.blake2b(content.encode("utf-8", "replace"), digest_size=8).digest())
            if digest not in seen:
                seen.add(digest)
                yield review


def iter_json_lines(path: Path) -> Iterator[Review]:
    """Stream a file of JSON lines, gzipped where its name ends in `.gz`: `tconst`, `text` and perhaps `rating`."""
    if not path.is_file():
        raise DataError(f"{path}: no such file or folder")
    number = 0
    try:
        with path.open("rb") as raw, io.TextIOWrapper(_decompressed(raw, path), encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _parse_json(line, path=path, number=number)
    except UnicodeDecodeError:
        raise DataError(f"{path}: row {number + 1}: not UTF-8") from None
    except (OSError, EOFError, zlib.error) as error:  # gzip.BadGzipFile is an OSError, a cut-off file gives EOFError
        raise DataError(f"{path}: row {number + 1}: {error}") from None


def iter_folder(path: Path) -> Iterator[Review]:
    """Stream `{train,test}/{pos,neg,unsup}/INDEX_RATING.txt` by split, kind and index.

    Line INDEX, counted from 0, of `{train,test}/urls_{pos,neg,unsup}.txt` is the address of the film. `path` may be
    `aclImdb` or the folder that holds it; parts may be missing, but not all of them.
    """
    root = path / "aclImdb" if (path / "aclImdb").is_dir() else path
    parts = [(split, kind) for split in SPLITS for kind in KINDS if (root / split / kind).is_dir()]
    if not parts:
        raise DataError(f"{path}: holds no {{train,test}}/{{pos,neg,unsup}}, the folders of the review dataset")
    for split, kind in parts:
        yield from _iter_part(root / split / kind, root / split / f"urls_{kind}.txt")


def _iter_part(folder: Path, urls: Path) -> Iterator[Review]:
    imdb_ids = _read_title_ids(urls)
    for index, rating, file in _sorted_texts(folder):
        if index not in imdb_ids:
            raise DataError(f"{file}: {urls} has no line {index + 1} for it")
        yield Review(imdb_ids[index], _known_rating(rating), clean_html(read_text(file)))


def _read_title_ids(urls: Path) -> dict[int, str]:
    """Title id by line, counted from 0 as the names of the texts do."""
    imdb_ids = {}
    for number, line in read_lines(urls):
        found = _TITLE_ID.search(line)
        if not found:
            raise DataError(f"{urls}: row {number}: {line!r} names no title (…/title/tt0453418/…)")
        imdb_ids[number - 1] = found[1]
    return imdb_ids


def _sorted_texts(folder: Path) -> list[tuple[int, int, Path]]:
    """Index, rating and path of each text of a part, by index."""
    texts = []
    for file in folder.iterdir():
        if file.name.startswith("."):
            continue
        found = _TEXT_NAME.fullmatch(file.name)
        if not found:
            raise DataError(f"{file}: not named INDEX_RATING.txt, as the texts of the review dataset are")
        texts.append((int(found[1]), int(found[2]), file))
    return sorted(texts)


def _decompressed(raw: io.BufferedReader, path: Path) -> io.BufferedReader | gzip.GzipFile:
    return gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw


def _parse_json(line: str, *, path: Path, number: int) -> Review:
    try:
        record = json.loads(line)
        imdb_id, text = record["tconst"], record["text"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise DataError(f"{path}: row {number}: no JSON object with tconst and text ({error})") from None
    if not isinstance(imdb_id, str) or not isinstance(text, str):
        raise DataError(f"{path}: row {number}: tconst and text must be strings")
    return Review(imdb_id, _known_rating(record.get("rating")), clean_html(text))


def _known_rating(rating: object) -> int | None:
    return rating if isinstance(rating, int) and 1 <= rating <= HIGHEST_RATING else None
