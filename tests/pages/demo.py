"""A diary of some months, so that pages look as they do to somebody who stayed."""

import csv
import json
import random
from datetime import date, timedelta
from pathlib import Path

from accounts.models import User
from diary import services
from diary.feedback import give_feedback
from diary.models import Entry, Feedback
from ml.labels import Emotion, Strategy

CORPUS = Path(__file__).resolve().parents[2] / "ml" / "corpus" / "A.jsonl"
# The last three weeks: days before today, tags, text. One person, one autumn, made up for this.
RECENT = Path(__file__).with_name("demo.tsv")
HELP_TEXT = "아무것도 하기 싫다. 눈 뜨는 게 무섭고, 그냥 죽고 싶다는 생각이 자꾸 든다."
UNSURE_TEXT = "기분이 이상한 하루."
OLDER_TAGS = ("가족", "회사", "산책", "친구", "")


def write_demo_diary(user: User, *, today: date, days: int = 150) -> list[Entry]:
    """RECENT, and before it about two entries every three days, from the corpus. Returns RECENT's, newest first."""
    with RECENT.open(encoding="utf-8", newline="") as file:
        recent = list(csv.DictReader(file, delimiter="\t"))
    chance = random.Random(7)  # noqa: S311 - the same diary every time
    texts = [json.loads(line)["text"] for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    for ago in range(days, int(recent[-1]["days_ago"]), -1):
        for _ in range(chance.choice((0, 0, 1, 1, 2))):
            _write(user, today - timedelta(days=ago), chance.choice(texts), chance.choice(OLDER_TAGS))
    entries = [
        _write(user, today - timedelta(days=int(row["days_ago"])), row["text"], row["tags"]) for row in recent[::-1]
    ]
    services.correct_emotion(entry=entries[-2], emotion=Emotion.ANGER)
    for shown in entries[-3].recommendations.filter(position=0, strategy=Strategy.MATCH):
        give_feedback(user=user, recommendation_id=shown.pk, opinion=Feedback.Opinion.LIKE)
    return entries[::-1]


def _write(user: User, day: date, text: str, tags: str) -> Entry:
    return services.create_entry(user=user, text=text, written_on=day, tags=tags.split())[0]
