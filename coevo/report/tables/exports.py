"""Every file of a study's tables: workbooks, CSV files for Excel, LaTeX, Stata."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd

from coevo.messages import has_wide
from coevo.report.tables import LAYOUT, for_excel
from coevo.report.tables.annex import printable, report_tables
from coevo.report.tables.report_table import pipe_table
from coevo.report.tables.stata import stata_files
from coevo.report.words.markup import READER
from coevo.report.words.report_text import ReportText

_LATEX = LAYOUT["latex"]
_LINK = re.compile(r"\[([^\]\n]+)\]\(#[\w-]+\)")  # to a section, which a table alone does not have


def exported(
    tables: Mapping[str, pd.DataFrame], languages: Sequence[ReportText]
) -> Iterator[tuple[str, str | bytes]]:
    """Every file for other programs by its path, one after the other: `tables/<table>.csv` with a
    byte-order mark, `latex/<table>.<language>.tex`, `stata/<table>.dta` in the first language.

    languages: the words of the study in each.
    """
    yield from ((f"tables/{name}.csv", for_excel(table)) for name, table in tables.items())
    yield from ((f"latex/{name}", text) for name, text in latex_files(languages).items())
    yield from ((f"stata/{name}", data) for name, data in stata_files(languages[0]).items())


def latex_files(voices: Iterable[ReportText]) -> dict[str, str]:
    """Tables by file name, `<name>.<language>.tex`; one that a study lacks is left out.

    voices: the same study in each of its languages.
    """
    return dict(file for words in voices for file in _written(words))


def _written(words: ReportText) -> Iterator[tuple[str, str]]:
    """Each table as LaTeX with what it needs; pandoc is asked once for all of them."""
    import pypandoc

    tables = printable(report_tables(words))
    study, language = str(words.study.config["study"]), words.study.language
    label = re.sub(r"[^A-Za-z0-9-]+", "-", study)
    marked = (
        f"# {i}\n\n{pipe_table(table, f'tab:{label}-{table.key}-{language}')}\n\n{table.note}"
        for i, table in enumerate(tables)
    )
    text = _LINK.sub(r"\1", words.grammar.joined("\n\n".join(marked)))
    latex = pypandoc.convert_text(text, "latex", f"{READER}+table_attributes", ["--wrap=none"])
    latex = latex.translate(str.maketrans(_LATEX["table_signs"]))
    parts = re.split(r"^\\section\{\d+\}\n", latex, flags=re.MULTILINE)[1:]
    for table, part in zip(tables, parts, strict=True):
        chinese = _LATEX["chinese"] if has_wide(part) else ""
        head = _LATEX["table_head"].format(study=" ".join(study.split()), chinese=chinese)
        yield f"{table.key}.{language}.tex", f"{head}{part.strip()}\n"
