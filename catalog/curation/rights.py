"""Who may do what with a curator's step."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from catalog.models import Curation

# How long curators may undo what they did themselves; later, others may have built on it.
OWN_UNDO = timedelta(hours=24)


def may_curate(user: Any, curation: Curation) -> bool:
    """Whether a person may do such steps, and so go on with one that somebody else began."""
    return bool(user.has_perm(f"catalog.change_{curation.kind}"))


def may_view(user: Any, curation: Curation) -> bool:
    return bool(user.has_perm("catalog.view_curation") or may_curate(user, curation))


def may_undo(user: Any, curation: Curation) -> bool:
    """Holders of the right, and curators their own steps of the last day; only what is done can be undone."""
    if curation.state != Curation.State.DONE:
        return False
    is_own = curation.curator_id == user.pk and timezone.now() - curation.created_at < OWN_UNDO
    return bool(user.has_perm("catalog.undo_curation") or (is_own and may_curate(user, curation)))
