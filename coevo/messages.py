"""A message of a table: a key with typed fields, put into words by the phrases of a language.

And the room that a text takes: characters may be as wide as two letters, as Chinese has.
"""

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

# For use inside [] of a regular expression, here and in a browser.
WIDE = "\u2e80-\u303e\u3041-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60\uffe0-\uffe6"
QUOTES = "“”‘’—…"  # marks that are wide in Chinese text and narrow in other
THIN = "\u202f"  # the narrow space that does not break, between thousands
_WIDE = re.compile(f"[{WIDE}]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


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


def has_wide(text: str) -> bool:
    """Whether a text needs a font that holds Chinese."""
    return bool(_WIDE.search(text))


def thin(text: str) -> str:
    """A text with the space between thousands that the report prints."""
    return _THOUSANDS.sub(THIN, text)


def room(text: str) -> int:
    """Letters whose room a text takes: wide and full-width characters two, marks none.

    By the property East Asian Width (Unicode, Annex 11); characters that depend on the font
    (`ambiguous`) count as one.
    """
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )
