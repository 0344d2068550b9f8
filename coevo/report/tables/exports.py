"""Every file of a study's tables: workbooks, CSV files for Excel, LaTeX, Stata."""

from collections.abc import Iterable, Mapping

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
) -> dict[str, str | bytes]:
    """Every file by its path: `results.<language>.xlsx`, `tables/<table>.csv` with a byte-order
    mark, `latex/<table>.<language>.tex`, `stata/<table>.dta` in the first language.

    studies: the study with its phrases in each language.
    """
    said = [voice(*study).words for study in studies]
    books = {f"results.{words.study.language}.xlsx": workbook_bytes(words) for words in said}
    plain = {f"tables/{name}.csv": for_excel(table) for name, table in tables.items()}
    latex = {f"latex/{name}": text for name, text in latex_files(said).items()}
    return books | plain | latex | {f"stata/{k}": v for k, v in stata_files(said[0]).items()}
