"""One Markdown text through pandoc: what every format shares."""

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coevo.report.documents.references import bibliography
from coevo.report.words.markup import READER, escaped

FILES = ("charts.lua", "word.lua", "page.html", "report.typ")  # as options may name them


def converted(
    text: str, target: str, files: Mapping[str, Any], options: list[str],
    metadata: Mapping[str, str], own: Mapping[str, str | bytes] | None = None,
) -> bytes:  # fmt: skip
    """The text in pandoc's format `target`.

    own: files beside those of `FILES` that the options or the text name.
    """
    import pypandoc

    # Pandoc reads metadata as Markdown, and the title of the page is plain text.
    meta = {**metadata, "pagetitle": escaped(metadata["pagetitle"])}
    works = bibliography(files["references.yaml"], metadata["language"])
    needed = {
        **{name: files[name] for name in FILES},
        "meta.json": json.dumps(meta),
        "references.json": json.dumps(works),
        "style.csl": files[metadata["citations"]],
        **(own or {}),
    }
    arguments = [
        # citations are resolved before the filter that writes captions out
        *("--citeproc", "--bibliography=references.json", "--csl=style.csl"),
        "--metadata=link-citations",
        "--standalone",
        "--wrap=none",
        # Tables wider than this (all) take their relative widths from the dashes of their rule.
        "--columns=1",
        "--eol=lf",
        "--lua-filter=charts.lua",
        "--metadata-file=meta.json",
        *options,
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
        pypandoc.convert_text(text, target, format=READER, extra_args=placed, outputfile=made)
        return made.read_bytes()


def charts(text: str) -> list[str]:
    """Names of the charts that a text shows, in their order."""
    return list(dict.fromkeys(re.findall(r"figures/(\w+)\.svg", text)))
