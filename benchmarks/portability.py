"""How long a large diary takes out and in, how much memory that needs, and how long its end takes.

Run `python -m benchmarks.portability`. A diary of its own, on SQLite in a temporary folder, with the shipped
catalogue: each entry has tags, an analysis with the scores of its sentences, and twelve recommendations. Every step
runs in a process of its own, whose peak is its own; "empty" is that process with nothing to do. An export is measured
twice: as fast as its reader takes it, and while somebody else saves entries. SQLite's memory map of the database file
is turned off: it counts as memory of a process, and is none of its own.
"""

import argparse
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
EMAIL = "bench@example.com"
PHRASES = (
    "오늘은 회사에서 힘든 일이 있었고",
    "저녁에 엄마와 통화하고 나니",
    "마음이 조금 풀렸는데",
    "비가 와서 창밖을 오래 보았고",
    "내일은 일찍 일어나 산책을 하려고",
    "친구가 보낸 사진이 웃겨서",
)
PER_BATCH = 500
SAVES_BESIDE = 20


def set_up() -> None:
    """Django, on the database that the environment names."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moduhyu.settings")
    django.setup()


def make_diary(count: int) -> None:
    """A user with `count` entries, as though each had been read and answered."""
    set_up()
    from accounts.models import User
    from catalog.models import Movie, Track
    from diary.models import Analysis, Entry, Recommendation, Tag

    chance = random.Random(7)  # noqa: S311 - the same diary at every run
    user = User.objects.create_user(EMAIL, None)
    tags = Tag.objects.bulk_create([Tag.named(f"태그{number}", user.pk) for number in range(30)])
    movies, tracks = (list(model.objects.values_list("pk", flat=True)) for model in (Movie, Track))
    for start in range(0, count, PER_BATCH):
        days = [date(2026, 11, 1) - timedelta(days=n // 2) for n in range(start, min(start + PER_BATCH, count))]
        entries = [Entry(user=user, text=make_text(chance), written_on=day, status="analyzed") for day in days]
        Entry.objects.bulk_create(entries)
        Analysis.objects.bulk_create([Analysis(entry=entry, **make_analysis(chance, entry.text)) for entry in entries])
        through = Entry.tags.through
        through.objects.bulk_create(
            [through(entry_id=entry.pk, tag_id=tag.pk) for entry in entries for tag in chance.sample(tags, 2)]
        )
        Recommendation.objects.bulk_create(
            [
                Recommendation(entry=entry, user=user, tag=tag, score=1.5, source="reviews", **place, **item)
                for entry in entries
                for strategy in ("match", "shift")
                for position in range(3)
                for place in [{"strategy": strategy, "position": position}]
                for tag, item in (
                    ("joy", {"movie_id": chance.choice(movies)}),
                    ("happy", {"track_id": chance.choice(tracks)}),
                )
            ]
        )


def make_text(chance: random.Random) -> str:
    """Some sentences, about 300 characters."""
    return " ".join(" ".join(chance.choices(PHRASES, k=3)) + "." for _ in range(chance.randint(3, 9)))


def make_analysis(chance: random.Random, text: str) -> dict[str, Any]:
    """A plausible reading, with scores for each sentence."""
    names = ("joy", "sadness", "anger", "anxiety", "embarrassment", "neutral")
    scores = {name: chance.random() / 6 for name in names}
    sentences, start = [], 0
    for part in text.split(". "):
        sentences.append({"start": start, "end": min(start + len(part) + 1, len(text)), "scores": scores})
        start += len(part) + 2
    values = {"label": "joy", "confidence": scores["joy"], "scores": scores, "sentences": sentences}
    return values | {"model_version": "bench"}


def nothing() -> str:
    set_up()
    return ""


def export(target: str) -> str:
    set_up()
    from accounts.models import User
    from diary.portability.export import stream_export

    with Path(target).open("wb") as file:
        for piece in stream_export(User.objects.get(email=EMAIL)):
            file.write(piece)
    return f"{Path(target).stat().st_size / 2**20:.1f} MiB"


def keep() -> str:
    """The same export into a sealed file, as a worker makes it; then all of it and its last byte are read."""
    set_up()
    from accounts.models import User
    from diary.portability import export_files, exports

    export, _ = exports.begin_export(User.objects.get(email=EMAIL))
    started = time.perf_counter()
    with exports.open_export(export) as file:
        while file.read(2**16):
            pass
    whole = time.perf_counter() - started
    started = time.perf_counter()
    with exports.open_export(export) as file:
        file.seek(-1, os.SEEK_END)
        file.read()
    last = time.perf_counter() - started
    [path] = export_files.folder().iterdir()
    sealed = path.stat().st_size / 2**20
    return f"{sealed:.1f} MiB sealed; read in {whole * 1000:.0f} ms, its last byte in {last * 1000:.0f} ms"


def export_beside_saves() -> str:
    """Half an export, then saves by another connection, then the rest: what the slowest save took."""
    set_up()
    from threading import Thread

    from accounts.models import User
    from diary.models import Entry
    from diary.portability.export import stream_export

    user = User.objects.get(email=EMAIL)
    slowest: list[float] = []

    def save() -> None:
        for _ in range(SAVES_BESIDE):
            started = time.perf_counter()
            Entry.objects.create(user=user, text="그동안", written_on=date(2026, 11, 2)).delete()
            slowest.append(time.perf_counter() - started)

    stream = stream_export(user)
    next(stream)
    thread = Thread(target=save)
    thread.start()
    thread.join()
    for _ in stream:
        pass
    return f"slowest save and delete beside it {max(slowest) * 1000:.0f} ms"


def preview(source: str) -> str:
    set_up()
    from accounts.models import User
    from diary.portability.detect import open_import
    from diary.portability.preview import preview_import

    with Path(source).open("rb") as file:
        found = preview_import(User.objects.get(email=EMAIL), open_import(file))
    return f"{found.new} new, {found.doubles} doubles"


def bring(source: str) -> str:
    set_up()
    from accounts.models import User
    from diary.portability.apply import import_file
    from diary.portability.detect import open_import

    user, _ = User.objects.get_or_create(email=f"second-{EMAIL}")
    with Path(source).open("rb") as file:
        result = import_file(user, open_import(file), skips_bad_rows=True)
    return f"{result.new} new"


def end() -> str:
    set_up()
    from accounts.models import User
    from diary.portability.account import delete_everything

    delete_everything(User.objects.get(email=EMAIL))
    return ""


def measured(step: Callable[[], str], results: Any) -> None:
    """Run a step and put its seconds, peak MiB and words into the queue."""
    started = time.perf_counter()
    words = step()
    seconds = time.perf_counter() - started
    results.put((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, words))


def steps(folder: Path, count: int) -> Iterator[tuple[str, Callable[[], str]]]:
    ours, daylio = str(folder / "export.zip"), folder / "daylio.csv"
    chance = random.Random(8)  # noqa: S311 - as above
    rows = "".join(
        f'{date(2026, 11, 1) - timedelta(days=n // 2)},,,20:30,좋음,산책 | 가족,,"{make_text(chance)}"\n'
        for n in range(count)
    )
    daylio.write_text("full_date,date,weekday,time,mood,activities,note_title,note\n" + rows, encoding="utf-8")
    yield "empty", nothing
    yield "export", partial(export, ours)
    yield "export into a sealed file", keep
    yield "export beside saves", export_beside_saves
    yield "preview of it, all doubles", partial(preview, ours)
    yield "import of it into another account", partial(bring, ours)
    yield "import of a Daylio CSV, 20 read at once", partial(bring, str(daylio))
    yield "end of the account", end


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"HTTPS": "false", "VAR_DIR": folder, "DATABASE_URL": "", "CELERY_BROKER_URL": ""}
        for command in (["migrate", "-v0"], ["load_catalog"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True, capture_output=True)
        context = multiprocessing.get_context("spawn")
        diary = context.Process(target=make_diary, args=(options.entries,))
        diary.start()
        diary.join()
        print(f"| {options.entries:,} entries | seconds | peak MiB | |\n|---|---|---|---|")
        for name, step in steps(Path(folder), options.entries):
            results = context.Queue()
            process = context.Process(target=measured, args=(step, results))
            process.start()
            seconds, peak, words = results.get()
            process.join()
            print(f"| {name} | {seconds:.1f} | {peak:.0f} | {words} |", flush=True)


if __name__ == "__main__":
    main()
