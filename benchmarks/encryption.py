"""What sealing texts costs: reading a page of entries, searching a diary and saving an entry, beside plain texts.

Run `python -m benchmarks.encryption`. Both kinds lie in one SQLite file in a temporary folder: sealed in the diary's
own table, plain in a second one that differs in its text column alone. Each round does the one and then the other.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = 50
SENTENCES = (
    "오늘은 회사에서 힘든 일이 있었고 저녁에 엄마와 통화하고 나니 마음이 조금 풀렸다.",
    "비가 와서 창밖을 오래 보았다.",
    "내일은 일찍 일어나 산책을 하려고 한다.",
    "친구가 보낸 사진이 웃겨서 한참을 웃었다.",
)
MISSING = "코끼리"


def make_plain_model() -> Any:
    """A model like Entry, but for its text."""
    from django.conf import settings
    from django.db import connection, models

    class PlainEntry(models.Model):
        """An entry in plain."""

        id = models.UUIDField(primary_key=True)
        user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
        text = models.TextField()
        written_on = models.DateField()
        status = models.CharField(max_length=8)
        revision = models.PositiveIntegerField(default=1)
        queued_at = models.DateTimeField()
        created_at = models.DateTimeField(auto_now_add=True)
        updated_at = models.DateTimeField(auto_now=True)

        class Meta:
            app_label = "benchmarks"
            indexes = [models.Index(fields=["user", "-written_on", "-created_at"], name="plain_entry_newest_first")]

        def __str__(self) -> str:
            return str(self.pk)

    with connection.schema_editor() as editor:
        editor.create_model(PlainEntry)
    return PlainEntry


def fill(plain: Any, user: Any, count: int, length: int) -> None:
    """The same entries in both tables."""
    from django.utils import timezone

    from diary.models import Entry

    chance = random.Random(7)  # noqa: S311 - the same diary every time
    for start in range(0, count, 500):
        entries = []
        for number in range(start, min(start + 500, count)):
            text = " ".join(chance.choices(SENTENCES, k=length // 15))[:length]
            day = date(2026, 11, 1) - timedelta(days=number)
            entries.append(Entry(user=user, text=text, written_on=day, status="analyzed"))
        Entry.objects.bulk_create(entries)
        plain.objects.bulk_create(copy_of(plain, entry, timezone.now()) for entry in entries)


def copy_of(plain: Any, entry: Any, now: Any) -> Any:
    values = {"user_id": entry.user_id, "text": entry.text, "written_on": entry.written_on, "status": entry.status}
    return plain(pk=entry.pk, queued_at=now, **values)


def tasks(plain: Any, user: Any) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """What is measured: with plain texts, and with sealed ones."""
    from django.db import transaction
    from django.utils import timezone

    from diary.models import Entry
    from diary.search import matches, read_terms
    from diary.selectors import find_entries

    terms = read_terms(MISSING)

    def read(model: Any) -> int:
        page = model.objects.filter(user=user).order_by("-written_on", "-created_at")[:PAGE]
        return sum(len(entry.text) for entry in page)

    def search_plain() -> int:
        rows = plain.objects.filter(user=user).order_by("-written_on", "-created_at").values_list("pk", "text")
        return sum(matches(text, terms) for _pk, text in rows.iterator())

    def save(model: Any) -> None:
        entry = Entry(user=user, text=SENTENCES[0] * 7, written_on=date(2026, 11, 2))
        row = entry if model is Entry else copy_of(plain, entry, timezone.now())
        with transaction.atomic():
            row.save(force_insert=True)
        # Without looking for what hangs on an entry, of which only one kind has any.
        model.objects.filter(pk=row.pk)._raw_delete(model.objects.db)

    return {
        f"reading a page of {PAGE} entries": (lambda: read(plain), lambda: read(Entry)),
        "searching all of them for a missing word": (
            search_plain,
            lambda: len(find_entries(Entry.objects.of(user).newest_first(), MISSING, user)),
        ),
        "saving an entry and deleting it": (lambda: save(plain), lambda: save(Entry)),
    }


def measure(one: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds by the clock and of CPU time."""
    started, cpu_started = time.perf_counter(), time.process_time()
    one()
    return (time.perf_counter() - started) * 1000, (time.process_time() - cpu_started) * 1000


def compare(name: str, pair: tuple[Callable[[], Any], Callable[[], Any]], rounds: int) -> str:
    """A line of the table: medians of all rounds, after two that are not counted."""
    times = [tuple(measure(one) for one in pair) for _ in range(rounds + 2)][2:]
    clock = [statistics.median(both[kind][0] for both in times) for kind in (0, 1)]
    cpu = [statistics.median(both[kind][1] for both in times) for kind in (0, 1)]
    cells = (f"{clock[0]:.2f}", f"{clock[1]:.2f}", f"{cpu[0]:.2f}", f"{cpu[1]:.2f}", f"{cpu[1] - cpu[0]:+.2f}")
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--length", type=int, default=300, help="characters of an entry")
    parser.add_argument("--rounds", type=int, default=31)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"HTTPS": "false", "VAR_DIR": folder, "DATABASE_URL": "", "CELERY_BROKER_URL": ""}
        os.environ |= {"DJANGO_SETTINGS_MODULE": "moduhyu.settings", "ENCRYPTION_KEYS": ""}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        import django

        django.setup()
        from accounts.models import User

        plain, user = make_plain_model(), User.objects.create_user("bench@example.com", None)
        fill(plain, user, options.entries, options.length)
        print(f"{options.entries:,} entries of {options.length} characters, medians of {options.rounds} rounds.\n")
        print(
            "| | plain ms | sealed ms | plain CPU ms | sealed CPU ms | difference CPU ms |\n|---|---|---|---|---|---|"
        )
        for name, pair in tasks(plain, user).items():
            print(compare(name, pair, options.rounds), flush=True)


if __name__ == "__main__":
    main()
