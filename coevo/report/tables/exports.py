"""Every file of a study's tables: workbooks, CSV files for Excel, LaTeX, Stata."""

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from coevo.report.findings import Study
from coevo.report.tables import for_excel
from coevo.report.tables.latex import latex_files
from coevo.report.tables.results_workbook import workbook_bytes
from coevo.report.tables.stata import stata_files
from coevo.report.words.index_sentences import Phrases
from coevo.report.words.voices import voice


def exported(
    tables: Mapping[str, pd.DataFrame], studies: Iterable[tuple[Study, Phrases]]
) -> Iterator[tuple[str, str | bytes]]:
    """Every file by its path, one after the other: `results.<language>.xlsx`, `tables/<table>.csv`
    with a byte-order mark, `latex/<table>.<language>.tex`, `stata/<table>.dta` in the first
    language.

    studies: the study with its phrases in each language.
    """
    said = [voice(*study).words for study in studies]
    for words in said:
        yield f"results.{words.study.language}.xlsx", workbook_bytes(words)
    for name, table in tables.items():
        yield f"tables/{name}.csv", for_excel(table)
    for name, text in latex_files(said).items():
        yield f"latex/{name}", text
    for name, data in stata_files(said[0]).items():
        yield f"stata/{name}", data
