"""The columns of a file, as a resource of django-import-export: how a fact is written into a cell and read from it.

Of that package, resources, fields and widgets are used. Its import saves row by row, holds the whole file in memory
and keeps uploads on the disk of one machine; reading, comparing and applying are this package's own.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from catalog.curation.actions import HIGHEST_SCORE, TAG_NAMES
from catalog.exchange.cells import EMPTY_WORD, read_text, write_text
from catalog.exchange.errors import CellError
from catalog.models import FEELING_NAMES, MOOD_NAMES, Kind, Movie, Track

LANGUAGES = ("ko", "en")
KEYS = {Kind.MOVIE: "external_id", Kind.TRACK: "spotify_id"}
TEXTS = {
    Kind.MOVIE: ("title", "title_ko", "director", "director_ko"),
    Kind.TRACK: ("title", "artist", "artist_ko", "album"),
}
FLAGS = {
    Kind.MOVIE: ("is_hidden", "is_pinned", "has_suicide_theme"),
    Kind.TRACK: ("is_hidden", "is_pinned"),
}
# Digits of a score in a file: more than that nobody can set apart.
SCORE_DIGITS = 4
# The first film that was shown, and a year that no announced one is past.
FIRST_YEAR, LAST_YEAR = 1874, 2100
# What Excel and LibreOffice show where a formula failed.
FORMULA_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"}
# Characters that turn the direction of what follows them, so that a text reads as another one.
BIDI_CONTROLS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
YES, NO = {"예", "yes", "y", "true", "1", "o"}, {"아니요", "아니오", "no", "n", "false", "0", "x"}
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,20})?([eE][+-]?\d{1,3})?", re.ASCII)


class TextWidget(Widget):
    """Texts of up to so many characters; some may be emptied."""

    def __init__(self, max_length: int, *, may_be_empty: bool) -> None:
        super().__init__()
        self.max_length, self.may_be_empty = max_length, may_be_empty

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        if value.strip() == EMPTY_WORD:
            if not self.may_be_empty:
                raise CellError(_("비울 수 없는 칸이에요."))
            return ""
        text = unicodedata.normalize("NFC", read_text(value)).strip()
        if text in FORMULA_ERRORS:
            raise CellError(_("계산하지 못한 수식이에요."))
        if any(unicodedata.category(sign) in {"Cc", "Cs"} or sign in BIDI_CONTROLS for sign in text):
            raise CellError(_("보이지 않는 제어 문자가 들어 있어요. 지우고 다시 적어 주세요."))
        if len(text) > self.max_length:
            raise CellError(_("너무 길어요. %(limit)d자까지 적을 수 있어요.") % {"limit": self.max_length})
        return text

    def render(self, value: str | None, obj: Any = None, **kwargs: Any) -> str:
        return write_text(value or "")


class DateWidget(TextWidget):
    """Days of release, as far as they are known: 2020, 2020-01 or 2020-01-02."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        text = super().clean(value, row, **kwargs)
        if text and not _DATE.fullmatch(text):
            raise CellError(_("2020-01-02나 2020처럼 적어 주세요."))
        return text


class YearWidget(Widget):
    def clean(self, value: str, row: Any = None, **kwargs: Any) -> int:
        text = value.strip()
        if not re.fullmatch(r"\d{4}", text, re.ASCII) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
            raise CellError(
                _("%(first)d부터 %(last)d까지의 연도를 적어 주세요.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return int(text)

    def render(self, value: int, obj: Any = None, **kwargs: Any) -> int:
        return value


class FlagWidget(Widget):
    def clean(self, value: str, row: Any = None, **kwargs: Any) -> bool:
        word = unicodedata.normalize("NFC", value).strip().lower()
        if word not in YES | NO:
            raise CellError(_("‘예’나 ‘아니요’로 적어 주세요."))
        return word in YES

    def render(self, value: bool, obj: Any = None, **kwargs: Any) -> str:
        return _("예") if value else _("아니요")


class ScoreWidget(Widget):
    def __init__(self, highest: float) -> None:
        super().__init__()
        self.highest = highest

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> float:
        text = value.strip()
        if not _NUMBER.fullmatch(text) or not 0 <= float(text) <= self.highest:
            raise CellError(
                _("0부터 %(highest)g까지의 숫자를 적어 주세요. 태그를 떼려면 0을 적어요.") % {"highest": self.highest}
            )
        return round(float(text), SCORE_DIGITS)

    def render(self, value: float | None, obj: Any = None, **kwargs: Any) -> float | str:
        return "" if value is None else value


class ScoreField(Field):
    """The score of the tag that the attribute names; None where the item has no such tag."""

    def get_value(self, instance: Movie | Track) -> float | None:
        tag = tag_of(instance, self.attribute)
        return None if tag is None else round(tag.score, SCORE_DIGITS)


class SourceField(Field):
    """Where the tag that the attribute names comes from; it is told and never read."""

    def get_value(self, instance: Movie | Track) -> str:
        tag = tag_of(instance, self.attribute)
        return "" if tag is None else tag.get_source_display()


def tag_of(item: Movie | Track, name: str) -> Any:
    """The tag of that name, out of those that were fetched with the item; None where it has none."""
    tags: Iterable[Any] = item.tags.all()
    return next((tag for tag in tags if tag.name == name), None)


def resource_of(kind: Kind) -> Resource:
    """The columns of a kind in the order of an export, by the names that stand in no language."""
    resource = Resource()
    resource.fields = {
        KEYS[kind]: _fact(kind, KEYS[kind], TextWidget(24, may_be_empty=False), readonly=True),
        **{name: _fact(kind, name, _text_widget(kind, name)) for name in TEXTS[kind]},
        **({"year": _fact(kind, "year", YearWidget())} if kind == Kind.MOVIE else {}),
        **(
            {"release_date": _fact(kind, "release_date", DateWidget(10, may_be_empty=True))}
            if kind == Kind.TRACK
            else {}
        ),
        **{name: _fact(kind, name, FlagWidget()) for name in FLAGS[kind]},
    }
    for name in TAG_NAMES[kind]:
        label = FEELING_NAMES[name] if kind == Kind.MOVIE else MOOD_NAMES[name]
        resource.fields[name] = ScoreField(name, label, ScoreWidget(HIGHEST_SCORE[kind]))
        source_label = format_lazy("{} {}", label, gettext_lazy("출처"))
        resource.fields[f"{name}_source"] = SourceField(name, source_label, Widget(), readonly=True)
    return resource


def headings_of(name: str, field: Field) -> set[str]:
    """Everything that a column may be called: the name that stands in no language, and the one of each language."""
    headings = {fold_heading(name)}
    for language in LANGUAGES:
        with translation.override(language):
            headings.add(fold_heading(str(field.column_name)))
    return headings


def fold_heading(heading: str) -> str:
    return unicodedata.normalize("NFC", heading).strip().lower()


def _fact(kind: Kind, name: str, widget: Widget, *, readonly: bool = False) -> Field:
    field: Any = kind.model._meta.get_field(name)
    return Field(name, field.verbose_name, widget, readonly=readonly)


def _text_widget(kind: Kind, name: str) -> TextWidget:
    field: Any = kind.model._meta.get_field(name)
    return TextWidget(field.max_length, may_be_empty=field.blank)
