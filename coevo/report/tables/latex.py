"""The tables of the report, and those that a paper prints besides, as LaTeX files."""

import re
from collections.abc import Iterable, Iterator, Sequence

from coevo.characters import has_wide
from coevo.report.findings.data_quality import weights_finding as weights_in_use
from coevo.report.tables.annex import annex_tables, main_tables
from coevo.report.tables.index_tables import D_by_year
from coevo.report.tables.regression_table import regressions
from coevo.report.tables.report_table import ReportTable, pipe_table
from coevo.report.words.amounts import Words
from coevo.report.words.markup import READER, escaped

# Signs that LaTeX without fonts of its own does not know.
_SIGNS = str.maketrans(
    {"−": r"\(-\)", "→": r"\(\to\)", "√": r"\(\surd\)", "≥": r"\(\ge\)"}
    | {chr(0x2080 + i): rf"\textsubscript{{{i}}}" for i in range(10)}
)
_LINK = re.compile(r"\[([^\]\n]+)\]\(#[\w-]+\)")  # to a section, which a table alone does not have
_LATIN = re.compile(r"[\n -~\u00a0-\u017f\u2010-\u201e\u2020-\u2022\u2026\u20ac]")


def latex_files(voices: Iterable[Words]) -> dict[str, str]:
    """Tables by file name, `<name>.<language>.tex`; one that a study lacks is left out.

    voices: the same study in each of its languages.
    """
    return {
        f"{table.key}.{words.study.language}.tex": source
        for words in voices
        for table, source in _written(words, list(_tables(words)))
    }


def _tables(words: Words) -> Iterator[ReportTable]:
    if words.study.indexed:
        yield coordination_table(words)
    yield from regressions(words)
    yield from main_tables(words)
    yield from annex_tables(words)


def coordination_table(words: Words) -> ReportTable:
    """D of every region in every year, and the mean of the regions."""
    study = words.study
    method = words.word("weighting", weights_in_use(study)["method"])
    columns = [[words.term("head", "region"), "l", 14], *([str(y), "r", 7] for y in study.years)]
    note = words.term("note", "coordination").format(weighting=escaped(method))
    return ReportTable(
        "coordination", words.term("caption", "coordination"), columns, D_by_year(words), note=note
    )


def _written(words: Words, tables: Sequence[ReportTable]) -> Iterator[tuple[ReportTable, str]]:
    """Each table as LaTeX with what it needs; pandoc is asked once for all of them."""
    import pypandoc

    study, language = str(words.study.config["study"]), words.study.language
    label = re.sub(r"[^A-Za-z0-9-]+", "-", study)
    marked = (
        f"# {i}\n\n{pipe_table(table, f'tab:{label}-{table.key}-{language}')}\n\n{table.note}"
        for i, table in enumerate(tables)
    )
    text = _LINK.sub(r"\1", words.grammar.joined("\n\n".join(marked)))
    made = pypandoc.convert_text(text, "latex", f"{READER}+table_attributes", ["--wrap=none"])
    parts = re.split(r"^\\section\{\d+\}\n", made.translate(_SIGNS), flags=re.MULTILINE)[1:]
    for table, part in zip(tables, parts, strict=True):
        yield table, f"{_needs(study, part)}\n{part.strip()}\n"


def _needs(study: str, body: str) -> str:
    """Comments above a table: what it is of and what a document needs that puts it in."""
    packages = "".join(rf"\usepackage{{{n}}}" for n in ("booktabs", "longtable", "array", "calc"))
    lines = [
        f"% Study {' '.join(study.split())}; made by coevo. Needs {packages}",
        r"% Put in by \input{<this file>}",
    ]
    if has_wide(body):
        lines.append(r"% and for Chinese \usepackage{xeCJK} or a class of ctex, with XeLaTeX")
    elif _LATIN.sub("", body):
        lines.append("% and XeLaTeX with a font that has the signs in it, such as \\setmainfont")
    return "\n".join(lines)
