"""Mutation testing of the core: a share of its mutants, drawn by seed, against the quick tests.

    python -m benchmarks.mutants --log verdicts.csv --each 200 --seed 1

mutmut, which stands in an environment of its own, makes the mutants and says which function a test
reaches; what it would do once for each mutant, to start pytest and collect
the tests, is done here once for all. A mutant is killed if a test that reaches its function fails,
or if they take four times as long. Tests run from quick to slow, up to some seconds in all: a
mutant that only slower ones would kill counts as survived. Prints the survivors.
"""

import argparse
import fnmatch
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from functools import partial
from itertools import chain, zip_longest
from pathlib import Path

import hypothesis
import pytest

from benchmarks.common import ROOT, apart, markdown, wilson

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
        reached |= apart(lambda: self._reached(new)).result
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
            fails = apart(partial(self._fails_with, mutant, tests), 4 * total + 5).result
            with self.log.open("a", encoding="utf-8") as log:
                log.write(f"{mutant},{'killed' if tests and fails is not False else 'survived'}\n")
        return True


def table(made: dict[str, list[str]], verdicts: dict[str, str]) -> str:
    """Return the scores by package as a table of Markdown."""
    rows = []
    for name in PACKAGES:
        found = [verdicts[one] for one in made[name] if one in verdicts]
        if found:
            killed = found.count("killed")
            share, low, high = (100 * part for part in wilson(killed, len(found)))
            row = (name, f"{len(made[name]):,}", len(found), killed, f"{share:.1f} %")
            rows.append((*row, f"{low:.1f}–{high:.1f} %"))
    return markdown(("package", "mutants", "tried", "killed", "score", "95 %"), rows)


def drawn(made: dict[str, list[str]], each: int, seed: int) -> list[str]:
    """Return mutants of every package in turn, so that a run that is stopped has some of each."""
    shuffled = (
        random.Random(f"{seed}-{name}").sample(made[name], len(made[name])) for name in made
    )
    turns = zip_longest(*(names[:each] for names in shuffled))
    return [one for one in chain.from_iterable(turns) if one]


def read(log: Path) -> dict[str, str]:
    """Return the verdicts that a log holds."""
    log.touch()
    return dict(line.split(",") for line in log.read_text(encoding="utf-8").splitlines())


def tried(names: list[str], log: Path, most: float) -> int:
    """Try mutants with the tests of this folder; return pytest's code."""
    settings = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    words = ["--rootdir=.", "-q", "-p", "no:cacheprovider", *settings["pytest_add_cli_args"]]
    words += settings["pytest_add_cli_args_test_selection"]
    sys.path.insert(0, str(Path.cwd()))
    return int(pytest.main(words, plugins=[Trials(names, log, most)]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=200, help="mutants of each package")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", help="mutants or patterns of them, in place of a draw")
    parser.add_argument("--seconds", type=float, default=3.0, help="of tests for a mutant, at most")
    parser.add_argument("--log", type=Path, required=True, help="what has a verdict is not tried")
    given = parser.parse_args()
    os.environ |= {"CI": "true", "OPENBLAS_NUM_THREADS": "1"}  # the same drawn cases each time
    log = given.log.resolve()
    with tempfile.TemporaryDirectory(prefix="coevo-mutants-") as scratch:
        made = copied(Path(scratch).resolve())
        names = drawn(made, given.each, given.seed)
        if given.only:
            every = chain.from_iterable(made.values())
            names = [one for one in every if any(fnmatch.fnmatch(one, p) for p in given.only)]
        if left := [one for one in names if one not in read(log)]:
            os.chdir(scratch)
            code = tried(left, log, given.seconds)
            os.chdir(ROOT)
            if code != pytest.ExitCode.OK:
                return code
    verdicts = read(log)
    print(table(made, verdicts))
    print(*(name for name in left if verdicts[name] == "survived"), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
