"""The objects of a PDF in one order: their writer numbers fonts anew in every process."""

import re

_NAMED = re.compile(rb"(?:^ +/[A-Za-z]+\d+ \d+ 0 R\n)+", re.MULTILINE)
_NUMBER = re.compile(rb"\b(\d+)(?= 0 (?:R|obj)\b)")


def ordered(data: bytes) -> bytes:
    """A PDF with its objects numbered and stored in the order in which they are first referred to.

    The walk begins at the trailer; resources (`/fo1 8 0 R`) are sorted by name before. The file has
    one table of objects, as a new file has, and no compressed ones.
    """
    table, trailer = data.rindex(b"\nxref\n") + 1, data.rindex(b"\ntrailer\n") + 1
    places = [int(line[:10]) for line in data[table:trailer].splitlines()[2:]]
    ends = sorted([*places[1:], table])
    parts = [data[place : ends[ends.index(place) + 1]] for place in places[1:]]
    # What stands before a stream is text; a stream may hold any bytes.
    objects = [part.partition(b"\nstream\n") for part in parts]
    heads = [_NAMED.sub(_sorted, head) for head, *_ in objects]
    last = data[trailer : data.rindex(b"startxref\n")]
    found = list(dict.fromkeys(map(int, _NUMBER.findall(last))))
    for number in found:  # which grows on the way
        referred = map(int, _NUMBER.findall(heads[number - 1]))
        found += [other for other in dict.fromkeys(referred) if other not in found]
    new = {old: b"%d" % place for place, old in enumerate(found, start=1)}

    def renumbered(text: bytes) -> bytes:
        return _NUMBER.sub(lambda match: new[int(match[1])], text)

    out, rows = bytearray(data[: ends[0]]), [b"0000000000 65535 f\r\n"]
    for number in found:
        rows.append(b"%010d 00000 n\r\n" % len(out))
        out += renumbered(heads[number - 1]) + b"".join(objects[number - 1][1:])
    size = b"%d" % len(rows)
    last = re.sub(rb"/Size \d+", b"/Size " + size, renumbered(last))
    start = b"startxref\n%d\n%%%%EOF" % len(out)
    return bytes(out) + b"xref\n0 " + size + b"\n" + b"".join(rows) + last + start


def _sorted(entries: re.Match[bytes]) -> bytes:
    return b"".join(sorted(entries[0].splitlines(keepends=True)))
