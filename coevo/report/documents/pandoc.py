"""One Markdown text through pandoc: what every format shares."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coevo.report.documents.references import bibliography
from coevo.report.words.markup import READER, escaped


def converted(
    text: str, target: str, files: Mapping[str, Any], folder: Path, options: list[str],
    metadata: Mapping[str, str], output: Path | None = None,
) -> str:  # fmt: skip
    """The text in pandoc's format `target`; `folder` is a scratch folder of the caller's.

    A format that is no text is written to the file `output`.
    """
    import pypandoc

    for name in ("charts.lua", "word.lua", "page.html", "report.typ"):
        (folder / name).write_text(files[name], encoding="utf-8")
    # Pandoc reads metadata as Markdown, and the title of the page is plain text.
    meta = {**metadata, "pagetitle": escaped(metadata["pagetitle"])}
    (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    arguments = [
        *_citing(files, folder, metadata),
        "--standalone",
        "--wrap=none",
        # Tables wider than this (all) take their relative widths from the dashes of their rule.
        "--columns=1",
        f"--lua-filter={folder / 'charts.lua'}",
        f"--metadata-file={folder / 'meta.json'}",
        *options,
    ]
    made: str = pypandoc.convert_text(
        text, target, format=READER, extra_args=arguments, outputfile=output
    )
    return made


def _citing(files: Mapping[str, Any], folder: Path, metadata: Mapping[str, str]) -> list[str]:
    """Options that resolve citations, before the filter that writes captions out."""
    works = bibliography(files["references.yaml"], metadata["language"])
    (folder / "references.json").write_text(json.dumps(works), encoding="utf-8")
    (folder / "style.csl").write_text(files[metadata["citations"]], encoding="utf-8")
    return [
        "--citeproc",
        f"--bibliography={folder / 'references.json'}",
        f"--csl={folder / 'style.csl'}",
        "--metadata=link-citations",
    ]


def charts(text: str) -> list[str]:
    """Names of the charts that a text shows, in their order."""
    return list(dict.fromkeys(re.findall(r"figures/(\w+)\.svg", text)))
