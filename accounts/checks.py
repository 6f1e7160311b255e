"""Whether the site has the keys that it needs."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Count

from accounts.encryption.master_keys import is_known


def check_master_keys(databases: Sequence[str] | None = None, **options: Any) -> list[checks.CheckMessage]:
    """An error for each master key that wraps data keys in the database, and that the site does not have."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    DataKey = apps.get_model("accounts", "DataKey")  # this module is read before there are models
    if DataKey._meta.db_table not in connections[DEFAULT_DB_ALIAS].introspection.table_names():
        return []  # the database is still to be made
    rows = DataKey.objects.values_list("master_key_id").annotate(count=Count("pk")).order_by("master_key_id")
    return [_missing(key_id, count) for key_id, count in rows if not is_known(key_id)]


def _missing(key_id: str, count: int) -> checks.CheckMessage:
    return checks.Error(
        f"The master key {key_id} is missing: what {count:,} people wrote can't be opened.",
        hint=f"Put the file {settings.VAR_DIR}/encryption_keys back, or add the key to ENCRYPTION_KEYS. "
        "Nothing is lost until then.",
        id="accounts.E001",
    )
