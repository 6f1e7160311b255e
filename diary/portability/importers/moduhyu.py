"""Our own export: moduhyu.json, alone or in its ZIP. Comes back as it was, with what was read and answered."""

import math
import re
from collections.abc import Callable, Iterator
from typing import Any, TextIO
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from diary.models import Analysis, Feedback
from diary.portability.documents import FORMAT, VERSION
from diary.portability.errors import UnreadableFileError
from diary.portability.items import BadRow, Item, build_item, build_row, read_day, read_time
from diary.portability.json_stream import iter_object
from ml.labels import FEELINGS, Emotion, Mood, Strategy

_EMOTIONS, _STRATEGIES = frozenset(Emotion), frozenset(Strategy)
# What a film, and what a track can be shown for.
_TAGS = {"movie": frozenset(FEELINGS), "track": frozenset(Mood)}
_MAX_POSITION = 1_000
_MAX_SCORE = 1e9
_MAX_WHOLE = 2**53  # what every reader of JSON knows exactly
# NUL, and halves of surrogate pairs.
_NOT_STORED = re.compile("[\x00\ud800-\udfff]")


class ModuhyuReader:
    """A moduhyu.json. `open_text` opens it from its start."""

    name = FORMAT

    def __init__(self, open_text: Callable[[], TextIO]) -> None:
        self._open_text = open_text

    def rows(self) -> Iterator[Item | BadRow]:
        number = 0
        for name, value in self._members():
            if name == "entries":
                number += 1
                place = _("%(number)d번째 일기") % {"number": number}
                yield build_row(place, lambda entry=value: _read_entry(entry))  # type: ignore[misc]

    def ids(self) -> Iterator[UUID | None]:
        for name, value in self._members():
            if name == "entries":
                yield _read_id(value.get("id")) if isinstance(value, dict) else None

    def feedback(self) -> Iterator[dict[str, Any]]:
        for name, value in self._members():
            if name == "feedback" and isinstance(value, dict) and (said := _read_feedback(value)):
                yield said

    def left_out(self) -> list[str]:
        return []

    def _members(self) -> Iterator[tuple[str, Any]]:
        with self._open_text() as stream:
            for name, value in iter_object(stream, {"entries", "feedback"}):
                if name == "version":
                    _check_version(value)
                yield name, value


def _check_version(value: Any) -> None:
    """Raises UnreadableFileError for another version than ours."""
    if type(value) is int and value > VERSION:
        raise UnreadableFileError(
            _("이곳보다 새로운 휴게소에서 만든 파일이에요. 이 사이트가 새 버전이 되면 가져올 수 있어요.")
        )
    if type(value) is not int or value != VERSION:
        raise UnreadableFileError(_("버전을 알 수 없는 파일이에요. 내보내기로 받은 파일을 그대로 올려 주세요."))


