"""The filters of the curators' lists as a form; what they do stands in `catalog.curation.filters`."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.curation.filters import SOURCES, STRONG_LIFT, STRONG_PROBABILITY
from catalog.models import FEELING_CHOICES, FEWEST_REVIEWS, MOOD_NAMES, Kind

OLDEST_DECADE = {Kind.MOVIE: 1900, Kind.TRACK: 1950}

LABELS = {
    "q": _("검색어"),
    "strong": _("뚜렷한 태그"),
    "fits": _("추천에 나오는 태그"),
    "source": _("태그의 출처"),
    "decade": _("연대"),
    "script": _("제목의 글자"),
    "korean": _("한국어 이름"),
    "weak": _("근거"),
    "disagreement": _("의견 차이"),
    "reviewed": _("검토"),
    "hidden": _("숨김"),
    "pinned": _("고정"),
    "suicide": _("자살을 다룸"),
    "year_from": _("연도 (부터)"),
    "year_to": _("연도 (까지)"),
    "reviews_from": _("리뷰 수 (부터)"),
    "reviews_to": _("리뷰 수 (까지)"),
    "rating_from": _("평점 (부터)"),
    "rating_to": _("평점 (까지)"),
    "popularity_from": _("인기도 (부터)"),
    "popularity_to": _("인기도 (까지)"),
    "added_days": _("최근 며칠 안에 들어옴"),
    "added_from": _("들어온 날 (부터)"),
    "added_to": _("들어온 날 (까지)"),
    "after": _("쪽"),
    "before": _("쪽"),
}
_ANY = ("", _("전체"))
_YES_NO = [("yes", _("예")), ("no", _("아니요"))]
_KNOWN = [("yes", _("있음")), ("no", _("없음"))]
_SCRIPTS = [("hangul", _("한글")), ("kana_han", _("가나·한자")), ("other", _("그 밖 (로마자 등)"))]


class FilterForm(forms.Form):
    """Fields that are shown as the address has them, right or wrong; the list checks them."""

    def __init__(self, kind: Kind, query: Mapping[str, str]) -> None:
        super().__init__(initial=dict(query), auto_id="filter-%s")
        self.fields.update(_fields_of_films() if kind == Kind.MOVIE else _fields_of_tracks())
        self.fields.update(_fields_of_both())
        for name, field in self.fields.items():
            field.label = LABELS[name]


def tell_filters(kind: Kind, query: Mapping[str, str]) -> str:
    """'연대: 2010–2019, 숨김: 아니요', in the order of LABELS; empty for no filters."""
    fields = FilterForm(kind, {}).fields
    told = []
    for name in (name for name in LABELS if name in query):  # PostgreSQL keeps no order of a JSON's names
        choices = dict(getattr(fields.get(name), "choices", ()))
        told.append(f"{LABELS[name]}: {choices.get(query[name], query[name])}")
    return ", ".join(told)


def _fields_of_films() -> dict[str, forms.Field]:
    strong = _("평균의 %(lift)s배 이상") % {"lift": STRONG_LIFT}
    return {
        **_fields_of_tags(Kind.MOVIE, FEELING_CHOICES, strong),
        "korean": _choice(_KNOWN),
        "weak": _choice([("yes", _("리뷰 1~%(most)d편") % {"most": FEWEST_REVIEWS - 1}), ("no", _("그 밖"))]),
        "suicide": _choice(_YES_NO),
        **_range("year", low=1870, high=2100),
        **_range("reviews", low=0),
        **_range("rating", low=1, high=10, step="any"),
    }


def _fields_of_tracks() -> dict[str, forms.Field]:
    moods = [(mood, name) for mood, name in MOOD_NAMES.items()]
    strong = _("%(percent)d%% 이상") % {"percent": STRONG_PROBABILITY * 100}
    return {
        **_fields_of_tags(Kind.TRACK, moods, strong),
        "script": _choice(_SCRIPTS),
        "korean": _choice(_KNOWN),
        **_range("popularity", low=0, high=100),
    }


def _fields_of_tags(kind: Kind, names: Iterable[Any], strong: Any) -> dict[str, forms.Field]:
    names = list(names)
    decades = range(date.today().year // 10 * 10, OLDEST_DECADE[kind] - 1, -10)
    return {
        "strong": _choice(names, help_text=strong),
        "fits": _choice(names),
        "source": _choice([(source.value, source.label) for source in SOURCES[kind]]),
        "decade": _choice([(str(first), f"{first}–{first + 9}") for first in decades]),
    }


def _fields_of_both() -> dict[str, forms.Field]:
    return {
        "disagreement": _choice([("yes", _("큐레이터와 모델이 다름"))]),
        "reviewed": _choice([("yes", _("검토함")), ("no", _("아직"))]),
        "hidden": _choice(_YES_NO),
        "pinned": _choice(_YES_NO),
        **_range("added", widget="date"),
        "added_days": _number(low=0, high=9999),
    }


def _choice(choices: list[Any], help_text: Any = "") -> forms.Field:
    return forms.ChoiceField(choices=[_ANY, *choices], required=False, help_text=help_text)


def _number(**limits: Any) -> forms.Field:
    names = {"low": "min", "high": "max", "step": "step"}
    attrs = {names[name]: value for name, value in limits.items()}
    return forms.CharField(required=False, widget=forms.NumberInput(attrs=attrs))


def _range(name: str, *, widget: str = "number", **limits: Any) -> dict[str, forms.Field]:
    if widget == "date":
        dates = {"type": "date"}
        return {
            f"{name}_{end}": forms.CharField(required=False, widget=forms.TextInput(attrs=dates))
            for end in ("from", "to")
        }
    return {f"{name}_{end}": _number(**limits) for end in ("from", "to")}
