"""The report as one self-contained HTML page."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from coevo.report.documents.pandoc import charts, converted
from coevo.report.figures.fonts import chinese_face
from coevo.report.figures.theme import PALETTES

# The script's parts in the order they are joined: what all share first, the start last.
SCRIPT = ("script.js", "charts.js", "tables.js", "trace.js", "start.js")


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


@cache
def library() -> str:
    """The library that draws the charts of a page, as a script."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle.replace("</script", "<\\/script")


def html(
    source: str, files: Mapping[str, Any], data: Mapping[str, Any], metadata: Mapping[str, str]
) -> bytes:
    """The report as one HTML file: style, script, library and specifications inline."""
    used = {name: json.loads(files[f"{name}.json"]) for name in charts(source)}
    shown = {**data, "study": metadata["study"]}
    script = "".join(files[name] for name in SCRIPT)
    tail = (
        f'<script type="application/json" id="data-charts">{_for_script(used)}</script>\n'
        f'<script type="application/json" id="data-page">{_for_script(shown)}</script>\n'
        f"<script>{library()}</script>\n"
        f"<script>\n(() => {{\n{script}}})();\n</script>\n"
    )
    face = chinese_face("".join((source, tail, *metadata.values())), "page-chinese")
    head = f"<style>\n{palette_sheet()}{face}{files['style.css']}</style>\n"
    options = [
        "--mathml",
        "--section-divs",
        "--shift-heading-level-by=1",
        "--toc",
        "--toc-depth=2",
        "--template=page.html",
        "--include-in-header=head.html",
        "--include-after-body=tail.html",
    ]
    own = {"head.html": head, "tail.html": tail}
    return converted(source, "html5", files, options, metadata, own)
