"""The report as PDF, set by Typst, and as a Word document."""

import io
import re
import zipfile
from collections.abc import Mapping
from html import escape

from coevo.newreport.documents.pandoc import Files, write
from coevo.newreport.documents.typesetting import typeset, with_stand_ins
from coevo.newreport.markup import plain_text

TIMESTAMP = 0  # the PDF carries no date of its own, so that two builds give the same bytes
MADE = "2000-01-01T00:00:00Z"  # the same in every Word document
UNCUT = "<w:cantSplit/>"  # a row that no page end cuts
CLOSE = '<wp:inline distT="0" distB="0" distL="0" distR="0">'  # a picture without room around it
BETWEEN = (7920, 9184)  # width of a table in pandoc's grid, and between the margins of word.xml


def pdf(source: str, images: Files, meta: Mapping[str, str], files: Mapping[str, str]) -> bytes:
    """Return the report as tagged PDF in the installed fonts, with fixed metadata.

    source: what `read` made; images: SVG by path. What raw files say in characters that no font
    holds has 〓 for each.

    Raises
    ------
    StudyError
        A character of the title or of a chart that none of the fonts holds.
    """
    beside = {name: files[name] for name in ("report.typ", "filter.lua")}
    made = write(source, "typst-smart-citations", ["--template=report.typ"], meta, beside)
    charts = {path: str(image) for path, image in images.items() if path.endswith(".svg")}
    text = with_stand_ins(made.decode(), "".join([*meta.values(), *charts.values()]))
    options = {"format": "pdf", "timestamp": TIMESTAMP, "pdf_standards": "ua-1"}
    otherwise = " or leave pdf out of report.formats"
    return typeset({"report": text}, charts, otherwise, **options)["report"]


def docx(source: str, images: Files, meta: Mapping[str, str], files: Mapping[str, str]) -> bytes:
    """Return the report as a Word document in our styles, with fixed dates.

    source: what `read` made; images: PNG by path.
    """
    # Without a language pandoc looks up no words of its own, and leaves the styles as they are.
    spoken = {key: value for key, value in meta.items() if key != "lang"}
    beside = {path: image for path, image in images.items() if path.endswith(".png")}
    beside |= {"reference.docx": packed(parts(files["word.xml"], meta))}
    beside |= {"filter.lua": files["filter.lua"]}
    options = ["--reference-doc=reference.docx", "--syntax-highlighting=none"]
    with zipfile.ZipFile(io.BytesIO(write(source, "docx", options, spoken, beside))) as archive:
        made = {name: archive.read(name) for name in archive.namelist()}
    body, properties = "word/document.xml", "docProps/core.xml"
    made[body] = laid_out(made[body].decode()).encode()
    made[properties] = dated(made[properties].decode(), meta).encode()
    return packed(made)


def parts(text: str, meta: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of the reference document, each of which stands after its name."""
    for key in ("kicker", "years"):
        text = text.replace(f"{{{key}}}", escape(plain_text(meta[key])))
    _, *named = re.split(r"<!-- part (\S+) -->\n", text)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return {name: head + part for name, part in zip(named[::2], named[1::2], strict=True)}


def packed(members: Files) -> bytes:
    """Return parts as a zip whose bytes depend on them alone; the list of types comes first."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name)  # of 1980, the first date that a zip can hold
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, members[name])
    return file.getvalue()


def laid_out(body: str) -> str:
    """Return the body of a document with tables as wide as the text, of rows that are not cut."""
    body = body.replace("<wp:inline>", CLOSE).replace("<w:tr>", f"<w:tr><w:trPr>{UNCUT}</w:trPr>")
    body = body.replace(f"<w:trPr>{UNCUT}</w:trPr><w:trPr>", f"<w:trPr>{UNCUT}")

    def widened(column: re.Match[str]) -> str:
        return f'<w:gridCol w:w="{int(column[1]) * BETWEEN[1] // BETWEEN[0]}"'

    return re.sub(r'<w:gridCol w:w="(\d+)"', widened, body)


def dated(properties: str, meta: Mapping[str, str]) -> str:
    """Return the properties of a document with fixed dates, its maker and language."""
    properties = re.sub(r"(<dcterms:\w+[^>]*>)[^<]*", rf"\g<1>{MADE}", properties)
    maker = escape(plain_text(meta["generator-name"]))
    properties = re.sub(r"(<dc:creator>)[^<]*", rf"\g<1>{maker}", properties)
    return re.sub(r"(<dc:language>)[^<]*", rf"\g<1>{meta['lang-office']}", properties)
