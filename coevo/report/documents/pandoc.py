"""One Markdown text through pandoc, read once: what every format shares."""

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coevo.report.documents.references import bibliography
from coevo.report.words.markup import READER, escaped

FILES = ("charts.lua", "word.lua", "page.html", "report.typ")  # as options may name them


def document(text: str, files: Mapping[str, Any], metadata: Mapping[str, str]) -> str:
    """Markdown as pandoc reads it (its JSON) with citations and symbols set, for all formats."""
    works = bibliography(files["references.yaml"], metadata["language"])
    own = {"references.json": json.dumps(works), "style.csl": files[metadata["citations"]]}
    own["symbols.lua"] = files["symbols.lua"]
    options = [
        "--citeproc", "--bibliography=references.json", "--csl=style.csl",
        "--metadata=link-citations", "--lua-filter=symbols.lua",
    ]  # fmt: skip
    return _made(text, READER, "json", options, metadata, own).decode()


def converted(
    source: str, target: str, files: Mapping[str, Any], options: list[str],
    metadata: Mapping[str, str], own: Mapping[str, str | bytes] | None = None,
) -> bytes:  # fmt: skip
    """A document in pandoc's format `target`.

    source: made by `document`; own: files beside `FILES` that the options or the text name.
    """
    needed = {name: files[name] for name in FILES} | dict(own or {})
    options = ["--standalone", "--lua-filter=charts.lua", *options]
    return _made(source, "json", target, options, metadata, needed)


def _made(
    text: str, source: str, target: str, options: list[str],
    metadata: Mapping[str, str], needed: Mapping[str, str | bytes],
) -> bytes:  # fmt: skip
    """A text through pandoc, from format to format, in a folder with the files that it needs."""
    import pypandoc

    # Pandoc reads metadata as Markdown, and the title of the page is plain text.
    meta = {**metadata, "pagetitle": escaped(metadata["pagetitle"])}
    needed = {**needed, "meta.json": json.dumps(meta)}
    arguments = [
        *options,
        "--wrap=none",
        # Tables wider than this (all) take their relative widths from the dashes of their rule.
        "--columns=1",
        "--eol=lf",
        "--metadata-file=meta.json",
    ]
    with tempfile.TemporaryDirectory() as scratch:
        folder, made = Path(scratch), Path(scratch) / "made"
        for name, content in needed.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        placed = [
            option.replace("=", f"={folder}/") if option.partition("=")[2] in needed else option
            for option in (*arguments, f"--resource-path={folder}")
        ]
        pypandoc.convert_text(text, target, format=source, extra_args=placed, outputfile=made)
        return made.read_bytes()


def charts(source: str) -> list[str]:
    """Names of the charts that a document or a text shows, in their order."""
    return list(dict.fromkeys(re.findall(r"figures/(\w+)\.svg", source)))
