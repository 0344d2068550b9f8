"""The Markdown source of a report: its template and phrases filled with the study's findings."""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import yaml

from coevo.arrays import Config
from coevo.files import sha256_of
from coevo.report.documents.page_trace import NO_TRACE, trace
from coevo.report.figures import FIGURES, SYMBOLS
from coevo.report.findings import OF_REGION
from coevo.report.findings.indicator_pages import pages_by_indicator
from coevo.report.tables import LAYOUT, annex
from coevo.report.tables.report_table import readable
from coevo.report.words.markup import Markdown, compiled, escaped, plain_text
from coevo.report.words.report_text import ReportText
from coevo.report.words.template_values import of_region


def text(words: ReportText, source: str, provenance: Mapping[str, Mapping[str, Any]]) -> str:
    """The report of one language as Markdown: `source` has the structure, phrases the words."""
    study, jinja = words.study, words.jinja
    values: dict[str, Any] = jinja.globals
    versions = (f"{name} {version}" for name, version in sorted(provenance["packages"].items()))
    values["packages"] = ", ".join(versions)
    values.update(annex.printed_tables(words, provenance))
    charts = values["charts"]
    filled = compiled(jinja, source).render(
        image=lambda name, *more: image(words, name, *more) if name in charts else "",
        caption=lambda name: caption(words, name),
        facts=words.facts(study.focus),
        of_regions=partial(of_regions, words),
        pages=data_pages(words, provenance["sources"]),
        version=f"coevo {provenance['packages'].get('coevo', '')}".strip(),
        inputs=_digest(provenance["files"]),
        config_block=_block(study.config),
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
    title, *drawn = filter(None, map(words.say, phrases))
    return [of_region("figures", name, title), *drawn]


def of_regions(words: ReportText) -> Iterator[Markdown]:
    """What the page says in place of a text of the focus if a reader picks another region that
    charts draw: a division of each, with the same marks.
    """
    study, marked, known = words.study, LAYOUT["of_region"], words.jinja.globals
    own: dict[str, Any] = dict(known)
    for region in study.drawn:
        said = {name: own[name] | finding(study, region) for name, finding in OF_REGION.items()}
        known |= said | {"focus": study.name(region)}
        texts = [_parts(words, name)[0] for name in marked["figures"]]
        texts += [own["also"](section, *marked[section]) for section in said]
        code = json.dumps(region, ensure_ascii=False)
        yield Markdown("\n\n".join([f"::: {{region={code}}}", *texts, ":::"]))
    known |= own


def data_pages(words: ReportText, sources: Mapping[str, Mapping[str, str]]) -> Markdown:
    """What is to be known of each indicator, folded in a fold, which the page alone has.

    sources: what the table of sources says of each raw file, by its path.
    """
    study, say, parts = words.study, words.say, list[str]()
    how = words.phrases["page"]["script"]["trace"]["how"]
    for indicator, page in pages_by_indicator(study):
        for made in page["made"]:
            name, arguments = study.derivation(made["part"])
            named = dict(zip("ab", map(study.label, arguments), strict=False))
            made["how"] = how[name].format(**named)
        for place in page["cells"]:
            place["name"] = place["file"].removeprefix(f"{study.config['raw']}/")
        files = {place["name"]: sources.get(place["file"], {}) for place in page["cells"]}
        page["terms"] = [
            {**row, "is": "stated" if row.get("licence") else "none", "name": name}
            for name, row in files.items()
        ]
        title = words.grammar.measured(study.heading(indicator), study.unit(indicator))
        told = [f"::: fold\n### {title}"]
        for key, label in words.phrases["pages"]["labels"].items():
            lines = [say(f"pages/{key}/{line['is']}", **line) for line in page[key]]
            told += ["\n".join([label, *(f":   {line}" for line in lines)])] if lines else []
        parts.append("\n\n".join([*told, ":::"]))
    lead = say("pages/lead/" + ("indices" if study.indexed else "model"))
    head = f"::::: {{.fold .screen}}\n## {say('pages/title')}"
    return Markdown("\n\n".join([head, lead, *parts, ":::::"]))


def _digest(files: Mapping[str, str]) -> str:
    """A short digest of all raw files together."""
    lines = "\n".join(f"{path} {digest}" for path, digest in sorted(files.items()))
    return sha256_of(lines.encode())[:12]


def _block(config: Config) -> Markdown:
    """The configuration as a block of YAML, one line for each key, whose fence is longer than any
    run of tildes inside.
    """
    options: dict[str, Any] = {"allow_unicode": True, "default_flow_style": True, "width": 10_000}
    lines = [
        f"{key}: {yaml.safe_dump(value, **options).removesuffix('...' + chr(10)).strip()}"
        for key, value in json.loads(json.dumps(config)).items()
    ]
    content = "\n".join(lines)
    fence = "~" * (4 + content.count("~"))
    return Markdown(f"{fence}\n{content}\n{fence}")


def page_data(words: ReportText) -> dict[str, Any]:
    """What the page's script shows: its words, names and facts of the regions in plain text, the
    region shown first, the way from raw figures to D.
    """
    study = words.study
    picked = [] if study.single else study.regions
    return {
        "focus": study.focus,
        "words": words.phrases["page"]["script"],
        "trace": trace(study, words.word) if study.indexed else NO_TRACE,
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
