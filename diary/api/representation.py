"""What serializers give for objects, without most of what it costs: each serializer is taken apart once.

REST framework looks up every attribute of every object through several layers, which was most of the time that a page
of entries took. What there is to give stays with the serializers, for this module as for the schema.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from rest_framework import serializers

Convert = Callable[[Any], Any]

# What becomes of the values of these fields, but not of their subclasses'; any other field converts by itself.
_CONVERSIONS: dict[type[Any], Convert] = {
    serializers.BooleanField: bool,
    serializers.CharField: str,
    serializers.FloatField: float,
    serializers.IntegerField: int,
    serializers.URLField: str,
    serializers.UUIDField: str,
}


class Representation:
    """Gives what `serializer.to_representation` gives, for objects and for dictionaries.

    Attributes are taken as they are: none is called, and one that is missing raises AttributeError. Raises TypeError
    for a serializer that represents its objects in a way of its own.
    """

    def __init__(self, serializer: serializers.BaseSerializer[Any]) -> None:
        if type(serializer).to_representation is not serializers.Serializer.to_representation:
            raise TypeError(f"{type(serializer).__name__} represents its objects in a way of its own")
        fields = [field for field in serializer.fields.values() if not field.write_only]  # type: ignore[attr-defined]
        self._parts = [(field.field_name, field.source, _getter(field), _conversion(field)) for field in fields]

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The object as JSON's types."""
        if isinstance(instance, dict):
            return {
                name: None if (value := instance[source]) is None else convert(value)
                for name, source, _get, convert in self._parts
            }
        return {
            name: None if (value := get(instance)) is None else convert(value)
            for name, _source, get, convert in self._parts
        }


def _getter(field: Any) -> Convert:
    return _itself if isinstance(field, serializers.SerializerMethodField) else attrgetter(field.source)


def _conversion(field: Any) -> Convert:
    kind = type(field)
    if kind is serializers.DictField:
        return _of_dict(_conversion(field.child))
    if kind is serializers.ListSerializer:
        return _of_list(Representation(field.child).to_representation)
    if isinstance(field, serializers.BaseSerializer):
        return Representation(field).to_representation
    if isinstance(field, serializers.SerializerMethodField):
        return getattr(field.parent, field.method_name)  # type: ignore[no-any-return, arg-type]
    return _CONVERSIONS.get(kind, field.to_representation)


def _itself(instance: Any) -> Any:
    return instance


def _of_list(convert: Convert) -> Convert:
    return lambda values: [convert(value) for value in values]


def _of_dict(convert: Convert) -> Convert:
    return lambda values: {str(key): None if value is None else convert(value) for key, value in values.items()}
