"""Columns that Django's own fields do not know."""

from datetime import datetime
from typing import Any

from django.db import models


class KeptTimeField(models.DateTimeField):  # type: ignore[type-arg]
    """A time that saving sets (`auto_now`, `auto_now_add`), but that a new row may bring along, as an import's do.

    Django's own overwrites what it is given. In the database, and so in migrations, it is a plain DateTimeField.
    """

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        given: datetime | None = getattr(model_instance, self.attname)
        return given if add and given is not None else super().pre_save(model_instance, add)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs
