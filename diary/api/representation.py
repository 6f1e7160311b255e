"""What serializers give for objects, without most of what it costs: each serializer is taken apart once.

REST framework looks up every attribute of every object through several layers, which was most of the time that a page
of entries took. What there is to give stays with the serializers, for this module as for the schema.
"""

from collections.abc import Callable, Collection
from operator import attrgetter, itemgetter
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

    Attributes are taken as they are: none is called, and one that is missing raises AttributeError (KeyError in a
    dictionary). What methods of the serializer make comes last. Raises TypeError for a serializer that represents its
    objects in a way of its own. Fields of the names `leaves_out` are not given.
    """

    def __init__(self, serializer: serializers.BaseSerializer[Any], leaves_out: Collection[str] = ()) -> None:
        if type(serializer).to_representation is not serializers.Serializer.to_representation:
            raise TypeError(f"{type(serializer).__name__} represents its objects in a way of its own")
        own: list[Any] = list(serializer.fields.values())  # type: ignore[attr-defined]
        fields = [field for field in own if not field.write_only and field.field_name not in leaves_out]
        made = [field for field in fields if isinstance(field, serializers.SerializerMethodField)]
        taken = [field for field in fields if field not in made]
        self._methods = [(field.field_name, getattr(serializer, field.method_name)) for field in made]
        self._conversions = [(field.field_name, _conversion(field)) for field in taken]
        self._attributes, self._items = (_getter(kind, taken) for kind in (attrgetter, itemgetter))

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The object as JSON's types."""
        values = self._items(instance) if isinstance(instance, dict) else self._attributes(instance)
        json = {
            name: None if value is None else convert(value)
            for (name, convert), value in zip(self._conversions, values, strict=True)
        }
        for name, method in self._methods:
            json[name] = method(instance)
        return json


def _getter(kind: Callable[..., Convert], fields: list[Any]) -> Convert:
    """What takes the values of the fields from an object, as a tuple."""
    if len(fields) > 1:
        return kind(*(field.source for field in fields))
    getters: list[Convert] = [kind(field.source) for field in fields]  # of one name, they would give its value alone
    return lambda instance: tuple(get(instance) for get in getters)


def _conversion(field: Any) -> Convert:
    kind = type(field)
    if kind is serializers.DictField:
        return _of_dict(_conversion(field.child))
    if kind is serializers.ListSerializer:
        return _of_list(Representation(field.child).to_representation)
    if isinstance(field, serializers.BaseSerializer):
        return Representation(field).to_representation
    convert: Convert = _CONVERSIONS.get(kind, field.to_representation)
    return convert


def _of_list(convert: Convert) -> Convert:
    return lambda values: [convert(value) for value in values]


def _of_dict(convert: Convert) -> Convert:
    return lambda values: {str(key): None if value is None else convert(value) for key, value in values.items()}
