"""How long looking back takes with many entries: search, calendar, year, trends and the lists, whole requests.

Run `python -m benchmarks.look_back`. One user gets `--entries` entries of `--length` characters, spread over the days
up to today with several on some and none on others, all read, a tenth corrected, a third tagged; on SQLite in a
temporary folder, or on the empty PostgreSQL database that `--database-url` names. Requests go through Django's test
client: every middleware, query and template, but no network and no other visitor. Times hold for the machine they were
taken on; the CPU time of this process (without PostgreSQL's own) is what stays when others keep that machine busy.
"""

import argparse
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accounts.models import User

SENTENCES = (
    "퇴근길에 버스를 놓쳐서 한참을 걸었는데 노을이 예뻐서 괜히 마음이 풀렸다.",
    "오늘도 회의에서 한마디도 못 하고 돌아왔다. 나만 뒤처지는 것 같아서 자꾸 작아진다.",
    "엄마가 보내 준 김치로 찌개를 끓였다. 전화로 맛있다고 하니까 웃으셨다.",
    "내일 결과가 나온다. 아무렇지 않은 척했지만 하루 종일 손에 일이 안 잡혔다.",
    "약속을 또 미뤘다. 미안하다는 말도 없이. 이번에는 정말 화가 났다.",
)
COMMON, RARE, MISSING = "엄마는", "범고래를", "없는낱말이"
RARE_ENTRIES = 5
WARM_UP = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--length", type=int, default=300, help="characters of an entry")
    parser.add_argument("--rounds", type=int, default=100, help="requests of each kind")
    parser.add_argument("--database-url", help="of an empty PostgreSQL database; SQLite unless given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "moduhyu.settings", "HTTPS": "false", "VAR_DIR": folder}
        if options.database_url:
            os.environ["DATABASE_URL"] = options.database_url
        import django  # the settings read the environment that was just made

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("collectstatic", "--noinput", verbosity=0)
        call_command("migrate", verbosity=0)
        user = make_diary(options.entries, options.length)
        print(f"{options.entries:,} entries of {options.length} characters, {connection.vendor}, ", end="")
        print(f"{options.rounds} requests of each kind, Python {platform.python_version()}\n")
        print("| request | p50 ms | p99 ms | CPU p50 ms |\n|---|---|---|---|")
        for name, send in requests(user).items():
            times, cpu_times = measure(send, options.rounds)
            p99 = sorted(times)[min(len(times) - 1, int(0.99 * len(times)))]
            p50, cpu = statistics.median(times), statistics.median(cpu_times)
            print(f"| {name} | {p50:.1f} | {p99:.1f} | {cpu:.1f} |", flush=True)
        connection.close()


def make_diary(count: int, length: int) -> "User":
    """A user with that many entries, straight into the database."""
    from django.utils import timezone

    from accounts.models import User
    from diary.models import Analysis, Correction, Entry, Tag
    from ml.labels import Emotion

    dice = random.Random(1)  # noqa: S311 (the same diary every time)
    user = User.objects.create_user("bench@example.com", "rest-stop-lamp-7")
    today = timezone.localdate()
    entries = []
    # Nine days of ten have an entry, some have several.
    written = [day for day in range(count) if day == 0 or dice.random() < 0.9]
    days = sorted(dice.choices(written[: max(1, int(count * 0.7))], k=count))
    for number in range(count):
        text = " ".join(dice.choices(SENTENCES, k=length // 30 + 1))[:length]
        if number % max(1, count // RARE_ENTRIES) == 0:
            text = "범고래가 나오는 꿈을 꾸었다. " + text[:-18]
        day = today - timedelta(days=days[number])
        entries.append(Entry(user=user, text=text, written_on=day, status=Entry.Status.ANALYZED))
    Entry.objects.bulk_create(entries, batch_size=500)
    labels = dice.choices(list(Emotion), k=count)
    Analysis.objects.bulk_create(
        [
            Analysis(
                entry=entry,
                label=label,
                is_unsure=dice.random() < 0.08,
                confidence=0.6,
                scores={emotion.value: 0.5 if emotion == label else 0.1 for emotion in Emotion},
                model_version="bench",
            )
            for entry, label in zip(entries, labels, strict=True)
        ],
        batch_size=500,
    )
    Correction.objects.bulk_create([Correction(entry=entry, label="joy") for entry in entries[::10]], batch_size=500)
    tags = Tag.objects.bulk_create(Tag.named(f"태그{number}", user.pk) for number in range(30))
    through = Entry.tags.through
    through.objects.bulk_create(
        [through(entry_id=entry.pk, tag_id=dice.choice(tags).pk) for entry in entries[::3]], batch_size=500
    )
    return user


def requests(user: "User") -> dict[str, Callable[[], Any]]:
    """What is measured, by name."""
    from django.test import Client
    from django.utils import timezone

    client = Client(headers={"accept-language": "ko", "host": "localhost"})
    client.force_login(user)
    today = timezone.localdate()

    def get(path: str, **query: Any) -> Callable[[], Any]:
        return lambda: client.get(path, query)

    return {
        "page: search, a rare word": get("/entries/", q=RARE),
        "page: search, a common word": get("/entries/", q=COMMON),
        "page: search, a missing word": get("/entries/", q=MISSING),
        "page: search, a common word of one tag": get("/entries/", q=COMMON, tag="태그1"),
        "page: list": get("/entries/"),
        "page: calendar, this month": get("/calendar/"),
        "page: calendar, a year ago": get(f"/calendar/{today - timedelta(days=365):%Y-%m}/"),
        "page: year": get(f"/calendar/{today.year - 1}/"),
        "page: trends, 365 days": get("/trends/", period=365),
        "page: trends, all of it": get("/trends/", **{"from": f"{today.year - 20}-01-01", "to": today.isoformat()}),
        "API: list of 50": get("/api/v1/entries/", page_size=50),
        "API: search, a rare word": get("/api/v1/entries/", q=RARE, page_size=50),
        "API: search, a common word": get("/api/v1/entries/", q=COMMON, page_size=50),
        "API: search, a missing word": get("/api/v1/entries/", q=MISSING, page_size=50),
        "API: calendar": get("/api/v1/calendar/"),
        "API: trends, 365 days": get("/api/v1/trends/", period=365),
    }


def measure(send: Callable[[], Any], rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each request, by the clock and of CPU time."""
    times, cpu_times = [], []
    for number in range(rounds + WARM_UP):
        started, cpu_started = time.perf_counter(), time.process_time()
        response = send()
        elapsed, cpu = (time.perf_counter() - started) * 1000, (time.process_time() - cpu_started) * 1000
        if response.status_code != 200:
            raise RuntimeError(f"{response.request['PATH_INFO']}: {response.status_code}")
        if number >= WARM_UP:
            times.append(elapsed)
            cpu_times.append(cpu)
    return times, cpu_times


if __name__ == "__main__":
    main()
