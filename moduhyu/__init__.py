"""The project: settings, URLs, and the parts joined together."""

from moduhyu.celery import app as celery_app

__all__ = ["celery_app"]
