"""What curators look for again and again: addresses of the lists, each under a name."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.curation import Kind

NAME_LENGTH, QUERY_LENGTH = 60, 1_000


class SavedSearch(models.Model):
    """A list with its filters, under a name that its owner gave it; nobody else sees it."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("큐레이터"), on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(_("종류"), max_length=5, choices=Kind.choices)
    name = models.CharField(_("이름"), max_length=NAME_LENGTH)
    query = models.CharField(
        _("주소"), max_length=QUERY_LENGTH, help_text="What follows the question mark of the address."
    )

    class Meta:
        verbose_name = _("저장한 조건")
        verbose_name_plural = _("저장한 조건")
        ordering = ("name", "pk")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["owner", "kind", "name"], name="one_search_a_name")]

    def __str__(self) -> str:
        return self.name
