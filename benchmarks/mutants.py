"""Mutation testing of the core: a share of its mutants, drawn by seed, against the quick tests.

    python -m benchmarks.mutants --log verdicts.csv --each 200 --seed 1 [--write]

mutmut makes the mutants (it stands in an environment of its own, see docs/mutation.md) and says
which function a test reaches; what it would do once for each mutant, to start pytest and collect
the tests, is done here once for all. A mutant is killed if a test that reaches its function fails,
or if they take four times as long. Tests run from quick to slow, up to some seconds in all: a
mutant that only slower ones would kill counts as survived. Prints the survivors.
"""

import argparse
import fnmatch
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs" / "mutation.md"
MARK = "<!-- mutants -->"
PACKAGES = ("coupling", "weighting", "lotka_volterra", "estimation", "inference")


Reach = tuple[float, list[str]]  # the seconds of a test, and the functions that it reaches


def copied(folder: Path) -> dict[str, list[str]]:
    """Copy the repository into a folder, its core mutated; return mutants by package."""
    from mutmut.mutation.file_mutation import mutate_file_contents
    from mutmut.utils.format_utils import get_mutant_name

    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(words, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    made = defaultdict(list)
    for name in filter(None, names.split("\0")):
        path = Path(name)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".py" and path.parts[0] == "coevo" and path.parts[1] in PACKAGES:
            mutated = mutate_file_contents(name, (ROOT / path).read_text(encoding="utf-8"))
            (folder / path).write_text(mutated.code, encoding="utf-8")
            made[path.parts[1]] += [get_mutant_name(path, one) for one in mutated.mutant_names]
        elif (ROOT / path).exists():
            shutil.copy(ROOT / path, folder / path)
    return made


def forked(work: Callable[[], Any], seconds: float | None = None) -> Any:
    """Return what a function returns in a child process, or None if it ends or takes too long."""
    ends = os.pipe()
    child = os.fork()
    if child == 0:
        if seconds is not None:
            limit = int(time.process_time() + seconds) + 1
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        try:
            os.write(ends[1], json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(ends[1])
    with os.fdopen(ends[0], "rb") as said:
        text = said.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else None


class Trials:
    """A plugin of pytest: tries mutants in place of running what was collected."""

    def __init__(self, mutants: list[str], log: Path, most: float) -> None:
        self.mutants, self.log, self.most = mutants, log, most
        self.failed = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Draw fewer cases than in CI, and look for no simpler one of those that fail."""
        own = hypothesis.settings.get_profile("coevo")
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        hypothesis.settings.register_profile("mutants", own, phases=phases, max_examples=25)
        hypothesis.settings.load_profile("mutants")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed |= report.failed

    def _fails(self, items: list[pytest.Item]) -> bool:
        for item, after in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if self.failed:
                return True
        return False

    def _reached(self, items: list[pytest.Item]) -> dict[str, Reach]:
        """Run tests without a mutant; return for each what it reaches, nothing where it fails."""
        from mutmut.mutation.trampoline import set_mutant_under_test
        from mutmut.state import state

        set_mutant_under_test("stats")
        found: dict[str, Reach] = {}
        for item in items:
            start, self.failed = time.process_time(), False
            passed = not self._fails([item])
            found[item.nodeid] = (time.process_time() - start, sorted(state()._stats) * passed)
            state()._stats.clear()
        return found

    def _fails_with(self, mutant: str, items: list[pytest.Item]) -> bool:
        from mutmut.mutation.trampoline import set_mutant_under_test

        set_mutant_under_test(mutant)
        return self._fails(items)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        from mutmut.utils.format_utils import mangled_name_from_mutant_name

        kept = self.log.with_suffix(".tests.json")
        reached = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
        new = [item for item in session.items if item.nodeid not in reached]
        reached |= forked(lambda: self._reached(new))
        kept.write_text(json.dumps(reached), encoding="utf-8")
        print(*(f"not used: {test}" for test, (_, found) in reached.items() if not found), sep="\n")
        order = sorted(session.items, key=lambda item: reached[item.nodeid][0])
        for mutant in self.mutants:
            function, total, tests = mangled_name_from_mutant_name(mutant), 0.0, []
            for item in order:
                seconds, functions = reached[item.nodeid]
                if function in functions and total + seconds <= self.most:
                    total += seconds
                    tests.append(item)
            fails = forked(partial(self._fails_with, mutant, tests), 4 * total + 5)
            with self.log.open("a", encoding="utf-8") as log:
                log.write(f"{mutant},{'killed' if tests and fails is not False else 'survived'}\n")
        return True


def wilson(part: int, whole: int, z: float = 1.96) -> tuple[float, float]:
    """Return the bounds of Wilson's interval of a share, at 95 % for z = 1.96."""
    share, scale = part / whole, 1 + z * z / whole
    centre = (share + z * z / (2 * whole)) / scale
    half = z / scale * (share * (1 - share) / whole + z * z / (4 * whole * whole)) ** 0.5
    return centre - half, centre + half


def table(made: dict[str, list[str]], verdicts: dict[str, str]) -> str:
    """Return the scores by package as a table of Markdown."""
    rows = ["| package | mutants | tried | killed | score | 95 % |", "|---|---|---|---|---|---|"]
    for name in PACKAGES:
        found = [verdicts[one] for one in made[name] if one in verdicts]
        if found:
            killed = found.count("killed")
            low, high = wilson(killed, len(found))
            share = f"{100 * killed / len(found):.1f} % | {100 * low:.1f}–{100 * high:.1f} %"
            rows.append(f"| {name} | {len(made[name]):,} | {len(found)} | {killed} | {share} |")
    return "\n".join(rows)


def drawn(made: dict[str, list[str]], each: int, seed: int) -> list[str]:
    """Return mutants of every package in turn, so that a run that is stopped has some of each."""
    shuffled = (
        random.Random(f"{seed}-{name}").sample(made[name], len(made[name])) for name in made
    )
    turns = zip_longest(*(names[:each] for names in shuffled))
    return [one for one in chain.from_iterable(turns) if one]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=200, help="mutants of each package")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", help="mutants or patterns of them, in place of a draw")
    parser.add_argument("--seconds", type=float, default=3.0, help="of tests for a mutant, at most")
    parser.add_argument(
        "--log", type=Path, required=True, help="verdicts; what has one is not tried"
    )
    parser.add_argument("--write", action="store_true", help="the table, into docs")
    given = parser.parse_args()
    os.environ |= {"CI": "true", "OPENBLAS_NUM_THREADS": "1"}  # the same drawn cases each time
    log = given.log.resolve()
    log.touch()
    before = dict(line.split(",") for line in log.read_text(encoding="utf-8").splitlines())
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    settings = settings["tool"]["mutmut"]
    with tempfile.TemporaryDirectory(prefix="coevo-mutants-") as scratch:
        made = copied(Path(scratch).resolve())
        names = drawn(made, given.each, given.seed)
        if given.only:
            every = chain.from_iterable(made.values())
            names = [one for one in every if any(fnmatch.fnmatch(one, p) for p in given.only)]
        if names := [one for one in names if one not in before]:
            os.chdir(scratch)
            sys.path.insert(0, str(Path.cwd()))
            words = [
                "--rootdir=.",
                "-q",
                "-p",
                "no:cacheprovider",
                *settings["pytest_add_cli_args"],
            ]
            words += settings["pytest_add_cli_args_test_selection"]
            code = pytest.main(words, plugins=[Trials(names, log, given.seconds)])
            os.chdir(ROOT)
            if code != pytest.ExitCode.OK:
                return int(code)
    verdicts = dict(line.split(",") for line in log.read_text(encoding="utf-8").splitlines())
    said = table(made, verdicts)
    print(said)
    print(*(name for name in names if verdicts[name] == "survived"), sep="\n")
    if given.write:
        text = DOCS.read_text(encoding="utf-8")
        pattern, new = rf"{MARK}\n.*?{MARK}", f"{MARK}\n{said}\n{MARK}"
        DOCS.write_text(re.sub(pattern, lambda _: new, text, flags=re.S), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
