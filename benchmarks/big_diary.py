"""A diary of many entries for measurements, straight into the database: read, answered, corrected and tagged."""

import random
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User
    from diary.models import Entry, Recommendation
    from ml.emotion.predict import Prediction

SENTENCES = (
    "퇴근길에 버스를 놓쳐서 한참을 걸었는데 노을이 예뻐서 괜히 마음이 풀렸다.",
    "오늘도 회의에서 한마디도 못 하고 돌아왔다. 나만 뒤처지는 것 같아서 자꾸 작아진다.",
    "엄마가 보내 준 김치로 찌개를 끓였다. 전화로 맛있다고 하니까 웃으셨다.",
    "내일 결과가 나온다. 아무렇지 않은 척했지만 하루 종일 손에 일이 안 잡혔다.",
    "약속을 또 미뤘다. 미안하다는 말도 없이. 이번에는 정말 화가 났다.",
)
RARE_SENTENCE = "범고래가 나오는 꿈을 꾸었다. "
RARE_ENTRIES = 5
PER_BATCH = 500
EVENING = time(21)


def make_diary(count: int, length: int, *, email: str = "bench@example.com", days: int = 0) -> "User":
    """A user with `count` entries of `length` characters, read by the shipped model and answered as on any evening.

    They spread over the `days` up to today (0: as many as suit the count), with several on some and none on others,
    each written and answered on the evening of its day; a tenth is corrected, a third tagged, and their writer has
    liked 100 films and 100 tracks. The catalogue must be loaded.
    """
    from accounts.models import User
    from diary.models import Correction, Entry, Feedback, Recommendation, Tag

    chance = random.Random(1)  # noqa: S311 (the same diary every time)
    user = User.objects.create_user(email, "rest-stop-lamp-7")
    entries = _make_entries(user, count, length, chance, days or max(1, int(count * 0.7)))
    for start in range(0, count, PER_BATCH):
        _answer(entries[start : start + PER_BATCH])
    Correction.objects.bulk_create([Correction(entry=entry, label="joy") for entry in entries[::10]], PER_BATCH)
    tags = Tag.objects.bulk_create(Tag.named(f"태그{number}", user.pk) for number in range(30))
    through = Entry.tags.through
    tagged = [through(entry_id=entry.pk, tag_id=chance.choice(tags).pk) for entry in entries[::3]]
    through.objects.bulk_create(tagged, PER_BATCH)
    for name in ("movie_id", "track_id"):
        shown = Recommendation.objects.exclude(**{name: None}).values_list(name, flat=True).distinct()
        known = chance.sample(sorted(shown), min(100, len(shown)))
        Feedback.objects.bulk_create(Feedback(user=user, opinion="like", is_seen=True, **{name: pk}) for pk in known)
    return user


def _make_entries(user: "User", count: int, length: int, chance: random.Random, days: int) -> "list[Entry]":
    from django.utils import timezone

    from diary.models import Entry

    entries = []
    for number, day in enumerate(_days(timezone.localdate(), count, chance, days)):
        text = " ".join(chance.choices(SENTENCES, k=length // 30 + 1))
        if number % max(1, count // RARE_ENTRIES) == 0:
            text = RARE_SENTENCE + text
        moment = min(timezone.now(), timezone.make_aware(datetime.combine(day, EVENING)))
        times = dict.fromkeys(("queued_at", "created_at", "updated_at", "changed_at"), moment)
        entry = Entry(user=user, text=text[:length], written_on=day, status=Entry.Status.ANALYZED, **times)
        entries.append(entry)
    return Entry.objects.bulk_create(entries, PER_BATCH)


def _days(today: date, count: int, chance: random.Random, days: int) -> Iterator[date]:
    # Nine days of ten have an entry, some have several.
    written = [day for day in range(days) if day == 0 or chance.random() < 0.9]
    for ago in sorted(chance.choices(written, k=count)):
        yield today - timedelta(days=ago)


def _answer(entries: "list[Entry]") -> None:
    """Save what the model reads in the entries, and films and tracks for each, whatever was shown on other days."""
    from diary.analysis import get_predictor
    from diary.models import Analysis, Recommendation

    predictions = get_predictor().predict([entry.text for entry in entries])
    both = list(zip(entries, predictions, strict=True))
    Analysis.objects.bulk_create(Analysis(entry=entry, **asdict(prediction)) for entry, prediction in both)
    Recommendation.objects.bulk_create(shown for entry, prediction in both for shown in _choose(entry, prediction))


def _choose(entry: "Entry", prediction: "Prediction") -> "Iterator[Recommendation]":
    from catalog.selectors import movies_for, tracks_for
    from diary.models import Recommendation
    from ml.labels import Strategy

    for strategy in Strategy:
        for choose, name in ((movies_for, "movie_id"), (tracks_for, "track_id")):
            picks = choose(scores=prediction.scores, strategy=strategy, seed=f"{entry.pk} {strategy}")
            for position, (item_id, tag, score, source, _makers) in enumerate(picks):
                yield Recommendation(
                    entry=entry,
                    user_id=entry.user_id,
                    strategy=strategy,
                    position=position,
                    tag=tag,
                    score=score,
                    source=source,
                    created_at=entry.created_at,
                    **{name: item_id},
                )
