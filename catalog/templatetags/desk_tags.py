"""Template tags of the curators' desk."""

from typing import Any

from django import template

from catalog.desk.colleagues import name_colleague

register = template.Library()


@register.simple_tag(takes_context=True)
def colleague(context: dict[str, Any], person: Any) -> str:
    """Somebody of the staff, named as the person who looks may know them."""
    return name_colleague(person, context["request"].user)
