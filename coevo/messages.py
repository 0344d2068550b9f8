"""A message of a table: a key with typed fields, put into words by the phrases of a language."""

import json
import math
from collections.abc import Mapping
from typing import Any


def message_columns(key: str, fields: Mapping[str, Any]) -> dict[str, str]:
    """Return the columns `message` and `fields` of a row: a key, and its fields as JSON.

    fields: text, numbers, and lists and mappings of them; a number that is not finite becomes null.
    """
    return {"message": key, "fields": packed(fields)}


def packed(fields: Mapping[str, Any]) -> str:
    """Return the fields of a message as JSON; "" where there are none."""
    return json.dumps(_plain(fields), ensure_ascii=False) if fields else ""


def unpacked(text: Any) -> dict[str, Any]:
    """Return the fields of a message that `packed` wrote."""
    return dict(json.loads(text)) if text else {}


def _plain(value: Any) -> Any:
    """Return a field as JSON knows it: numbers of numpy as numbers of Python."""
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
