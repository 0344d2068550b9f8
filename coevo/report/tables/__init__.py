"""The tables of a study for readers; here those that Excel opens as they stand."""

from pathlib import Path
from typing import Any

import pandas as pd
import yaml

# what tables show where and how, as the file says
LAYOUT: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("layout.yaml").read_text("utf-8"))
# Signs, wide ones as well, that open a formula in a spreadsheet; those of tables.js are the same.
FORMULA = tuple("=+-@＝＋－＠\t\r")


def for_excel(frame: pd.DataFrame) -> str:
    """The table as CSV that Excel opens as it stands: a byte-order mark, no text a formula."""
    safe = frame.assign(**frame.select_dtypes(["object", "string"]).map(as_text))
    return "\ufeff" + str(safe.rename(columns=as_text).to_csv(index=False, lineterminator="\n"))


def as_text(value: Any) -> Any:
    """A value of a cell, with an apostrophe before text that Excel would take for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
