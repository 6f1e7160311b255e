"""Columns beyond Django's own: sealed texts, times that an import brings along, and scores read fast."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
from django.db import models
from django.utils.functional import cached_property

from accounts.encryption.data_keys import seal_text, text_opener, unseal_text
from accounts.encryption.sealing import SealError, name_of_key


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


class ScoresField(models.JSONField):
    """JSON, read by orjson: a page of entries holds thousands of scores. In migrations it is a plain JSONField."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return orjson.loads(value) if isinstance(value, str) else value

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs


class Sealed(bytes):
    """A text as the database has it. It is opened when somebody looks at it, and not before."""

    __slots__ = ()


class SealedAttribute:
    """What `entry.text` is: opens a sealed text at the first look, and remembers it with the object."""

    def __init__(self, field: "EncryptedTextField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: Any = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])  # it was deferred
        value = instance.__dict__[name]
        if isinstance(value, Sealed):
            value = instance.__dict__[name] = self.field.unseal(instance, value)
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.BinaryField):  # type: ignore[type-arg]
    """A text that is sealed with its owner's data key before it is stored, and opened when it is read.

    The row needs the owner's id as `user_id`, and in the attribute that `row_name` names something that tells it from
    the owner's other rows and is known before it is saved. The sealed text is bound to both, and to the names of model
    and field: whoever renames those has to seal everything anew. The database can't compare texts: whoever looks for
    one opens them. `values_list` gives Sealed.
    """

    descriptor_class = SealedAttribute
    _pyi_private_set_type: str | Sealed
    _pyi_private_get_type: str  # type: ignore[assignment]  # bytes, says BinaryField

    def __init__(self, *args: Any, row_name: str = "pk", **kwargs: Any) -> None:
        self.row_name = row_name
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"row_name": self.row_name}

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only=private_only)
        setattr(cls, self.attname, self.descriptor_class(self))

    def get_default(self) -> str:
        return ""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, Sealed):
            return super().get_prep_value(value)
        raise TypeError(f"{self.name} is encrypted: the database can neither compare it nor take it as it is")

    def get_lookup(self, lookup_name: str) -> Any:
        """`isnull` and, for the words of its TypeError, `exact`: Django names any other as unsupported."""
        return super().get_lookup(lookup_name) if lookup_name in {"isnull", "exact"} else None

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__[self.attname]
        if isinstance(value, Sealed) and add:
            value = self.unseal(model_instance, value)  # a copy that is a row of its own would never open
        return self.seal(model_instance, value) if isinstance(value, str) else value

    def seal(self, instance: models.Model, text: str) -> Sealed:
        """The text as the row's. Raises KeyMissing."""
        return Sealed(seal_text(self._owner_id(instance), text, f"{self.place} {self._row(instance)}"))

    def unseal(self, instance: models.Model, sealed: Sealed) -> str:
        """The text of the row. Raises KeyMissing, and SealError for what was changed or belongs elsewhere."""
        bound_to = f"{self.place} {self._row(instance)}"
        try:
            return unseal_text(self._owner_id(instance), sealed, bound_to)
        except SealError as error:
            raise SealError(f"{bound_to}, sealed with {name_of_key(sealed)}: {error}") from None

    def opener(self, user_id: int) -> Callable[[object, Any], str]:
        """What opens many texts of one person: takes the row's name and the Sealed that `values_list` gives.

        Raises KeyMissing; what it returns raises SealError.
        """
        return text_opener(user_id, self.place)

    @cached_property
    def place(self) -> str:
        """What a sealed text is bound to beside its owner and its row."""
        return f"{self.model._meta.label_lower}.{self.name}"

    @cached_property
    def _row_field(self) -> Any:
        meta = self.model._meta
        return meta.pk if self.row_name == "pk" else meta.get_field(self.row_name)

    def _row(self, instance: models.Model) -> str:
        row = self._row_field.to_python(getattr(instance, self.row_name))
        return bytes(row).hex() if isinstance(row, bytes | memoryview) else str(row)

    @staticmethod
    def _owner_id(instance: models.Model) -> int:
        return int(instance.user_id)  # type: ignore[attr-defined]

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(
            "dumpdata would write what people wrote in plain: use the database's own dump, or a person's own export"
        )
