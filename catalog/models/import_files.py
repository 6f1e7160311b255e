"""Files of curators between their preview and their import: only what they would change is kept, never the file."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.curation import Curation, Kind

KEPT_FOR = timedelta(days=1)


class ImportFile(models.Model):
    """A file that a curator has uploaded, as it was read; `curation` is the step that imports it, once confirmed.

    `errors` are [number of the row, heading of the column or "", message], in the language of who uploaded it.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    name = models.CharField(_("파일 이름"), max_length=100)
    row_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    columns = models.JSONField(default=list)
    ignored_columns = models.JSONField(default=list)
    errors = models.JSONField(default=list)
    curation = models.OneToOneField(Curation, null=True, on_delete=models.SET_NULL, related_name="import_file")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    @property
    def failed_count(self) -> int:
        """How many rows can't be imported; a row may have several errors."""
        return len({number for number, _column, _message in self.errors})


class ImportRow(models.Model):
    """What one row of a file would change of a film or track: field → value, and name of a tag → score.

    `protected` are the names of those tags that had a curator's word when the file was read. The row is deleted when
    its step has done it.
    """

    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    item_id = models.BigIntegerField()
    facts = models.JSONField(default=dict)
    scores = models.JSONField(default=dict)
    protected = models.JSONField(default=list)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["file", "item_id"], name="one_row_per_file_and_item")]

    def __str__(self) -> str:
        return f"{self.file}: {self.number}"
