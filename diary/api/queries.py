"""What a client asks for in the query of an address: nothing unknown, nothing twice, nothing that can't be read."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request

RECOMMENDATIONS = "recommendations"
PAGE_SIZE = 20
MAX_PAGE_SIZE = 100


class StrictQuery:
    """For views: refuses what an address's query holds beyond `query_names`, by the view's action or method.

    As a misspelled field of a body, a misspelled filter would change the answer, unnoticed.
    """

    query_names: Mapping[str, Collection[str]] = {}

    def initial(self: Any, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        method = "get" if request.method == "HEAD" else str(request.method).lower()
        # A method that is not there is a 405, whatever the query says.
        if method != "options" and hasattr(self, method):
            refuse_unknown_query(request, self.query_names.get(getattr(self, "action", None) or method, ()))


def refuse_unknown_query(request: Request, known: Collection[str]) -> None:
    """Raises ValidationError that names each parameter that is unknown, comes twice, or holds a NUL."""
    errors = {}
    for name, values in request.query_params.lists():
        if name not in known:
            errors[name] = [_("모르는 항목이에요.")]
        elif len(values) > 1:
            errors[name] = [_("한 번만 보내 주세요.")]
        elif "\x00" in values[0]:
            errors[name] = [_("쓸 수 없는 글자가 들어 있어요.")]
    if errors:
        raise exceptions.ValidationError(errors)


def read_page_size(request: Request) -> int:
    """How many items a page has. Raises ValidationError."""
    text = request.query_params.get("page_size")
    if text is None:
        return PAGE_SIZE
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= MAX_PAGE_SIZE):
        message = _("1부터 %(limit)d까지의 수를 보내 주세요.") % {"limit": MAX_PAGE_SIZE}
        raise exceptions.ValidationError({"page_size": [message]})
    return int(text)


def read_include(request: Request) -> bool:
    """Whether a list is wanted with recommendations. Raises ValidationError."""
    text = request.query_params.get("include")
    if text not in (None, RECOMMENDATIONS):
        message = _("다음 중 하나로 보내 주세요: %(choices)s") % {"choices": RECOMMENDATIONS}
        raise exceptions.ValidationError({"include": [message]})
    return text is not None


def bad_cursor() -> exceptions.ValidationError:
    """The error of a cursor that no answer gave."""
    return exceptions.ValidationError({"cursor": [_("앞선 답의 next에 있는 주소를 그대로 써 주세요.")]})


def write_cursor(*words: str) -> str:
    """Words without blanks, in letters that an address carries."""
    return urlsafe_b64encode(" ".join(words).encode()).decode()


def read_cursor(request: Request, *, count: int) -> list[str] | None:
    """The words of the query's cursor; None where there is no cursor. Raises ValidationError unless it has `count`."""
    if (text := request.query_params.get("cursor")) is None:
        return None
    try:
        words = urlsafe_b64decode(text.encode("ascii")).decode("ascii").split(" ")
    except ValueError:
        raise bad_cursor() from None
    if len(words) != count:
        raise bad_cursor()
    return words


def parse_moment(text: str) -> datetime:
    """A moment in UTC. Raises ValueError, also where its offset is not told, and OverflowError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its offset from UTC")
    return moment.astimezone(UTC)


def read_moment(request: Request, name: str) -> datetime:
    """A moment with its offset from UTC. Raises ValidationError."""
    try:
        return parse_moment(request.query_params[name])
    except (ValueError, OverflowError):
        pass
    # In an address a bare + is a blank: the commonest reason why a moment is not understood.
    message = _("2026-11-26T12:00:00Z처럼 시간대가 있는 시각을 보내 주세요. 주소에서 +는 %2B로 써요.")
    raise exceptions.ValidationError({name: [message]})
