"""`--set NAME=VALUE` of the training commands: changes to a frozen dataclass of settings."""

import ast
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from ml.errors import DataError


def change_settings(settings: Any, changes: Sequence[str]) -> Any:
    """Replace fields, `epochs=3` or `features.bits=18`, by values of the same types, all at once.

    Raises DataError for a name that the settings do not have, or a value that they refuse.
    """
    values: dict[str, Any] = {}
    for change in changes:
        name, separator, text = change.partition("=")
        first, _, rest = name.strip().partition(".")
        known = [field.name for field in fields(settings)]
        if not separator or first not in known:
            raise DataError(f"--set {change}: expected NAME=VALUE with a name out of {', '.join(known)}")
        current = values.get(first, getattr(settings, first))
        try:
            values[first] = (
                change_settings(current, [f"{rest}={text}"]) if rest else _parse(text.strip(), type(current))
            )
        except (SyntaxError, TypeError, ValueError) as error:
            raise DataError(f"--set {change}: {error}") from error
    try:
        return replace(settings, **values)
    except ValueError as error:
        raise DataError(f"--set {' '.join(changes)}: {error}") from error


def _parse(text: str, kind: type) -> Any:
    if issubclass(kind, str):
        return kind(text)
    value = ast.literal_eval(text)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise ValueError(f"expected a value of type {kind.__name__}")
    return value
