from typing import Any

from django.db import migrations
from django.db.models import Max

CLOCKS_AT_ONCE = 1_000


def start_clocks(apps: Any, schema_editor: Any) -> None:
    """Entries of before count as changed when they got the column: a phone's first sync brings all of them."""
    Entry, ChangeClock = apps.get_model("diary", "Entry"), apps.get_model("diary", "ChangeClock")
    newest = Entry.objects.values("user_id").annotate(changed_at=Max("changed_at")).order_by()
    ChangeClock.objects.bulk_create(
        (ChangeClock(**row) for row in newest.iterator(chunk_size=CLOCKS_AT_ONCE)),
        batch_size=CLOCKS_AT_ONCE,
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):

    dependencies = [("diary", "0009_changes")]

    operations = [migrations.RunPython(start_clocks, migrations.RunPython.noop)]
