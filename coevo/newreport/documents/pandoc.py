"""Markdown through pandoc: read once, then written in each format."""

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from coevo.newreport.markup import READER, escaped

Files = Mapping[str, str | bytes]
Node = Any  # of pandoc's tree of a document: a mapping of its kind `t` and content `c`, or a list

# Variables, italic in running text; initials, units and parts of names are none.
SYMBOLS = re.compile(
    r"(?<![A-Za-z0-9&'/.°-])"
    r"([CDETU](?![A-Za-z0-9&'’/-])|[abgxA](?=[₀-₉])|δ(?![A-Za-z0-9]))"
)
AS_IT_IS = ("Emph", "Header", "Link", "Code", "Math")  # parts in which no variable is marked
FORMULA = re.compile(r"([一-鿿]?)((?<![\\$])\$[^$\n]+\$(?!\$))(?=([一-鿿]?))")


def read(text: str, meta: Mapping[str, str], files: Mapping[str, str]) -> str:
    """Return Markdown as pandoc's JSON, with citations, numbers of sections and variables set.

    meta: title and words of the frame; files: `references.yaml` and styles of citations by name.
    """
    works = bibliography(files["references.yaml"], meta["language"])
    beside = {"works.json": json.dumps(works), "style.csl": files[meta["citations"]]}
    options = ["--citeproc", "--bibliography=works.json", "--csl=style.csl"]
    options += ["--metadata=link-citations", "--fail-if-warnings"]
    document = json.loads(pandoc(FORMULA.sub(_apart, text), READER, "json", options, meta, beside))
    document["blocks"] = slanted(numbered(document["blocks"]))
    return json.dumps(document)


def write(
    source: str, target: str, options: list[str], meta: Mapping[str, str], files: Files
) -> bytes:
    """Return what `read` made in pandoc's format `target`; files: what options and text name."""
    options = ["--standalone", "--lua-filter=filter.lua", *options]
    return pandoc(source, "json", target, options, meta, files)


def pandoc(
    text: str, source: str, target: str, options: list[str],
    meta: Mapping[str, str], files: Files,
) -> bytes:  # fmt: skip
    """Return a text put from format to format, in a folder with the files that it needs."""
    import pypandoc

    # Pandoc reads metadata as Markdown, and the title of the page is plain text.
    known = json.dumps({**meta, "pagetitle": escaped(meta["pagetitle"])}, ensure_ascii=False)
    # Tables wider than a column (all) take their relative widths from the dashes of their rule.
    options = [*options, "--wrap=none", "--columns=1", "--eol=lf", "--metadata-file=meta.json"]
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {**files, "meta.json": known}.items():
            place = Path(folder, name)
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        made = Path(folder, "made")
        pypandoc.convert_text(
            text, target, format=source, extra_args=options, outputfile=made, cworkdir=folder
        )
        return made.read_bytes()


def _apart(formula: re.Match[str]) -> str:
    """Return a formula with a space between it and a Chinese character beside it."""
    before, itself, after = formula.groups()
    return f"{before}{' ' * len(before)}{itself}{' ' * len(after)}"


def numbered(blocks: list[Node]) -> list[Node]:
    """Return blocks whose headings open with their number, in the annex with a letter."""
    made, section, part, annexes = [], 0, 0, 0
    for block in blocks:
        if block["t"] == "Header" and "unnumbered" not in block["c"][1][1]:
            level, attributes, content = block["c"]
            annex = "annex" in attributes[1]
            annexes += annex
            section += level == 1 and not annex
            part = 0 if level == 1 else part + 1
            number = chr(ord("A") + annexes - 1) if annexes else str(section)
            number += f".{part}" if part else ""
            mark = {"t": "Str", "c": f"{number}\u2002"}
            block = {"t": "Header", "c": [level, attributes, [mark, *content]]}
        made.append(block)
    return made


def slanted(node: Node) -> Node:
    """Return a part of a document with its variables in italics, but for references."""
    if isinstance(node, list):
        return [part for item in node for part in _cut(item)]
    if not isinstance(node, dict) or node.get("t") in AS_IT_IS or "c" not in node:
        return node
    if node["t"] == "Div" and "references" in node["c"][0][1]:
        return node
    return {"t": node["t"], "c": slanted(node["c"])}


def _cut(node: Node) -> list[Node]:
    """Return what becomes of a part of a list: a word is cut where a variable stands in it."""
    if not isinstance(node, dict) or node.get("t") != "Str":
        return [slanted(node)]
    parts = [{"t": "Str", "c": part} for part in SYMBOLS.split(node["c"])]
    marked = [{"t": "Emph", "c": [part]} if i % 2 else part for i, part in enumerate(parts)]
    return [part for part in marked if part["c"]]


def bibliography(source: str, language: str) -> list[dict[str, Any]]:
    """Return the works in `source` as CSL-JSON; a work in `language` has its fields in it."""
    works = yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return [_work(entry, language) for entry in works["references"]]


def _work(entry: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return a work: a year becomes CSL's date, fields by language those of the language."""
    fields = {name: value for name, value in entry.items() if not isinstance(value, Mapping)}
    fields |= entry.get(language, {})
    dated = {"issued": {"date-parts": [[fields["issued"]]]}} if "issued" in fields else {}
    return fields | dated
