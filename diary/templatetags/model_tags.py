"""Figures of models in the reader's language; a dash where there is none."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

register = template.Library()

NOTHING = "–"
SOURCES = {"all": _("모두"), "corpus": _("일기"), "real_lines": _("댓글과 짧은 글")}


@register.filter
def share(value: float | None) -> str:
    """0.6947 → 69.5%."""
    return f"{number_format(round(value * 100, 1), 1)}%" if isinstance(value, float) else NOTHING


@register.filter
def figure(value: float | None) -> str:
    """0.6797 → 0.680."""
    return number_format(round(value, 3), 3) if isinstance(value, float) else NOTHING


@register.filter
def whole(count: int) -> str:
    """18287 → 18,287."""
    return str(number_format(count, 0, force_grouping=True))


@register.filter
def mebibytes(size: int | None) -> str:
    """Bytes → 7.4 MiB."""
    return f"{number_format(round(size / 2**20, 1), 1)} MiB" if size else NOTHING


@register.filter
def source_name(source: str) -> str:
    """`corpus` → 일기: the texts that figures were measured on."""
    return str(SOURCES.get(source, source))
