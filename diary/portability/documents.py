"""An entry as JSON, as a Markdown file, and as a line of a table."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from accounts.models import User
from diary.models import Entry, Feedback, Recommendation

FILE = "moduhyu.json"
FORMAT, VERSION = "moduhyu", 1
ENTRIES_AT_ONCE = 200
MOVIE = ("external_id", "imdb_id", "tmdb_id", "title", "title_ko", "year", "director", "director_ko")
TRACK = ("spotify_id", "title", "artist", "artist_ko", "album")
SHOWN = ("strategy", "position", "tag", "score", "source", "is_current", "created_at")
CSV_COLUMNS = ("id", "written_on", "emotion", "is_corrected", "tags", "text", "created_at", "updated_at")
# What begins a formula in a spreadsheet (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def own_entries(user: User, *, with_scores: bool = False, left_out: list[str] | None = None) -> Iterator[Entry]:
    """All entries of a person with analyses, corrections and tags, oldest first, some at a time.

    Those that can't be opened are left out; their days and ids are added to `left_out`.
    """
    entries = Entry.objects.of(user).select_related("analysis", "correction").prefetch_related("tags")
    if not with_scores:
        entries = entries.defer("analysis__scores", "analysis__sentences")
    rows = entries.order_by("written_on", "created_at", "pk").iterator(chunk_size=ENTRIES_AT_ONCE)
    for entry in rows:
        if not entry.is_locked:
            yield entry
        elif left_out is not None:
            left_out.append(f"{entry.written_on} {entry.pk}")


def entry_documents(user: User, left_out: list[str]) -> Iterator[dict[str, Any]]:
    """Every entry with all that belongs to it, as `importers.moduhyu` reads it; `left_out` as in `own_entries`."""
    entries = own_entries(user, with_scores=True, left_out=left_out)
    while chunk := list(islice(entries, ENTRIES_AT_ONCE)):
        shown = _recommendations([entry.pk for entry in chunk])
        for entry in chunk:
            yield _entry_document(entry) | {"recommendations": shown[entry.pk]}


def feedback_documents(user: User) -> Iterator[dict[str, Any]]:
    """All that a person says of films and tracks."""
    rows = Feedback.objects.filter(user=user).order_by("given_at", "pk")
    for row in rows.values(*_item_columns(), "opinion", "is_seen", "given_at").iterator(chunk_size=ENTRIES_AT_ONCE):
        said = {"opinion": row["opinion"] or None, "is_seen": row["is_seen"], "given_at": _iso(row["given_at"])}
        yield _item(row) | said


def markdown(entry: Entry) -> str:
    """The text below front matter in YAML, of which JSON's strings and lists are a part."""
    matter = {
        "id": str(entry.pk),
        "date": entry.written_on.isoformat(),
        "emotion": entry.emotion,
        "tags": entry.tag_names,
        "created_at": _iso(entry.created_at),
        "updated_at": _iso(entry.updated_at),
    }
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in matter.items()]
    return "\n".join(["---", *lines, "---", "", entry.text, ""])


def csv_row(entry: Entry) -> list[str]:
    """The cells of CSV_COLUMNS. One that a spreadsheet would run as a formula gets an apostrophe before it."""
    cells = (
        str(entry.pk),
        entry.written_on.isoformat(),
        entry.emotion or "",
        "yes" if hasattr(entry, "correction") else "",
        " ".join(f"#{name}" for name in entry.tag_names),
        entry.text,
        _iso(entry.created_at),
        _iso(entry.updated_at),
    )
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]


def _entry_document(entry: Entry) -> dict[str, Any]:
    analysis = getattr(entry, "analysis", None)
    correction = getattr(entry, "correction", None)
    names = ("label", "is_unsure", "confidence", "scores", "sentences", "model_version")
    return {
        "id": str(entry.pk),
        "written_on": entry.written_on.isoformat(),
        "text": entry.text,
        "tags": entry.tag_names,
        "created_at": _iso(entry.created_at),
        "updated_at": _iso(entry.updated_at),
        # Whether the analysis is of the text as it stands; one that failed is as good as one to come.
        "status": entry.status if entry.current_analysis else Entry.Status.PENDING.value,
        "analysis": analysis
        and {name: getattr(analysis, name) for name in names} | {"analyzed_at": _iso(analysis.analyzed_at)},
        "correction": correction and {"label": correction.label, "corrected_at": _iso(correction.corrected_at)},
    }


def _recommendations(entry_ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """By entry, in the order in which they were chosen. As values: a diary holds a dozen for each entry."""
    rows = Recommendation.objects.filter(entry__in=entry_ids).order_by("created_at", "strategy", "position", "pk")
    shown: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.values("entry_id", *SHOWN, *_item_columns()):
        document = _item(row) | {name: row[name] for name in SHOWN}
        shown[row["entry_id"]].append(document | {"created_at": _iso(row["created_at"])})
    return shown


def _item_columns() -> Iterable[str]:
    return [
        "movie_id",
        *(f"movie__{name}" for name in MOVIE),
        *(f"track__{name}" for name in TRACK),
    ]


def _item(row: dict[str, Any]) -> dict[str, Any]:
    if row["movie_id"] is not None:
        return {"movie": {name: row[f"movie__{name}"] for name in MOVIE}}
    return {"track": {name: row[f"track__{name}"] for name in TRACK}}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
