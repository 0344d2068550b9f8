"""One Markdown text through pandoc, read once: what every format shares, then page and PDF."""

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coevo.messages import QUOTES, WIDE, has_wide
from coevo.report.figures import PALETTES
from coevo.report.figures.typesetting import chinese_face, typeset, with_stand_ins
from coevo.report.words.grammar import read_yaml
from coevo.report.words.markup import READER, escaped

FILES = ("charts.lua", "word.lua", "page.html", "report.typ")  # as options may name them
# The script's parts in the order they are joined: what all share first, the start last.
SCRIPT = ("script.js", "charts.js", "tables.js", "trace.js", "start.js")
TIMESTAMP = 0  # the PDF carries no date of its own, so that two builds give the same bytes


def document(text: str, files: Mapping[str, Any], metadata: Mapping[str, str]) -> str:
    """Markdown as pandoc reads it (its JSON) with citations and symbols set, for all formats."""
    works = bibliography(files["references.yaml"], metadata["language"])
    beside = {"references.json": json.dumps(works), "style.csl": files[metadata["citations"]]}
    beside["symbols.lua"] = files["symbols.lua"]
    options = [
        "--citeproc", "--bibliography=references.json", "--csl=style.csl",
        "--metadata=link-citations", "--lua-filter=symbols.lua",
    ]  # fmt: skip
    return _by_pandoc(text, READER, "json", options, metadata, beside).decode()


def converted(
    source: str, target: str, files: Mapping[str, Any], options: list[str],
    metadata: Mapping[str, str], beside: Mapping[str, str | bytes] | None = None,
) -> bytes:  # fmt: skip
    """A document in pandoc's format `target`.

    source: made by `document`; beside: files beside `FILES` that the options or the text name.
    """
    needed = {name: files[name] for name in FILES} | dict(beside or {})
    options = ["--standalone", "--lua-filter=charts.lua", *options]
    return _by_pandoc(source, "json", target, options, metadata, needed)


def _by_pandoc(
    text: str, source: str, target: str, options: list[str],
    metadata: Mapping[str, str], needed: Mapping[str, str | bytes],
) -> bytes:  # fmt: skip
    """A text through pandoc, from format to format, in a folder with the files that it needs."""
    import pypandoc

    # Pandoc reads metadata as Markdown, and the title of the page is plain text.
    meta = {**metadata, "pagetitle": escaped(metadata["pagetitle"])}
    needed = {**needed, "meta.json": json.dumps(meta)}
    # Tables wider than a column (all) take their relative widths from the dashes of their rule.
    arguments = [*options, "--wrap=none", "--columns=1", "--eol=lf", "--metadata-file=meta.json"]
    with tempfile.TemporaryDirectory() as scratch:
        folder, output = Path(scratch), Path(scratch) / "made"
        for name, content in needed.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        placed = [
            option.replace("=", f"={folder}/") if option.partition("=")[2] in needed else option
            for option in (*arguments, f"--resource-path={folder}")
        ]
        pypandoc.convert_text(text, target, format=source, extra_args=placed, outputfile=output)
        return output.read_bytes()


def charts(source: str) -> list[str]:
    """Names of the charts that a document or a text shows, in their order."""
    return list(dict.fromkeys(re.findall(r"figures/(\w+)\.svg", source)))


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
    source: str, files: Mapping[str, Any], data: Mapping[str, Any], metadata: Mapping[str, str]
) -> bytes:
    """The report as one HTML file: style, script, library and specifications inline."""
    used = {name: json.loads(files[f"{name}.json"]) for name in charts(source)}
    shown = {**data, "study": metadata["study"], "language": metadata["language"]}
    script = "".join(files[name] for name in SCRIPT)
    tail = (
        f'<script type="application/json" id="data-charts">{_for_script(used)}</script>\n'
        f'<script type="application/json" id="data-page">{_for_script(shown)}</script>\n'
        f"<script>{files['library.js']}</script>\n"
        f"<script>\n(() => {{\n{script}}})();\n</script>\n"
    )
    # marks that both scripts have are Chinese in a Chinese page alone
    characters = WIDE + (QUOTES if has_wide(metadata["title"]) else "")
    said = "".join((source, tail, *metadata.values()))
    face = chinese_face(said, "page-chinese", characters)
    head = f"<style>\n{palette_sheet()}{face}{files['style.css']}</style>\n"
    options = (
        "--mathml --section-divs --shift-heading-level-by=1 --toc --toc-depth=2 "
        "--template=page.html --include-in-header=head.html --include-after-body=tail.html"
    ).split()
    beside = {"head.html": head, "tail.html": tail}
    return converted(source, "html5", files, options, metadata, beside)


def typst(source: str, files: Mapping[str, Any], metadata: Mapping[str, str]) -> str:
    """The report as Typst source."""
    options = ["--template=report.typ"]
    return converted(source, "typst-smart-citations", files, options, metadata).decode()


def pdf(
    source: str, files: Mapping[str, Any], data: Mapping[str, Any], metadata: Mapping[str, str]
) -> bytes:
    """The report as PDF, set by Typst in the installed fonts, with fixed metadata.

    What raw files say in characters that no font holds has 〓 for each.

    Raises
    ------
    StudyError
        A character of the title or of a chart that none of the fonts holds.
    """
    printed = [name for name in charts(source) if f"{name}.svg" in files]  # the page has more
    used = {f"figures/{name}.svg": files[f"{name}.svg"] for name in printed}
    texts = "".join([*metadata.values(), *used.values()])
    sources = {"report": with_stand_ins(typst(source, files, metadata), texts)}
    options = {"format": "pdf", "timestamp": TIMESTAMP, "pdf_standards": "ua-1"}
    return typeset(sources, used, " or leave pdf out of report.formats", **options)["report"]


def bibliography(source: str, language: str) -> list[dict[str, Any]]:
    """CSL-JSON of the works in `source`; a work in `language` has its fields in that language."""
    return [_work(entry, language) for entry in read_yaml(source)["references"]]


def _work(entry: Mapping[str, Any], language: str) -> dict[str, Any]:
    """One work: a year becomes CSL's date, fields by language those of the language asked for."""
    fields = {name: value for name, value in entry.items() if not isinstance(value, Mapping)}
    fields |= entry.get(language, {})
    dated = {"issued": {"date-parts": [[fields["issued"]]]}} if "issued" in fields else {}
    return fields | dated