def _read_entry(entry: Any) -> Item:
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        raise ValidationError(_("일기의 글이 없어요."), code="no_text")
    tags = entry.get("tags")
    return build_item(
        text=entry["text"],
        written_on=read_day(entry.get("written_on")),
        tags=[tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else [],
        created_at=read_time(entry.get("created_at")),
        updated_at=read_time(entry.get("updated_at")),
        entry_id=_read_id(entry.get("id")),
        restored=_read_restored(entry),
    )


def _read_id(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _read_restored(entry: dict[str, Any]) -> dict[str, Any]:
    """What can be restored beside the text: a part that was changed by hand and makes no sense is made anew."""
    restored: dict[str, Any] = {}
    if correction := _read_correction(entry.get("correction")):
        restored["correction"] = correction
    is_read = entry.get("status") == "analyzed"
    # The reading that an edited text had before may reach beyond its end; it is not shown.
    analysis = _read_analysis(entry.get("analysis"), len(entry["text"]) if is_read else math.inf)
    if analysis is None:
        return restored
    shown = entry.get("recommendations")
    items = [_read_recommendation(item) for item in shown] if isinstance(shown, list) else []
    return restored | {
        "analysis": analysis,
        "is_read": is_read,
        "recommendations": _without_doubles([item for item in items if item]),
    }


def _read_correction(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, dict) or not _is_one_of(value.get("label"), _EMOTIONS):
        return None
    return {"label": value["label"], "corrected_at": read_time(value.get("corrected_at"))}


def _read_analysis(value: Any, length: float) -> dict[str, Any] | None:
    if not isinstance(value, dict) or not _is_one_of(value.get("label"), _EMOTIONS):
        return None
    version, sentences = value.get("model_version"), value.get("sentences")
    fits = (
        _is_share(value.get("confidence"))
        and _are_scores(value.get("scores"))
        and isinstance(value.get("is_unsure"), bool)
        and _is_name(version, Analysis._meta.get_field("model_version").max_length or 0)
        and version
        and isinstance(sentences, list)
        and _are_sentences(sentences, length)
    )
    if not fits:
        return None
    names = ("label", "is_unsure", "confidence", "scores", "sentences", "model_version")
    return {name: value[name] for name in names} | {"analyzed_at": read_time(value.get("analyzed_at"))}


def _are_sentences(sentences: list[Any], length: float) -> bool:
    """Whether they follow one another within a text of that length."""
    end = 0
    for sentence in sentences:
        if not isinstance(sentence, dict) or set(sentence) != {"start", "end", "scores"}:
            return False
        start, next_end = sentence["start"], sentence["end"]
        if not (_is_whole(start) and _is_whole(next_end) and end <= start <= next_end):
            return False
        if not _are_scores(sentence["scores"]):
            return False
        end = next_end
    return end <= length


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MAX_WHOLE


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _is_one_of(value: Any, words: frozenset[str]) -> bool:
    return isinstance(value, str) and value in words


def _is_name(value: Any, max_length: int) -> bool:
    """Whether it is a text that a database takes."""
    return isinstance(value, str) and len(value) <= max_length and not _NOT_STORED.search(value)


def _are_scores(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == _EMOTIONS and all(map(_is_share, value.values()))


def _read_recommendation(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, dict) or (item := _read_item(value)) is None:
        return None
    score, position = value.get("score"), value.get("position")
    fits = (
        _is_one_of(value.get("strategy"), _STRATEGIES)
        and _is_one_of(value.get("tag"), _TAGS["movie" if "movie" in item else "track"])
        and isinstance(position, int)
        and not isinstance(position, bool)
        and 0 <= position < _MAX_POSITION
        and isinstance(score, int | float)
        and not isinstance(score, bool)
        and abs(score) < _MAX_SCORE
        and _is_name(value.get("source"), 10)
        and isinstance(value.get("is_current"), bool)
    )
    if not fits:
        return None
    names = ("strategy", "position", "tag", "score", "source", "is_current")
    return {name: value[name] for name in names} | item | {"created_at": read_time(value.get("created_at"))}


def _read_item(value: dict[str, Any]) -> dict[str, str] | None:
    """By which ids a film or a track can be found: {"movie": …, "imdb_id": …} or {"track": …}."""
    movie, track = value.get("movie"), value.get("track")
    if isinstance(movie, dict) and track is None:
        return {"movie": _text(movie.get("external_id")), "imdb_id": _text(movie.get("imdb_id"))}
    if isinstance(track, dict) and movie is None:
        return {"track": _text(track.get("spotify_id"))}
    return None


def _text(value: Any) -> str:
    return _NOT_STORED.sub("", value)[:64] if isinstance(value, str) else ""


def _without_doubles(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """At most one current item in each place, as the database demands."""
    taken: set[tuple[Any, ...]] = set()
    kept = []
    for item in items:
        place = (item["strategy"], item["position"], "movie" in item)
        if item["is_current"] and place in taken:
            continue
        if item["is_current"]:
            taken.add(place)
        kept.append(item)
    return kept


def _read_feedback(value: dict[str, Any]) -> dict[str, Any] | None:
    item, opinion, is_seen = _read_item(value), value.get("opinion"), value.get("is_seen")
    is_known = opinion is None or _is_one_of(opinion, frozenset(Feedback.Opinion.values))
    if item is None or not is_known or not isinstance(is_seen, bool) or not (opinion or is_seen):
        return None
    return item | {"opinion": opinion or "", "is_seen": is_seen, "given_at": read_time(value.get("given_at"))}
