"""The same PDF comes out whatever numbers its writer gave to the objects."""

import re
from itertools import permutations

import pytest

from coevo.figures.pdf_objects import ordered

# What the objects say; {name} stands for the number of an object.
OBJECTS = {
    "catalog": b"<<\n  /Pages {page} 0 R\n>>",
    "page": b"<<\n  /Font <<\n    /fo0 {one} 0 R\n    /fo1 {two} 0 R\n  >>\n"
    b"  /Kids [{one} 0 R]\n>>",
    "one": b"<<\n  /Length 12\n>>\nstream\n7 0 R\n\x00\xff end\nendstream",
    "two": b"<<\n  /Up {page} 0 R\n>>",
}


def written(order: tuple[str, ...], swap: bool = False) -> bytes:
    """A PDF whose objects are numbered and stored in an order; `swap` puts /fo1 before /fo0."""
    out, rows = b"%PDF-1.7\n%\x80\n\n", [b"0000000000 65535 f\r\n"]
    for name in order:
        body = OBJECTS[name]
        if swap:
            body = re.sub(rb"(    /fo0 .*\n)(    /fo1 .*\n)", rb"\2\1", body)
        for other in order:
            body = body.replace(b"{%s}" % other.encode(), b"%d" % (order.index(other) + 1))
        rows.append(b"%010d 00000 n\r\n" % len(out))
        out += b"%d 0 obj\n%s\nendobj\n\n" % (order.index(name) + 1, body)
    last = b"trailer\n<<\n  /Size 5\n  /Root %d 0 R\n>>\n" % (order.index("catalog") + 1)
    end = b"startxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 5\n" + b"".join(rows) + last + end


@pytest.mark.parametrize("swap", [False, True])
def test_every_numbering_becomes_that_of_the_first_reference(swap):
    as_referred = written(("catalog", "page", "one", "two"))
    assert {ordered(written(order, swap)) for order in permutations(OBJECTS)} == {as_referred}


def test_a_stream_keeps_its_bytes_and_the_table_its_places():
    data = ordered(written(("two", "one", "catalog", "page")))
    assert b"stream\n7 0 R\n\x00\xff end\nendstream" in data
    rows = data[data.index(b"xref\n0 5\n") :].splitlines()[3:7]
    for number, row in enumerate(rows, start=1):
        assert data[int(row[:10]) :].startswith(b"%d 0 obj\n" % number)
    assert data[int(data.splitlines()[-2]) :].startswith(b"xref\n")
