"""What a file would change of the catalogue, row by row; nothing is written."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from import_export.fields import Field

from catalog.exchange.cells import cell_of, read_text, shorten
from catalog.exchange.columns import KEYS, ScoreField, fold_heading, headings_of, resource_of, tag_of
from catalog.exchange.errors import CellError, UnreadableFileError
from catalog.exchange.reading import Row
from catalog.models import ImportRow, Kind, Movie, Track

CHUNK = 500


@dataclass
class Comparison:
    """A file against the catalogue. `rows` have no file yet; `errors` are as in ImportFile."""

    columns: list[str]
    ignored_columns: list[str]
    row_count: int = 0
    unchanged_count: int = 0
    rows: list[ImportRow] = field(default_factory=list)
    errors: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Columns:
    """Where in a row the key stands, and the other columns by their places."""

    kind: Kind
    width: int
    key: int
    fields: Mapping[int, Field]


def compare(kind: Kind, rows: Iterator[Row]) -> Comparison:
    """Compare the rows of a file, the headings first, with the catalogue. Raises UnreadableFileError."""
    _number, headings = next(rows)
    columns, ignored = _match_columns(kind, headings)
    comparison = Comparison([str(column.column_name) for column in columns.fields.values()], ignored)
    seen: dict[str, int] = {}
    while chunk := list(itertools.islice(rows, CHUNK)):
        comparison.row_count += len(chunk)
        items = _items_of(columns, chunk)
        for number, cells in chunk:
            errors = _errors_of_row(columns, items, seen, number, cells)
            if not errors:
                item = items[_key_of(columns, cells)]
                errors = _compare_row(comparison, columns, item, number, cells)
            comparison.errors += errors
    return comparison


def _match_columns(kind: Kind, headings: Sequence[str]) -> tuple[_Columns, list[str]]:
    """The columns that there are, and the headings that say nothing. Raises UnreadableFileError."""
    resource = resource_of(kind)
    names = {heading: name for name, column in resource.fields.items() for heading in headings_of(name, column)}
    places: dict[str, int] = {}
    ignored = []
    for place, heading in enumerate(headings):
        name = names.get(fold_heading(heading.removeprefix("\ufeff")))
        if name is None:
            ignored += [shorten(heading)] if shorten(heading) else []
        elif name in places:
            raise UnreadableFileError(
                _("‘%(heading)s’ 열이 두 번 있어요. 하나만 남겨 주세요.") % {"heading": shorten(heading)}
            )
        else:
            places[name] = place
    key = KEYS[kind]
    if key not in places:
        raise UnreadableFileError(_without_key(kind, headings, str(resource.fields[key].column_name)))
    fields = {place: resource.fields[name] for name, place in places.items() if not resource.fields[name].readonly}
    if not fields:
        raise UnreadableFileError(_("바꿀 수 있는 열이 없어요. 내보낸 파일의 머리글을 그대로 두고 고쳐 주세요."))
    return _Columns(kind, len(headings), places[key], fields), ignored


def _without_key(kind: Kind, headings: Sequence[str], label: str) -> str:
    folded = {fold_heading(heading) for heading in headings}
    for other, key in KEYS.items():
        if other != kind and folded & headings_of(key, resource_of(other).fields[key]):
            return _("다른 목록의 파일이에요. %(kind)s 목록에서 올려 주세요.") % {"kind": other.label}
    return _("‘%(label)s’ 열이 없어요. 첫 행이 머리글인지 확인하고, 내보낸 파일의 그 열을 넣어 주세요.") % {
        "label": label
    }


def _key_of(columns: _Columns, cells: Sequence[str]) -> str:
    return read_text(cells[columns.key]).strip() if columns.key < len(cells) else ""


def _items_of(columns: _Columns, chunk: Iterable[Row]) -> dict[str, Movie | Track]:
    """The films or tracks that some rows are about, by their keys, with their tags."""
    key = KEYS[columns.kind]
    wanted = {_key_of(columns, cells) for _number, cells in chunk}
    known: Iterable[Any] = columns.kind.model._default_manager.filter(
        **{f"{key}__in": {text for text in wanted if "\0" not in text}}  # which PostgreSQL refuses to look for
    ).prefetch_related("tags")
    return {getattr(item, key): item for item in known}


def _errors_of_row(
    columns: _Columns, items: Mapping[str, Movie | Track], seen: dict[str, int], number: int, cells: Sequence[str]
) -> list[tuple[int, str, str]]:
    """What is wrong with a row as a whole; its key is noted in `seen`."""
    key = _key_of(columns, cells)
    if any(cells[columns.width :]):
        return [(number, "", _("머리글보다 칸이 많아요. 따옴표 없는 쉼표가 있는지 확인해 주세요."))]
    if not key:
        return [(number, "", _("식별자가 비어 있어요."))]
    if (first := seen.setdefault(key, number)) != number:
        return [(number, "", _("%(row)d행과 식별자가 같아요. %(row)d행만 가져와요.") % {"row": first})]
    if key not in items:
        return [(number, "", _("모르는 식별자예요: %(key)s") % {"key": shorten(key)})]
    return []


def _compare_row(
    comparison: Comparison, columns: _Columns, item: Movie | Track, number: int, cells: Sequence[str]
) -> list[tuple[int, str, str]]:
    """Note what a row changes of its item, or return what is wrong with its cells."""
    row = ImportRow(number=number, item_id=item.pk)
    errors = []
    for place, column in columns.fields.items():
        cell = cells[place] if place < len(cells) else ""
        # What stands there as it was exported changes nothing, whatever it is.
        if not cell.strip() or cell == cell_of(column.export(item)):
            continue
        try:
            value = column.clean({column.column_name: cell})
        except CellError as error:
            errors.append((number, str(column.column_name), str(error)))
            continue
        if value != column.get_value(item):
            _note_change(row, item, column, value)
    if errors:
        return errors
    if row.facts or row.scores:
        comparison.rows.append(row)
    else:
        comparison.unchanged_count += 1
    return []


def _note_change(row: ImportRow, item: Movie | Track, column: Field, value: Any) -> None:
    if not isinstance(column, ScoreField):
        row.facts[column.attribute] = value
        return
    row.scores[column.attribute] = value
    tag = tag_of(item, column.attribute)
    if tag is not None and tag.is_curated:
        row.protected.append(column.attribute)
