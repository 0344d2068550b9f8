"""Characters as wide as two letters, as Chinese has, and the room that a text takes."""

import re
import unicodedata

# For use inside [] of a regular expression, here and in a browser.
WIDE = "\u2e80-\u303e\u3041-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60\uffe0-\uffe6"
QUOTES = "“”‘’—…"  # marks that are wide in Chinese text and narrow in other
_WIDE = re.compile(f"[{WIDE}]")


def has_wide(text: str) -> bool:
    """Whether a text needs a font that holds Chinese."""
    return bool(_WIDE.search(text))


def room(text: str) -> int:
    """Letters whose room a text takes: wide and full-width characters two, marks none.

    By the property East Asian Width (Unicode, Annex 11); characters that depend on the font
    (`ambiguous`) count as one.
    """
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )
