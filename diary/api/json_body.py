"""Reads what bodies say: JSON as RFC 8259 has it between systems."""

import json
import math
from typing import Any

from django.utils.translation import gettext as _


class UnreadableJsonError(Exception):
    """A body that is no such JSON; the message says why, and quotes nothing of it."""


def read_json(body: bytes) -> Any:
    """UTF-8 without a BOM, finite numbers, each name once in its object. Raises UnreadableJsonError."""
    try:
        return json.loads(
            body.decode(),
            object_pairs_hook=_unique_names,
            parse_constant=_refuse_number,
            parse_float=_finite_number,
        )
    except RecursionError:
        raise UnreadableJsonError(_("JSON이 너무 깊어요.")) from None
    except UnicodeDecodeError:
        raise UnreadableJsonError(_("본문은 UTF-8로 보내 주세요.")) from None
    except ValueError:  # its message would quote the body
        raise UnreadableJsonError(_("본문이 올바른 JSON이 아니에요.")) from None


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of two values under one name, one would be lost unnoticed."""
    values = dict(pairs)
    if len(values) < len(pairs):
        raise UnreadableJsonError(_("JSON 객체 하나에 같은 이름이 두 번 있어요."))
    return values


def _finite_number(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_number(text)


def _refuse_number(text: str) -> float:
    raise ValueError("not a finite number")
