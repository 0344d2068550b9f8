"""What rules declare about code is what scripts import; scripts stay plain."""

import ast
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(path.stem for path in (ROOT / "workflow" / "scripts").glob("*.py"))
RULES = "\n".join(path.read_text("utf-8") for path in (ROOT / "workflow" / "rules").glob("*.smk"))


@cache
def lists():
    """The function of common.smk that lists a script's modules, without Snakemake around it."""
    text = (ROOT / "workflow" / "rules" / "common.smk").read_text(encoding="utf-8")
    tree = ast.parse(text)
    parts = [part for part in tree.body if getattr(part, "name", "") in ("own", "imported", "code")]
    head = "import ast\nimport os\nfrom functools import cache\nfrom pathlib import Path\n"
    names = {"ROOT": ROOT}
    exec(head + "\n".join(map(ast.unparse, parts)), names)
    return names["code"]


def declared(script):
    return set(lists()(script))


# Imports of each script in turn, without those of the one before; prints what is loaded.
LOADED = """
import json, sys
found = {}
for script, lines in json.loads(sys.stdin.read()).items():
    for name in [name for name in sys.modules if name.split(".")[0] == "coevo"]:
        del sys.modules[name]
    exec(lines, {})
    found[script] = [m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "coevo"]
print(json.dumps(found))
"""


def imports(script: str) -> str:
    """The lines of a script that import."""
    tree = ast.parse((ROOT / "workflow" / "scripts" / f"{script}.py").read_text(encoding="utf-8"))
    lines = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return "\n".join(ast.unparse(node) for node in lines)


@pytest.fixture(scope="module")
def loaded() -> dict[str, list[str]]:
    """The files of ours that are loaded by each script."""
    result = subprocess.run(
        [sys.executable, "-c", LOADED],
        input=json.dumps({script: imports(script) for script in SCRIPTS}),
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(result.stdout)


@pytest.mark.parametrize("script", SCRIPTS)
def test_declared_code_holds_every_module_that_is_loaded(script, loaded):
    files = {Path(file).relative_to(ROOT).as_posix() for file in loaded[script]}
    assert "coevo/errors.py" in files and files <= declared(script)
    assert all((ROOT / path).is_file() for path in declared(script))


def test_weighing_does_not_depend_on_what_comes_later():
    assert "coevo/weighting/__init__.py" in declared("weigh")
    for script in ("observe", "panel", "normalise"):
        assert "coevo/weighting/__init__.py" not in declared(script)
    for script in ("observe", "panel", "normalise", "weigh", "couple"):
        assert not any("estimation" in path or "report" in path for path in declared(script))


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_reads_calls_and_writes(script):
    tree = ast.parse((ROOT / "workflow" / "scripts" / f"{script}.py").read_text(encoding="utf-8"))
    forbidden = ast.FunctionDef | ast.If | ast.For | ast.While | ast.Try | ast.Lambda | ast.ClassDef
    assert not [node for node in ast.walk(tree) if isinstance(node, forbidden)]


def test_every_script_serves_the_rule_of_its_name():
    rules = set(re.findall(r"^ *rule (\w+):", RULES, re.MULTILINE))
    assert set(SCRIPTS) == rules
    for script in SCRIPTS:
        assert f'code=code("{script}")' in RULES
        assert f'"../scripts/{script}.py"' in RULES
