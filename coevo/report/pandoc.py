"""One Markdown text to a self-contained HTML page or, through Typst, to PDF."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coevo.figures.theme import PALETTES
from coevo.report import fonts

# Raw HTML, TeX and attributes are off: text from data cannot become markup. Quotes and dashes are
# written as they are meant.
READER = "markdown-raw_html-raw_tex-raw_attribute-smart-citations-example_lists-auto_identifiers"
TIMESTAMP = 0  # the PDF carries no date of its own, so that two builds give the same bytes


def _converted(
    text: str, target: str, templates: Mapping[str, str], folder: Path, options: list[str],
    metadata: Mapping[str, str],
) -> str:  # fmt: skip
    import pypandoc

    for name in ("charts.lua", "page.html", "report.typ"):
        (folder / name).write_text(templates[name], encoding="utf-8")
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
    return pypandoc.convert_text(text, target, format=READER, extra_args=arguments)


def _for_script(value: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def palette_sheet() -> str:
    """CSS variables of both themes: light, dark where the reader's system asks, and by button."""
    light, dark = (
        " ".join(f"--{name}: {colour};" for name, colour in PALETTES[theme].items())
        for theme in ("light", "dark")
    )
    return (
        f":root {{ {light} color-scheme: light; }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) "
        f"{{ {dark} color-scheme: dark; }} }}\n"
        f":root[data-theme=dark] {{ {dark} color-scheme: dark; }}\n"
    )


def html(
    text: str, templates: Mapping[str, str], specs: Mapping[str, Any], regions: Mapping[str, Any],
    metadata: Mapping[str, str],
) -> bytes:  # fmt: skip
    """The report as one HTML file: style, script, library and specifications inline."""
    import vl_convert

    used = {name: spec for name, spec in specs.items() if f"figures/{name}.svg" in text}
    head = f"<style>\n{palette_sheet()}{templates['style.css']}</style>\n"
    library = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;").replace(
        "</script", "<\\/script"
    )
    tail = (
        f'<script type="application/json" id="data-charts">{_for_script(used)}</script>\n'
        f'<script type="application/json" id="data-regions">{_for_script(regions)}</script>\n'
        f"<script>{library}</script>\n"
        f"<script>\n{templates['script.js']}</script>\n"
    )
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "head.html").write_text(head, encoding="utf-8")
        (folder / "tail.html").write_text(tail, encoding="utf-8")
        options = [
            "--mathml",
            "--section-divs",
            "--shift-heading-level-by=1",
            "--toc",
            "--toc-depth=2",
            f"--template={folder / 'page.html'}",
            f"--include-in-header={folder / 'head.html'}",
            f"--include-after-body={folder / 'tail.html'}",
        ]
        return _converted(text, "html5", templates, folder, options, metadata).encode()


def typst(text: str, templates: Mapping[str, str], metadata: Mapping[str, str]) -> str:
    """The report as Typst source."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        options = [f"--template={folder / 'report.typ'}"]
        return _converted(text, "typst", templates, folder, options, metadata)


def pdf(
    text: str, templates: Mapping[str, str], images: Mapping[str, str],
    metadata: Mapping[str, str],
) -> bytes:  # fmt: skip
    """The report as PDF, set by Typst in the installed fonts, with fixed metadata.

    Raises
    ------
    StudyError
        A character that none of the fonts holds.
    """
    import typst as compiler

    source = typst(text, templates, metadata)
    used = {name: image for name, image in images.items() if f"figures/{name}.svg" in source}
    fonts.check({"report": source} | {f"figure {name}": image for name, image in used.items()})
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "figures").mkdir()
        for name, image in used.items():
            (folder / "figures" / f"{name}.svg").write_text(image, encoding="utf-8")
        (folder / "report.typ").write_text(source, encoding="utf-8")
        return compiler.compile(
            str(folder / "report.typ"),
            root=str(folder),
            font_paths=[str(place) for place in fonts.font_folders()],
            ignore_system_fonts=True,
            format="pdf",
            timestamp=TIMESTAMP,
        )
