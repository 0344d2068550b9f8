"""Every file of a study's tables: workbooks, CSV files for Excel, LaTeX, Stata."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from coevo.report.tables import for_excel
from coevo.report.tables.latex import latex_files
from coevo.report.tables.results_workbook import workbook_bytes
from coevo.report.tables.stata import stata_files
from coevo.report.words.amounts import Words


def exported(
    tables: Mapping[str, pd.DataFrame], languages: Sequence[Words]
) -> Iterator[tuple[str, str | bytes]]:
    """Every file by its path, one after the other: `results.<language>.xlsx`, `tables/<table>.csv`
    with a byte-order mark, `latex/<table>.<language>.tex`, `stata/<table>.dta` in the first
    language.

    languages: the words of the study in each.
    """
    for words in languages:
        yield f"results.{words.study.language}.xlsx", workbook_bytes(words)
    for name, table in tables.items():
        yield f"tables/{name}.csv", for_excel(table)
    for name, text in latex_files(languages).items():
        yield f"latex/{name}", text
    for name, data in stata_files(languages[0]).items():
        yield f"stata/{name}", data
