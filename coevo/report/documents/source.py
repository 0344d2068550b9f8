"""The Markdown source of a report: its template and phrases filled with the study's findings."""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from coevo.report.documents.page_trace import NO_TRACE, trace
from coevo.report.figures import FIGURES, SYMBOLS
from coevo.report.findings import OF_REGION
from coevo.report.tables import LAYOUT, annex
from coevo.report.tables.report_table import readable
from coevo.report.words.markup import Markdown, compiled, escaped, plain_text
from coevo.report.words.report_text import ReportText


def text(words: ReportText, source: str, version: str) -> str:
    """The report of one language as Markdown: `source` has the structure, phrases the words.

    version: of the program, which the last page names.
    """
    study, jinja = words.study, words.jinja
    values: dict[str, Any] = jinja.globals
    values.update(annex.printed_tables(words))
    charts = values["charts"]
    filled = compiled(jinja, source).render(
        image=lambda name, *more: image(words, name, *more) if name in charts else "",
        caption=lambda name: caption(words, name),
        facts=words.facts(study.focus),
        of_regions=partial(of_regions, words),
        version=f"coevo {version}",
    )
    return words.grammar.joined(filled)


def caption(words: ReportText, name: str) -> Markdown:
    """The finding that a chart shows, and on a line of its own what is drawn."""
    title, *drawn = _parts(words, name)
    return Markdown(f"{title} [{drawn[0]}]{{.sub}}" if drawn else title)


def image(words: ReportText, name: str, attributes: str = "") -> Markdown:
    """The image of a chart with its caption, and the same in plain text for who cannot see it."""
    alt = words.grammar.colon.join(map(readable, _parts(words, name)))
    alt = alt.replace("\\", "\\\\").replace('"', '\\"')
    return Markdown(f'![{caption(words, name)}](figures/{name}.svg){{{attributes} alt="{alt}"}}')


def _parts(words: ReportText, name: str) -> list[Markdown]:
    """What stands under a chart: its title, of several that which the phrase `by` names, and, where
    there is anything to say, what is drawn.
    """
    known, title = words.phrases["figures"][name], f"figures/{name}/title"
    if isinstance(known["title"], Mapping):
        title += f"/{plain_text(words.say(f'{title}/by'))}"
    phrases = [title, f"figures/{name}/drawn"] if "drawn" in known else [title]
    return list(filter(None, map(words.say, phrases)))


def of_regions(words: ReportText) -> Iterator[Markdown]:
    """What the page says in place of a text of the focus if a reader picks another region that
    charts draw: a division of each, with the same marks.
    """
    study, marked, known = words.study, LAYOUT["of_region"], words.jinja.globals
    own: dict[str, Any] = dict(known)
    for region in study.drawn:
        said = {name: own[name] | finding(study, region) for name, finding in OF_REGION.items()}
        known |= said | {"focus": study.name(region)}
        texts = [own["also"](section, *marked[section]) for section in said]
        code = json.dumps(region, ensure_ascii=False)
        yield Markdown("\n\n".join([f"::: {{region={code}}}", *texts, ":::"]))
    known |= own


def page_data(words: ReportText) -> dict[str, Any]:
    """What the page's script shows: its words, names and facts of the regions in plain text, the
    region shown first, the way from raw figures to D.
    """
    study = words.study
    picked = [] if study.single else study.regions
    return {
        "focus": study.focus,
        "words": words.phrases["page"]["script"],
        "trace": trace(words) if study.indexed else NO_TRACE,
        "origins": LAYOUT["read_from"],
        "figures": f"figures/{study.config['report']['languages'][0]}/",
        "printed": [name for name, figure in FIGURES.items() if not figure.screen],
        "sheets": {t.key: annex.sheet_name(words, t.key) for t in annex.report_tables(words)},
        "symbols": SYMBOLS.pattern,
        "names": {region: study.name(region) for region in study.regions},
        "drawn": study.drawn,
        "facts": {r: [plain_text(escaped(v)) for _, v in words.facts(r)] for r in picked},
    }


def metadata(words: ReportText) -> dict[str, str]:
    """Title, language and the words of the frame."""
    study, texts = words.study, dict(words.phrases["page"])
    del texts["script"]
    page = {key: compiled(words.jinja, value).render() for key, value in texts.items()}
    title = escaped(study.config["title"].get(study.language) or Markdown(page["title"]))
    study_facts = {"language": study.language, "study": str(study.config["study"])}
    return page | study_facts | {"title": title, "pagetitle": plain_text(title)}
