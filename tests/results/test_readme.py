"""The lines of Python in the README do what it says; config/README.md explains the tables."""

import json
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from tests.projects import ROOT

pytestmark = pytest.mark.whole
BLOCK = re.compile(r"```python\n(?P<code>.*?)```\n+```text\n(?P<printed>.*?)```", re.DOTALL)


@pytest.fixture
def block():
    """Return the one block of Python in the README and what it says is printed."""
    found = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(found) == 1
    return found[0]


def test_the_lines_print_what_stands_below_them(block):
    """But for spaces at the ends of lines, with which pandas fills its heads."""
    code, printed = block
    with redirect_stdout(StringIO()) as shown:
        exec(compile(code, "README.md", "exec"), {})
    lines = [line.rstrip() for line in shown.getvalue().splitlines()]
    assert lines == printed.splitlines()


def test_what_they_print_is_the_equilibrium_and_the_degrees(block):
    """E of Table 1 as computed independently; C, T and D by hand from the indices printed."""
    published = Path(__file__).parents[1] / "published" / "population.json"
    cases = json.loads(published.read_text(encoding="utf-8"))["regressions"]["cases"]
    (case,) = [c for c in cases if (c["series"], c["estimator"]) == ("table_1", "trapezoid")]
    *_, last = block[1].splitlines()
    _, x1, kind1, x2, kind2 = last.split()
    E, sets = case["equilibrium"], case["sets"]
    assert [float(x1), float(x2)] == pytest.approx([E["x1"], E["x2"]], abs=0.05)
    assert [kind1, kind2] == [sets["x1"]["kind"], sets["x2"]["kind"]]
    rows = re.findall(r" \d{4} ((?: +\d\.\d+){5})$", block[1], re.MULTILINE)
    assert len(rows) == 5
    for U1, U2, C, T, D in (map(float, row.split()) for row in rows):
        geometric, mean = (U1 * U2) ** 0.5, (U1 + U2) / 2
        expected = [geometric / mean, mean, geometric**0.5]
        degrees = [C, T, D]
        assert degrees == pytest.approx(expected, abs=0.001)


@pytest.mark.parametrize("study", ["provinces", "zhejiang"])
@pytest.mark.parametrize(
    "table", ["parameters", "fits", "equilibria", "relations", "specifications"]
)
def test_every_column_and_quantity_is_explained(results, study, table):
    """Endings that name a half of the study, or the scaling by the mean, are explained once."""
    texts = [ROOT / "config" / "README.md", ROOT / "docs" / "tables.md"]
    readme = "\n".join(path.read_text(encoding="utf-8") for path in texts)
    frame = results(study, table)
    assert len(frame)
    names = set(frame.columns)
    for column in {"quantity", "parameter", "kind", "model", "estimator"} & names:
        names |= set(frame[column].dropna()) - {""}
    names = {re.sub(r"_mean$|(_\d{4}){2}$", "", name) for name in names}
    assert sorted(name for name in names if f"`{name}`" not in readme) == []
