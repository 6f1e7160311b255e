"""What the entries of a period count as: over time, in all, by weekday and by tag. Counted by the database."""

from calendar import monthrange
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Count

from accounts.models import User
from diary.look_back.marks import COLUMNS, PENDING, UNSURE, counts_as, look_of
from diary.look_back.patterns import Pattern, find_patterns
from diary.models import Entry, EntryQuerySet, Tag
from ml.labels import Emotion

# What is drawn and counted, in this order; unread entries are told of apart.
LOOKS = (*Emotion, UNSURE)


class BucketSize(StrEnum):
    """How much time a bar stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


# The longest period, in days, that each is made for: a phone shows some thirty bars.
LONGEST = {BucketSize.DAY: 31, BucketSize.WEEK: 7 * 31, BucketSize.MONTH: 31 * 31}


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def bucket_size(self) -> BucketSize:
        return next((size for size, longest in LONGEST.items() if self.days <= longest), BucketSize.YEAR)


@dataclass(frozen=True)
class Bucket:
    """A stretch of the period and its number of entries by look."""

    first: date
    last: date
    counts: Counter[str]

    @property
    def total(self) -> int:
        return self.counts.total()


@dataclass(frozen=True)
class GroupKey:
    """A weekday (1 is Monday, as in ISO 8601) or a tag."""

    weekday: int | None = None
    tag: str = ""


@dataclass(frozen=True)
class Trends:
    """A period in numbers. `totals` and buckets hold the entries that were read, `unread_count` the others."""

    period: Period
    buckets: list[Bucket]
    totals: Counter[str]
    unread_count: int
    day_count: int
    patterns: list[Pattern[GroupKey]]

    @property
    def read_count(self) -> int:
        return self.totals.total()

    @property
    def entry_count(self) -> int:
        return self.read_count + self.unread_count


def get_trends(*, user: User, period: Period, first_weekday: int = 0) -> Trends:
    """The user's entries of a period. Weeks begin on `first_weekday` (0 is Monday)."""
    counts = _counts_by_day(Entry.objects.of(user).written_between(period.first, period.last))
    read = [(day, look, count) for day, look, count in counts if look != PENDING]
    totals: Counter[str] = Counter()
    groups = _counts_by_tag(user, period)
    for day, look, count in read:
        totals[look] += count
        groups[GroupKey(weekday=day.isoweekday())][look] += count
    return Trends(
        period=period,
        buckets=_buckets(period, read, first_weekday),
        totals=totals,
        unread_count=sum(count for _, look, count in counts if look == PENDING),
        day_count=len({day for day, _, _ in counts}),
        patterns=find_patterns(groups, totals),
    )


def _counts_by_day(entries: EntryQuerySet) -> list[tuple[date, str, int]]:
    """Days, looks, and how many entries there are of both; a pair may come several times."""
    rows = entries.order_by().values_list("written_on", *COLUMNS).annotate(count=Count("pk"))
    return [(day, look_of(*counts_as(*row)), count) for day, *row, count in rows]


def _counts_by_tag(user: User, period: Period) -> defaultdict[GroupKey, Counter[str]]:
    """Entries that were read, by tag. An entry with two tags counts for both. Raises accounts' KeyMissing."""
    # From the person's entries on, and their tags by themselves: PostgreSQL would rather read the tags of all people
    # in the order of their ids, by which it groups (seen with a hundred thousand of them).
    tags = {tag.pk: tag for tag in Tag.objects.filter(user=user)}
    entries = Entry.objects.of(user).written_between(period.first, period.last).filter(tags__isnull=False)
    rows = entries.order_by().values_list("tags", *COLUMNS).annotate(count=Count("pk"))
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for tag_id, *row, count in rows:
        # A tag of this very moment counts next time.
        if tag_id in tags and (look := look_of(*counts_as(*row))) != PENDING:
            counts[tag_id][look] += count
    return defaultdict(Counter, {GroupKey(tag=tags[pk].name): counts[pk] for pk in counts if not tags[pk].is_locked})


def _buckets(period: Period, rows: list[tuple[date, str, int]], first_weekday: int) -> list[Bucket]:
    """The whole period, cut where its buckets begin; the first and the last may be shorter."""
    counts: dict[date, Counter[str]] = defaultdict(Counter)
    size = period.bucket_size
    for day, look, count in rows:
        counts[_beginning(day, size, first_weekday)][look] += count
    buckets = []
    start = period.first
    while True:
        beginning = _beginning(start, size, first_weekday)
        last = min(_end(beginning, size), period.last)
        buckets.append(Bucket(start, last, counts[beginning]))
        if last == period.last:
            return buckets
        start = last + timedelta(days=1)


def _beginning(day: date, size: BucketSize, first_weekday: int) -> date:
    if size == BucketSize.WEEK:
        since = (day.weekday() - first_weekday) % 7
        return date.fromordinal(max(1, day.toordinal() - since))
    if size == BucketSize.MONTH:
        return day.replace(day=1)
    return day.replace(month=1, day=1) if size == BucketSize.YEAR else day


def _end(beginning: date, size: BucketSize) -> date:
    """The last day of the bucket that begins on a day."""
    if size == BucketSize.DAY:
        return beginning
    if size == BucketSize.WEEK:
        return date.fromordinal(min(date.max.toordinal(), beginning.toordinal() + 6))
    if size == BucketSize.YEAR:
        return beginning.replace(month=12, day=31)
    return beginning.replace(day=monthrange(beginning.year, beginning.month)[1])
