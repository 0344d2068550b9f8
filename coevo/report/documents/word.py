"""The report as a Word document."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from coevo.report.documents.pages import charts, converted
from coevo.report.words.markup import plain_text

MADE = "2000-01-01T00:00:00Z"  # the same in every build, like the dates of the parts

_SPACE = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
}


def docx(
    source: str, files: Mapping[str, Any], data: Mapping[str, Any], metadata: Mapping[str, str]
) -> bytes:
    """The report as a Word document: its own styles, fields with their values, fixed dates."""
    # Without a language pandoc looks up no words of its own, and leaves the styles as they are.
    spoken = {key: value for key, value in metadata.items() if key != "lang"}
    beside: dict[str, str | bytes] = {
        f"figures/{name}.png": files[f"{name}.png"]
        for name in charts(source)
        if f"{name}.png" in files
    }
    beside["reference.docx"] = _packed(reference(files, metadata))
    options = ["--reference-doc=reference.docx", "--syntax-highlighting=none"]
    document = converted(source, "docx", files, options, spoken, beside)
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        parts = {name: archive.read(name) for name in sorted(archive.namelist())}
    return _packed(finished(parts, metadata))


def reference(files: Mapping[str, Any], metadata: Mapping[str, str]) -> dict[str, str]:
    """Parts that pandoc takes from a reference document: styles, page, header and footer.

    What is not here pandoc takes from its own reference document.
    """
    page = files["word_page.xml"]
    for key in ("kicker", "years"):
        page = page.replace(f"{{{key}}}", escape(plain_text(metadata[key])))
    _, *parts = re.split(r"<!-- part (\S+) -->\n", page)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    named = zip(parts[::2], parts[1::2], strict=True)
    return {name: head + part for name, part in named} | {"word/styles.xml": files["word.xml"]}


def _packed(parts: Mapping[str, str | bytes]) -> bytes:
    """Parts as a zip whose bytes depend on them alone; the list of types comes first."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts):
            entry = zipfile.ZipInfo(name)  # of 1980, the first date that a zip can hold
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, parts[name])
    return packed.getvalue()


def finished(parts: Mapping[str, bytes], metadata: Mapping[str, str]) -> dict[str, bytes]:
    """Pandoc's parts with full-width tables and fixed properties."""
    changes: dict[str, Callable[[ElementTree.Element], None]] = {
        "word/document.xml": _body,
        "docProps/core.xml": lambda root: _properties(root, metadata),
    }
    return dict(parts) | {name: _changed(parts[name], change) for name, change in changes.items()}


def _changed(part: bytes, change: Callable[[ElementTree.Element], None]) -> bytes:
    """A part after `change` of its root, under the prefixes it had.

    The library keeps prefixes for the whole process: no part means another space by the same one.
    """
    for _, (prefix, space) in ElementTree.iterparse(io.BytesIO(part), ["start-ns"]):
        ElementTree.register_namespace(prefix, space)
    root = ElementTree.fromstring(part)  # written by pandoc
    change(root)
    return bytes(ElementTree.tostring(root, "UTF-8", xml_declaration=True))


def _word(name: str) -> str:
    return f"{{{_SPACE['w']}}}{name}"


def text_width(root: ElementTree.Element) -> int:
    """Width between the margins, in twentieths of a point: the columns of every table fill it."""
    size, margins = (root.find(f".//w:sectPr/w:{name}", _SPACE) for name in ("pgSz", "pgMar"))
    assert size is not None and margins is not None
    return int(size.get(_word("w"), 0)) - sum(
        int(margins.get(_word(side), 0)) for side in ("left", "right")
    )


def _body(root: ElementTree.Element) -> None:
    """Columns between the margins, rows that no page end cuts, captions by what they name.

    A picture that states no distance to the text around it gets one in some programs.
    """
    between = text_width(root)
    for table in root.iterfind(".//w:tbl", _SPACE):
        columns = table.findall("w:tblGrid/w:gridCol", _SPACE)
        widths = [int(column.get(_word("w"), 0)) for column in columns]
        for column, width in zip(columns, widths, strict=True):
            column.set(_word("w"), str(width * between // sum(widths)))
        for row in table.iterfind("w:tr", _SPACE):
            _first(row, "trPr").insert(0, ElementTree.Element(_word("cantSplit")))
    for paragraph in root.iterfind(".//w:tblStyle[@w:val='Panels']/../..//w:p", _SPACE):
        _keep(paragraph)
    for before, block in pairwise(root.iterfind("w:body/*", _SPACE)):
        captioned = _in_style(block, "Source") or block.tag == _word("tbl")
        if captioned and _in_style(before, "Caption"):
            _keep(before)
    for picture in root.iterfind(".//wp:inline", _SPACE):
        picture.attrib.update(dict.fromkeys(("distT", "distB", "distL", "distR"), "0"))


def _in_style(block: ElementTree.Element, style: str) -> bool:
    return block.find(f"w:pPr/w:pStyle[@w:val='{style}']", _SPACE) is not None


def _keep(paragraph: ElementTree.Element) -> None:
    """Keep a paragraph on the page of what follows it."""
    _first(paragraph, "pPr").insert(1, ElementTree.Element(_word("keepNext")))


def _first(parent: ElementTree.Element, name: str) -> ElementTree.Element:
    """The properties of an element, made where it has none."""
    properties = parent.find(f"w:{name}", _SPACE)
    if properties is None:
        properties = ElementTree.Element(_word(name))
        parent.insert(0, properties)
    return properties


def _properties(root: ElementTree.Element, metadata: Mapping[str, str]) -> None:
    for name in ("created", "modified"):
        for element in root.iterfind(f"dcterms:{name}", _SPACE):
            element.text = MADE
    for element in root.iterfind("dc:creator", _SPACE):
        element.text = plain_text(metadata["generator-name"])
    language = ElementTree.SubElement(root, f"{{{_SPACE['dc']}}}language")
    language.text = metadata["lang-office"]
