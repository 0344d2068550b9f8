"""What tests share: the repository, its studies as built once, small studies of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.hookimpl(tryfirst=True)  # before xdist, which reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests in one process, and all that read the studies that ship; these first.

    So each study is built once, and what takes long does not begin when all else has ended.
    """
    order = ("results", "workflow", "unit", "published")
    items.sort(key=lambda item: order.index(item.path.parent.name))
    for item in items:
        shared = "built" in getattr(item, "fixturenames", ())
        name = "built" if shared else f"{item.path.parent.name}-{item.path.stem}"
        item.add_marker(pytest.mark.xdist_group(name))


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


@pytest.fixture(scope="session")
def built():
    """Build the studies that ship and return a function that reads their tables."""
    from coevo.files import read_table

    for name in ("config", "provinces-scale", "provinces-three", "zhejiang"):
        result = run(f"config/{name}.yaml")
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
