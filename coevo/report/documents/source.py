"""The Markdown source of a report: its template and phrases filled with the study's findings."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import yaml

from coevo.arrays import Config
from coevo.report.documents.page_trace import NO_TRACE, trace
from coevo.report.tables import annex
from coevo.report.tables.report_table import readable
from coevo.report.words.markup import Markdown, compiled, escaped, plain_text
from coevo.report.words.report_text import ReportText


def text(words: ReportText, source: str, provenance: Mapping[str, Mapping[str, str]]) -> str:
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
        version=f"coevo {provenance['packages'].get('coevo', '')}".strip(),
        inputs=_digest(provenance["files"]),
        config_block=_block(_settings(study.config)),
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
    return [part for part in map(words.say, phrases) if part]


def _digest(files: Mapping[str, str]) -> str:
    """A short digest of all raw files together."""
    lines = "\n".join(f"{path} {digest}" for path, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def _settings(config: Config) -> str:
    """The configuration as YAML, one line for each key."""
    options: dict[str, Any] = {"allow_unicode": True, "default_flow_style": True, "width": 10_000}
    lines = [
        f"{key}: {yaml.safe_dump(value, **options).removesuffix('...' + chr(10)).strip()}"
        for key, value in json.loads(json.dumps(config)).items()
    ]
    return "\n".join(lines)


def _block(content: str) -> Markdown:
    """A block of code whose fence is longer than any run of tildes inside."""
    fence = "~" * (4 + content.count("~"))
    return Markdown(f"{fence}\n{content.rstrip()}\n{fence}")


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
        "sheets": {t.key: annex.sheet_name(words, t.key) for t in annex.report_tables(words)},
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
