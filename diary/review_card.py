"""An item of the review queue as its page shows it: why it is there, its tags, and what it is recommended for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.curation.actions import HIGHEST_SCORE, TAG_NAMES
from catalog.curation.candidates import HARDLY_ABOVE_MEAN
from catalog.curation.decisions import CARRIED_SCORE, CARRIES_FROM
from catalog.curation.words import tag_name
from catalog.models import MOOD_NAMES, Kind, Movie, MovieTag, Reason, ReviewItem, Track, TrackTag
from diary.models import EMOTION_NAMES, STRATEGY_NAMES
from ml.labels import FILM_EMOTION, TRACK_MOOD, Emotion, Strategy

# Where a film's bar is full: three times the mean is more than nearly all have.
FULL_LIFT = 3.0


@dataclass(frozen=True)
class TagLine:
    """A tag as a line of the card: `percent` is the length of its bar, `key` the number that toggles it."""

    key: int
    name: str
    label: str
    tone: str
    score: float
    words: str
    source: str
    percent: int
    is_carried: bool
    answers: tuple[str, ...]

    @property
    def field(self) -> str:
        return f"score-{self.name}"

    @property
    def number(self) -> str:
        """The score as a number field takes it, in every language."""
        return f"{self.score:.2f}"


@dataclass(frozen=True)
class Card:
    """All that a curator needs to decide on an item."""

    row: ReviewItem
    title: str
    other_title: str
    facts: tuple[str, ...]
    site: str
    why: str
    tags: tuple[TagLine, ...]

    @property
    def highest(self) -> float:
        return HIGHEST_SCORE[self.row.kind]

    @property
    def carries_from(self) -> float:
        return CARRIES_FROM[self.row.kind]

    @property
    def carried_score(self) -> float:
        return CARRIED_SCORE[self.row.kind]


def title_of(item: Movie | Track) -> str:
    """A film's title in the reader's language, or a track's."""
    return item.display_title if isinstance(item, Movie) else item.title


def make_card(row: ReviewItem) -> Card:
    """One query, for the tags."""
    tags: list[MovieTag | TrackTag] = list(row.item.tags.all())
    by_name = {tag.name: tag for tag in tags}
    lines = tuple(_line(row.kind, key, name, by_name.get(name)) for key, name in enumerate(TAG_NAMES[row.kind], 1))
    return Card(
        row=row,
        title=title_of(row.item),
        other_title=_other_title(row.item),
        facts=tuple(fact for fact in _facts(row.item) if fact),
        site=_site(row.item),
        why=_why(row, by_name),
        tags=lines,
    )


def _other_title(item: Movie | Track) -> str:
    """The title in the other language, where it is another one."""
    titles = (item.title, item.title_ko) if isinstance(item, Movie) else ()
    return next((title for title in titles if title and title != title_of(item)), "")


def _facts(item: Movie | Track) -> tuple[str, ...]:
    """In the order in which they are shown; empty for what is not known."""
    if isinstance(item, Track):
        popularity = _("인기도 %(popularity)d") % {"popularity": item.popularity}
        return item.display_artist, item.album, item.release_date[:4], popularity
    reviews = _("리뷰 %(count)d편") % {"count": item.review_count} if item.review_count else _("리뷰 없음")
    theme = _("자살을 다뤄요") if item.has_suicide_theme else ""
    return str(item.year), item.display_director, reviews, theme


def _site(item: Movie | Track) -> str:
    """Where the item's link leads."""
    if isinstance(item, Track):
        return "Spotify"
    return "IMDb" if item.imdb_id else "TMDB"


def _line(kind: Kind, key: int, name: str, tag: MovieTag | TrackTag | None) -> TagLine:
    score = tag.score if tag else 0.0
    is_movie = kind == Kind.MOVIE
    words = _("평균의 %(lift).2f배") % {"lift": score} if is_movie else f"{score:.0%}"
    return TagLine(
        key=key,
        name=name,
        label=tag_name(kind, name),
        tone=f"emotion-{name}" if is_movie else f"mood-{name}",
        score=score,
        words=words,
        source=tag.get_source_display() if tag else "",
        percent=round(100 * min(1.0, score / FULL_LIFT if is_movie else score)),
        is_carried=tag is not None and tag.weight > 0,
        answers=_answers(FILM_EMOTION if is_movie else TRACK_MOOD, name),
    )


def _answers(answers: Mapping[Strategy, Mapping[Emotion, str]], name: str) -> tuple[str, ...]:
    """The entries that an item with the tag is recommended to: '공감: 슬픔, 불안'."""
    found = []
    for strategy, tags in answers.items():
        emotions = [str(EMOTION_NAMES[emotion]) for emotion, tag in tags.items() if tag == name]
        if emotions:
            found.append(f"{STRATEGY_NAMES[strategy]}: {', '.join(emotions)}")
    return tuple(found)


def _why(row: ReviewItem, tags: Mapping[str, MovieTag | TrackTag]) -> str:
    if row.reason == Reason.DISLIKED:
        return _(
            "‘%(emotion)s’ 일기에 추천했더니, 추천받은 %(people)d명 남짓 가운데 %(disliked)d명 이상이 별로라고 했어요."
        ) % {"emotion": EMOTION_NAMES[row.emotion], "people": row.people, "disliked": row.disliked}
    if row.reason == Reason.NEW and row.item.reviewed_at is not None:
        return _("검토한 뒤에 태그가 달라졌어요. 아직 아무도 살펴보지 않은 태그로 추천하고 있어요.")
    if row.reason == Reason.NEW:
        return _("새로 들어온 뒤로 아직 아무도 살펴보지 않았어요.")
    return _why_uncertain(row.item, sorted(tags.values(), key=lambda tag: -tag.score))


def _why_uncertain(item: Movie | Track, strongest: Sequence[MovieTag | TrackTag]) -> str:
    if isinstance(item, Movie):
        if item.is_weak:
            return _("리뷰 %(count)d편만 읽고 붙인 태그예요.") % {"count": item.review_count}
        if strongest[0].score < 1 + HARDLY_ABOVE_MEAN:
            return _("가장 뚜렷한 감정도 평균의 %(lift).1f배가 되지 않아요.") % {"lift": 1 + HARDLY_ABOVE_MEAN}
    elif len(strongest) > 1:
        first, second = strongest[:2]
        return _("‘%(first)s’ 쪽인지 ‘%(second)s’ 쪽인지 분명하지 않아요.") % {
            "first": MOOD_NAMES[first.name],
            "second": MOOD_NAMES[second.name],
        }
    return _("태그의 근거가 약해요.")
