"""The project as an app: it has templates, commands, and a check before it is deployed."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from moduhyu.celery import app as celery_app

__all__ = ["ModuhyuConfig", "celery_app"]  # tasks belong to the application that was made before them


class ModuhyuConfig(AppConfig):
    name = "moduhyu"

    def ready(self) -> None:
        """Have `manage.py check --deploy` look at what only shows in people's mails."""
        checks.register(check_site_url, checks.Tags.security, deploy=True)


def check_site_url(**options: Any) -> list[checks.CheckMessage]:
    """A warning where the links of reminders would lead nowhere, or one-click unsubscribing into a redirect."""
    if not settings.HTTPS or settings.SITE_URL.startswith("https://"):
        return []
    return [
        checks.Warning(
            f"The links of reminders lead to {settings.SITE_URL}, but the site is served over https.",
            hint="Set SITE_URL to the address of the site, such as https://diary.example.com.",
            id="moduhyu.W001",
        )
    ]
