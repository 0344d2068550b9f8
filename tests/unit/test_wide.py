"""What is a wide character: the ranges of regular expressions and the room of a text agree."""

import re
import unicodedata

from coevo.messages import QUOTES, WIDE, has_wide, room


def test_characters_of_the_ranges_take_the_room_of_two_letters() -> None:
    other = {"Cn", "Mn", "Mc"}  # unassigned, and marks upon a letter
    points = map(chr, range(0x2E80, 0xFFF0))
    held = [c for c in points if re.match(f"[{WIDE}]", c)]
    narrow = [c for c in held if room(c) != 2 and unicodedata.category(c) not in other]
    # numbers in circles on black squares, which a font may draw either way
    assert all(0x3248 <= ord(c) <= 0x324F for c in narrow)
    assert set("浙江，。（）《》！？％＝、々ー") <= set(held)


def test_room_of_a_text() -> None:
    assert room("浙江 D（2023）") == 14
    assert room("ｘ，") == 4 and room("›…") == 2 and room("") == 0
    assert room("Zhejiang – “x”") == 14 and room("e\u0301") == 1
    assert has_wide("D（") and not has_wide(f"D {QUOTES} ₁ · x̄ Ω")
