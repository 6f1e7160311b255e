"""What the pages of accounts ask for."""

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import Provider
from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def social_providers(context: template.Context) -> list[Provider]:
    """Those that the environment names, in the order of their buttons; allauth's own tag sorts them by name."""
    providers: list[Provider] = get_adapter().list_providers(context["request"])
    return providers
