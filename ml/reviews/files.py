"""Files that come out the same byte for byte: JSON, gzipped CSV, manifests; and readers that name a bad row."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ml.errors import DataError, ModelError

MANIFEST = "manifest.json"


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write readable JSON with sorted keys, so that a retrained model differs only where it is different."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def write_manifest(folder: Path, *, files: Sequence[str], facts: Mapping[str, Any]) -> None:
    """Write `manifest.json`: the SHA-256 of each named file of `folder`, and the facts given."""
    write_json(folder / MANIFEST, {**facts, "files": {name: sha256_of(folder / name) for name in sorted(files)}})


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read `manifest.json` and check every file that it lists.

    Raises ModelError when the manifest or a file is missing, or a file is not the one that was written.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelError(f"{path}: no such file; train the model first (python -m ml.<name>.train)")
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for name, expected in manifest["files"].items():
        file = folder / name
        if not file.is_file():
            raise ModelError(f"{file}: listed in {MANIFEST} but missing")
        if sha256_of(file) != expected:
            raise ModelError(f"{file}: its SHA-256 differs from {MANIFEST}; the file is damaged or was edited")
    return manifest


def read_rows(path: Path, *, columns: Sequence[str], delimiter: str = ",") -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, row) of a CSV or TSV with a header, gzipped where its name ends in `.gz`.

    Raises DataError when the file or a column is missing, or a row has too few or too many fields.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    with _open_text(path) as file:
        reader = csv.DictReader(file, delimiter=delimiter)
        missing = [name for name in columns if name not in (reader.fieldnames or [])]
        if missing:
            raise DataError(f"{path}: row 1: missing column {', '.join(missing)}")
        for row in reader:
            if None in row or None in row.values():
                raise DataError(f"{path}: row {reader.line_num}: wrong number of fields")
            yield reader.line_num, row


def read_number(row: Mapping[str, str], column: str, *, path: Path, line: int) -> float:
    """The number in a column. Raises DataError that names file, row and column when it is none."""
    try:
        return float(row[column])
    except ValueError:
        raise DataError(f"{path}: row {line}: column {column}: {row[column]!r} is not a number") from None


def write_csv_gz(path: Path, *, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a gzipped CSV without a time stamp or file name inside: equal rows give equal bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.getvalue().encode("utf-8"), compresslevel=9, mtime=0))


def _open_text(path: Path) -> io.TextIOWrapper:
    """Open a plain or gzipped file as UTF-8 text, a byte order mark dropped."""
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path, "rb"), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")
