"""A curator's step in the words that its row and its page have for it."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from catalog.admin.filter_form import tell_filters
from catalog.curation.words import score_text, tag_name
from catalog.models import Action, Curation, Kind

State = Curation.State


def tell_action(curation: Curation) -> str:
    """'태그 붙이기: 기쁨 ×3.0'."""
    kind, parameters = Kind(curation.kind), curation.parameters
    told = [tag_name(kind, parameters["tag"])] if "tag" in parameters else []
    told += [score_text(kind, parameters["score"])] if "score" in parameters else []
    told += [str(parameters["file"])] if "file" in parameters else []
    action = curation.get_action_display()
    return f"{action}: {' '.join(told)}" if told else str(action)


def tell_selection(curation: Curation) -> str:
    """An item's name or '고른 것 3개', filters and what they matched, or how many rows of a file change something."""
    count = _grouped(curation.total)
    if curation.action == Action.IMPORT:
        rows = {"rows": _grouped(curation.parameters["rows"]), "count": count}
        return _("파일의 %(rows)s행 가운데 바뀌는 %(count)s행") % rows
    query = curation.selection.get("query")
    if query is None:
        return str(curation.only_item) if curation.only_item else _("고른 것 %(count)s개") % {"count": count}
    filters = tell_filters(Kind(curation.kind), query)
    return _("%(filters)s — 모두 %(count)s개") % {"filters": filters or _("조건 없음"), "count": count}


def tell_progress(curation: Curation) -> dict[str, Any]:
    """How far a step is, as numbers and in words."""
    if curation.state in (State.UNDOING, State.UNDONE):
        done, total = curation.restored, curation.changed
        words = _("%(total)s개 중 %(done)s개를 되돌렸어요.")
    else:
        done, total = curation.handled, curation.total
        words = _("%(total)s개 중 %(done)s개를 살펴봤어요.")
    return {"done": done, "total": max(total, 1), "text": words % {"total": _grouped(total), "done": _grouped(done)}}


def _grouped(number: int) -> str:
    return str(number_format(number, 0, force_grouping=True))
