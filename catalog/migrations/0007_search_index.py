from typing import Any

from django.db import migrations

from catalog.search_text import join_search_text

BATCH_SIZE = 2_000
SEARCHED = {
    "Movie": ("title", "title_ko", "director", "director_ko"),
    "Track": ("title", "artist", "artist_ko"),
}


def fill_search_text(apps: Any, schema_editor: Any) -> None:
    """Give every film and track the text that it is found by; what is done by a run that was cut off is not harmed."""
    for name, columns in SEARCHED.items():
        model = apps.get_model("catalog", name)
        update = f"UPDATE {model._meta.db_table} SET search_text = %s WHERE id = %s"
        last = 0
        while rows := list(model.objects.filter(pk__gt=last).order_by("pk").values_list("pk", *columns)[:BATCH_SIZE]):
            with schema_editor.connection.cursor() as cursor:
                cursor.executemany(update, [(join_search_text(*texts), pk) for pk, *texts in rows])
            last = rows[-1][0]


def create_trigram_indexes(apps: Any, schema_editor: Any) -> None:
    """On PostgreSQL alone: SQLite has no such index, and its searches are bounded instead (catalog/listing.py)."""
    if schema_editor.connection.vendor == "postgresql":
        # By hand, since Django's TrigramExtension does not go backwards on SQLite. A step back leaves it: others may
        # use it.
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for table in ("movie", "track"):
            schema_editor.execute(
                f"CREATE INDEX IF NOT EXISTS {table}_search_trigrams ON catalog_{table} "
                "USING gin (search_text gin_trgm_ops)"
            )


def drop_trigram_indexes(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for table in ("movie", "track"):
            schema_editor.execute(f"DROP INDEX IF EXISTS {table}_search_trigrams")


class Migration(migrations.Migration):
    """Where the site's role may not create the extension pg_trgm (PostgreSQL asks for CREATE on the database), whoever
    may creates it before: `CREATE EXTENSION pg_trgm`.
    """

    atomic = False  # batches, not one transaction over ten million rows

    dependencies = [
        ("catalog", "0006_search_text"),
    ]

    operations = [
        migrations.RunPython(fill_search_text, migrations.RunPython.noop),
        migrations.RunPython(create_trigram_indexes, drop_trigram_indexes),
    ]
