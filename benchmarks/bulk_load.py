"""Fills PostgreSQL's tables fast: without their indexes and keys, which are built once and checked at the end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

# Foreign keys of other tables that point here as well: a primary key can't be dropped under them.
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype IN ('f', 'p', 'u') AND (conrelid::regclass::text = ANY(%(tables)s)
        OR confrelid::regclass::text = ANY(%(tables)s))
    ORDER BY contype = 'f' DESC, conname
"""
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid::regclass::text = ANY(%(tables)s)
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
    ORDER BY 1
"""


@contextmanager
def without_indexes(*filled: type[models.Model]) -> Iterator[None]:
    """Inside, these models' tables have no index and no key; afterwards all that they had, each row checked by it.

    Afterwards their sequences go on behind the highest id, and the planner knows them. Inside of a transaction.
    """
    tables = [model._meta.db_table for model in filled]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table whose rows are still to be checked can't be altered
        constraints = _read(cursor, _CONSTRAINTS, tables)
        indexes = _read(cursor, _INDEXES, tables)
        for table, name, _definition in constraints:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in reversed(constraints):  # keys before the foreign keys to them
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for statement in connection.ops.sequence_reset_sql(no_style(), filled):
            cursor.execute(statement)
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def _read(cursor: Any, query: str, tables: Sequence[str]) -> list[tuple[str, ...]]:
    cursor.execute(query, {"tables": list(tables)})
    return list(cursor.fetchall())
