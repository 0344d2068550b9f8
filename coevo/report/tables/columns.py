"""What stands over the columns of a table: their words with the unit, and how numbers are shown."""

from collections.abc import Mapping

from coevo.report.tables import LAYOUT
from coevo.report.tables.report_table import Column
from coevo.schema import HOLE, column_row, column_rows, filling, table_row

BY_SIZE = "by size"  # figures of every size in one column: each has its own format
SIZES = ((1000.0, "#,##0.0"), (0.001, "0.0000"), (0.0, "0.00E+00"))
NUMBER_FORMATS: dict[str, str] = LAYOUT["numbers"]


def column_of(
    table: str, id: str, labels: Mapping[str, Mapping[str, str]], language: str
) -> Column:
    """Return a column of a table: its words with the unit, or its id where it has none, and the
    format of its numbers.

    labels: of the subsystems, by id and language, as in the configuration.
    """
    row, units = column_row(table, id), column_rows("unit")
    if row is None:
        return Column(id, id=id)
    own = filling(row.column, id) or ""
    named = {name: known.words for name, known in column_rows("language").items()} | dict(labels)
    text = HOLE.sub(lambda _: named.get(own, {}).get(language, own), row.words[language])
    unit = units[row.unit].words[language] if row.unit in units else ""
    frame = table_row("unit").words[language] if unit else "<column>"
    head = frame.replace("<unit>", unit).replace("<column>", text)
    return Column(head, id=id, shown=NUMBER_FORMATS.get(row.unit, BY_SIZE))


def number_format(shown: str, value: float) -> str:
    """Return the format of a number by its size and whether it is whole; a column without a unit
    has no thousands to part.
    """
    if value == round(value):
        return "#,##0" if shown else "0"
    return next(form for least, form in SIZES if abs(value) >= least)
