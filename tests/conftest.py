"""What tests share: the repository, its studies as built once, small studies of their own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import hypothesis
import pytest

from tests.shared import FOLDER

# No drawn case has to end within a time of the clock: the machine may be at work on something else.
# In CI the cases of a test are the same each time; by hand new ones are drawn.
hypothesis.settings.register_profile("coevo", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("coevo")

ROOT = Path(__file__).resolve().parent.parent
# Files whose tests draw or fit much: they are no part of the quick tests.
LONG = {
    f"test_{name}"
    for name in (
        "figures",
        "equilibria",
        "specifications",
        "exports",
        "changes",
        "choices",
        "verdicts",
    )
}


def pytest_configure(config: pytest.Config) -> None:
    """Give all processes of this run one folder for what they share."""
    if FOLDER not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="coevo-tests-")
        os.environ[FOLDER] = folder.name
        config.add_cleanup(folder.cleanup)
        config.add_cleanup(lambda: os.environ.pop(FOLDER))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what takes long begin first, so that both processes end at about the same time."""
    for item in items:
        if item.path.stem in LONG:
            item.add_marker(pytest.mark.slow)
    order = ("results", "workflow", "unit", "published")
    items.sort(key=lambda item: order.index(item.path.parent.name))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep a file's tests in one process, and all of the studies that ship: they are built once."""
    from xdist.scheduler import LoadFileScheduling

    class ByStudy(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            folder, _, file = super()._split_scope(nodeid).rpartition("/")
            return folder if folder.endswith("results") else f"{folder}/{file}"

    return ByStudy(config, log)


def run(config: str | Path, *options: str, folder: Path = ROOT) -> subprocess.CompletedProcess:
    """Run the workflow in `folder` as `make` does and return what it said."""
    return subprocess.run(
        [sys.executable, "workflow/once.py", str(config), "--cores", "2", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def tables_of(study: str) -> list[str]:
    """Return what a study makes for other programs, which needs every table but no report."""
    return [f"reports/{study}/{name}" for name in ("results.en.xlsx", "latex")]


@pytest.fixture(scope="session")
def built():
    """Build the studies that ship and return a function that reads their tables.

    No test looks at the reports of two of them: those of three systems are built where `CI` is set,
    those of provinces-scale never, a study like the default one with other indicators. Of the last
    a test looks at one report alone.
    """
    from coevo.files import read_table

    whole = bool(os.environ.get("CI"))
    for name in ("config", "provinces-scale", "provinces-three", "zhejiang", "lynx-hare"):
        tables_alone = {"provinces-scale"} | ({"provinces-three"} if not whole else set())
        targets = tables_of(name) if name in tables_alone else []
        if name == "lynx-hare" and not whole:
            targets = [*tables_of(name), f"reports/{name}/report.en.html"]
        result = run(f"config/{name}.yaml", *targets)
        assert result.returncode == 0, result.stdout + result.stderr
    tables: dict[tuple[str, str], object] = {}

    def read(study: str, table: str):
        if (study, table) not in tables:
            path = ROOT / "data" / "processed" / study / f"{table}.csv"
            tables[study, table] = read_table(path)
        return tables[study, table].copy()

    return read


@pytest.fixture
def results(built):
    """`results(study, table)`: a table of a study that ships."""
    return built
