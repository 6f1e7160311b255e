"""Tags as chips, for columns of the admin's lists."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from catalog.models import MovieTag, TrackTag


def tag_chips(tags: Iterable[MovieTag | TrackTag]) -> SafeString:
    """A list of chips in the order of the tags, each with name and score: '기쁨 ×1.8', '잔잔한 62%'.

    A curator's word has a mark, which screen readers are told in words. Empty for no tags.
    """
    items = format_html_join("", "{}", ((_chip(tag),) for tag in tags))
    return format_html('<ul class="chips">{}</ul>', items) if items else SafeString()


def _chip(tag: MovieTag | TrackTag) -> SafeString:
    mark = format_html('<span aria-hidden="true">✎ </span><span class="visually-hidden">{} </span>', _("큐레이터:"))
    return format_html('<li class="chip chip-{}">{}{}</li>', tag.name, mark if tag.is_curated else "", str(tag))
