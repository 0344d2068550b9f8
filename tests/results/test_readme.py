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
    code, printed = block
    with redirect_stdout(StringIO()) as shown:
        exec(compile(code, "README.md", "exec"), {})
    assert shown.getvalue() == printed


def test_what_they_print_is_the_equilibrium_and_its_statics(block):
    """E of Table 1 as computed independently; elasticities of a2/(b1 b2) and a1/b1 by hand."""
    published = Path(__file__).parents[1] / "published" / "population.json"
    cases = json.loads(published.read_text(encoding="utf-8"))["regressions"]["cases"]
    (case,) = [c for c in cases if (c["series"], c["estimator"]) == ("table_1", "trapezoid")]
    numbers = [float(text) for text in re.findall(r"\d+\.\d+", block[1].split("]")[0])]
    sets, E = case["sets"], case["equilibrium"]
    expected = [E["x1"], sets["x1"]["g"], E["x2"], sets["x2"]["g"]]
    assert numbers == pytest.approx(expected, abs=0.05)
    rows = re.findall(r"\[\s*(-?\d\.[^\[\]]*)\]", block[1])
    statics = [[float(text) for text in row.split()] for row in rows]
    assert statics == [[0, -1, 1, -1], [1, -1, 0, 0]]


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
