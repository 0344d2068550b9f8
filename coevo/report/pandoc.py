"""One Markdown text through pandoc: what every format shares."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Raw HTML, TeX and attributes are off: text from data cannot become markup. Quotes and dashes are
# written as they are meant.
READER = (
    "markdown-raw_html-raw_tex-raw_attribute-smart-citations-example_lists-auto_identifiers"
    "+east_asian_line_breaks"
)


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
    (folder / "meta.json").write_text(json.dumps(dict(metadata)), encoding="utf-8")
    arguments = [
        "--standalone",
        "--wrap=none",
        # Tables wider than this (all) take their relative widths from the dashes of their rule.
        "--columns=1",
        f"--lua-filter={folder / 'charts.lua'}",
        f"--metadata-file={folder / 'meta.json'}",
        *options,
    ]
    return pypandoc.convert_text(
        text, target, format=READER, extra_args=arguments, outputfile=output
    )


def charts(text: str) -> list[str]:
    """Names of the charts that a text shows, in their order."""
    return list(dict.fromkeys(re.findall(r"figures/(\w+)\.svg", text)))
