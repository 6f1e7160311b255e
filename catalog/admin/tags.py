"""The tags of an item on its page: what stands, where it comes from, and what the model says besides."""

from typing import Any

from django.contrib import admin
from django.forms import Field
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.curation.words import NOTHING, score_text
from catalog.models import Kind, MovieTag, Source, TrackTag


def remember_shown(field: Field | None) -> Field | None:
    """Have a form carry what it showed: what somebody else changed since is not taken for a change of its sender's."""
    if field:
        field.show_hidden_initial = True
    return field


class TagInline(admin.TabularInline):
    """A score that a curator changes here becomes a curated tag."""

    kind: Kind
    extra = 0
    max_num = 0  # every item has one row a tag
    can_delete = False  # a tag that does not fit is set to 0, and then stays so through every import

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return remember_shown(super().formfield_for_dbfield(db_field, request, **kwargs))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tags are a part of their item: who may see it sees them."""
        return request.user.has_perm(f"catalog.view_{self.kind}") or self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(f"catalog.change_{self.kind}")

    @admin.display(description=_("모델의 판단"))
    def model_word(self, tag: MovieTag | TrackTag) -> str:
        """What the model says where a curator's word stands."""
        if tag.model_score is None:
            return NOTHING
        return f"{score_text(self.kind, tag.model_score)} ({Source(tag.model_source).label})"


class MovieTagInline(TagInline):
    kind = Kind.MOVIE
    model = MovieTag
    fields = ("emotion", "score", "source", "model_word")
    readonly_fields = ("emotion", "source", "model_word")


class TrackTagInline(TagInline):
    kind = Kind.TRACK
    model = TrackTag
    fields = ("mood", "score", "source", "model_word")
    readonly_fields = ("mood", "source", "model_word")
