"""The report as one HTML file that fetches nothing."""

import json
from collections.abc import Mapping
from typing import Any

from coevo.messages import QUOTES, WIDE, has_wide
from coevo.newreport.charts import PALETTES, library
from coevo.newreport.documents.pandoc import write
from coevo.newreport.documents.typesetting import chinese_face

# The parts of the script in the order they are joined: what all share first, the start last.
SCRIPT = ("base.js", "charts.js", "tables.js", "trace.js", "start.js")


def html(
    source: str, specs: Mapping[str, Any], page: Mapping[str, Any],
    meta: Mapping[str, str], files: Mapping[str, str],
) -> bytes:  # fmt: skip
    """Return the report as HTML: style, script, library and specifications stand in it.

    source: what `read` made; specs: of the charts that it shows; page: data of the script.
    """
    script = "".join(files[name] for name in SCRIPT)
    tail = (
        f'<script type="application/json" id="data-charts">{for_script(specs)}</script>\n'
        f'<script type="application/json" id="data-page">{for_script(page)}</script>\n'
        f"<script>{library()}</script>\n"
        f"<script>\n(() => {{\n{script}}})();\n</script>\n"
    )
    # Marks that both scripts have are Chinese in a Chinese page alone.
    characters = WIDE + (QUOTES if has_wide(meta["title"]) else "")
    shown = json.dumps([json.loads(source), specs, page, dict(meta)], ensure_ascii=False)
    face = chinese_face(shown, "page-chinese", characters)
    head = f"<style>\n{palettes()}{face}{files['style.css']}</style>\n"
    options = (
        "--mathml --section-divs --shift-heading-level-by=1 --toc --toc-depth=2 "
        "--template=page.html --include-in-header=head.html --include-after-body=tail.html"
    ).split()
    beside = {name: files[name] for name in ("page.html", "filter.lua")}
    return write(source, "html5", options, meta, beside | {"head.html": head, "tail.html": tail})


def for_script(value: Any) -> str:
    """Return JSON that cannot end the script element in which it stands."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def palettes() -> str:
    """Return CSS variables of both themes: light, dark where the reader asks for it."""
    colours = {
        theme: " ".join(f"--{name}: {colour};" for name, colour in palette.items())
        + f" color-scheme: {theme};"
        for theme, palette in PALETTES.items()
    }
    by_system = f":root:not([data-theme=light]) {{ {colours['dark']} }}"
    return (
        f":root {{ {colours['light']} }}\n:root[data-theme=dark] {{ {colours['dark']} }}\n"
        f"@media (prefers-color-scheme: dark) {{ {by_system} }}\n"
    )
