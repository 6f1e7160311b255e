"""The roles of staff: a group each, whose rights moduhyu/roles.py names."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody of the staff does here. The value is the name of the group."""

    CURATOR = "curator", _("큐레이터")
    LEAD_CURATOR = "lead_curator", _("책임 큐레이터")
    OPERATOR = "operator", _("운영자")


def show_group(name: str) -> str:
    """What a group is called in the language of who looks: a role by its own word, any other as it was named."""
    return str(Role(name).label) if name in Role.values else name
