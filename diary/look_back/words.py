"""Says in words what the looks back found; shared by pages and API."""

from datetime import date

from django.utils import dateformat
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diary.look_back.marks import UNSURE
from diary.look_back.patterns import Pattern
from diary.look_back.trends import Bucket, BucketSize, GroupKey
from diary.models import EMOTION_NAMES, Entry
from diary.particles import as_subject

# Korean counts days up to ten in words of its own.
_KOREAN_DAYS = {2: "이틀", 3: "사흘", 4: "나흘", 5: "닷새", 6: "엿새", 7: "이레", 8: "여드레", 9: "아흐레", 10: "열흘"}


def look_name(look: str) -> str:
    """'sadness' → 슬픔; what could not be read is told as on an entry."""
    if look in EMOTION_NAMES:
        return str(EMOTION_NAMES[look])
    return _("잘 모르겠어요") if look == UNSURE else str(Entry.Status.PENDING.label)


def bucket_name(bucket: Bucket, size: BucketSize) -> str:
    """'11월 3일', '11월 3일 ~ 11월 9일', '2026년 11월' or '2026년'."""
    if size == BucketSize.MONTH:
        return dateformat.format(bucket.first, _("Y년 n월"))
    if size == BucketSize.YEAR:
        return dateformat.format(bucket.first, _("Y년"))
    first, last = (short_day(day) for day in (bucket.first, bucket.last))
    return first if first == last else f"{first} ~ {last}"


def axis_name(bucket: Bucket, size: BucketSize) -> str:
    """The bucket's name as short as an axis needs it: '11월 3일', '11월' or '2026년'."""
    if size == BucketSize.MONTH:
        return dateformat.format(bucket.first, _("n월"))
    return bucket_name(bucket, size) if size == BucketSize.YEAR else short_day(bucket.first)


def short_day(day: date) -> str:
    """'11월 3일'."""
    return dateformat.format(day, _("n월 j일"))


def pattern_sentence(pattern: Pattern[GroupKey]) -> str:
    """'월요일에 불안이 많았어요: 12편 중 7편'. Counts, and no word of why."""
    values = {
        "emotion": as_subject(str(EMOTION_NAMES[pattern.emotion])),
        "count": pattern.count,
        "hits": pattern.hits,
    }
    if pattern.group.weekday is None:
        values["tag"] = pattern.group.tag
        return _("‘#%(tag)s’ 일기에 %(emotion)s 많았어요: %(count)d편 중 %(hits)d편") % values
    values["weekday"] = str(WEEKDAYS[pattern.group.weekday - 1])
    return _("%(weekday)s에 %(emotion)s 많았어요: %(count)d편 중 %(hits)d편") % values


def streak_sentence(days: int) -> str:
    """'사흘째 이어서 쓰고 있어요.'; empty below two days. Nothing is ever said of an end."""
    if days < 2:
        return ""
    is_korean = (get_language() or "").startswith("ko")
    told = _KOREAN_DAYS[days] if is_korean and days in _KOREAN_DAYS else _("%(count)d일") % {"count": days}
    return _("%(days)s째 이어서 쓰고 있어요.") % {"days": told}
