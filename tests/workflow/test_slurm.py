"""The small study in chunks through a real SLURM of one node: the same bytes as on one machine."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.one_node import OneNode, lacking, one_node
from tests.projects import ROOT, copy_small, snapshot

LOCK = ROOT / "requirements-slurm.lock"
CHUNKS, TOOK = 2, 600  # seconds that a run may take on a busy machine
# A small study's jobs end in seconds; on a cluster they are asked for less often.
QUICK = ["--seconds-between-status-checks", "1", "--slurm-init-seconds-before-status-checks", "1"]
MODEST = "--default-resources mem_mb=500 runtime=5 --latency-wait 20 --jobs 4".split()
pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The executor of the lock, in a folder beside the environment."""
    why, place = lacking(), str(tmp_path_factory.mktemp("plugin"))
    if not why:
        words = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", place]
        words += ["--only-binary", ":all:", "--require-hashes", "-r", str(LOCK)]
        run = subprocess.run(words, capture_output=True, text=True)
        why = run.stderr if run.returncode else ""
    if why and os.environ.get("CI"):
        pytest.fail(why)
    return pytest.skip(why) if why else place


@pytest.fixture(scope="module")
def cluster(plugin: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneNode]:
    """A SLURM of one node, in whose environment the executor is found."""
    with one_node(tmp_path_factory.mktemp("slurm")) as node:
        node.known["PYTHONPATH"] = plugin
        yield node


def study(folder: Path, chunks: int) -> Path:
    """Return a copy of the small study, in chunks."""
    with (copy_small(folder) / "config" / "config.yaml").open("a", encoding="utf-8") as config:
        config.write(f"\nchunks: {chunks}\n")
    return folder


@pytest.fixture
def begin() -> Iterator[Callable[..., subprocess.Popen]]:
    """`begin(folder, options, environment)` starts a run, which does not outlive the test."""
    runs: list[subprocess.Popen] = []

    def start(
        folder: Path, options: list[str], known: dict[str, str] | None = None
    ) -> subprocess.Popen:
        words = [sys.executable, "-m", "coevo", "build", *options]
        places = [str(ROOT), (known or os.environ).get("PYTHONPATH", "")]
        told = {**(known or os.environ), "PYTHONPATH": os.pathsep.join(places)}
        with (folder / "said.txt").open("w") as said:
            runs.append(subprocess.Popen(words, cwd=folder, env=told, stdout=said, stderr=said))
        return runs[-1]

    yield start
    for run in runs:
        run.kill()
        run.wait()


def ends_well(run: subprocess.Popen, folder: Path, more: Callable[[], str] = str) -> None:
    """Wait for a run; one that fails or hangs is told with what it said, and more."""
    try:
        ended = run.wait(TOOK)
    except subprocess.TimeoutExpired:
        ended = None
    assert ended == 0, f"{ended}\n{(folder / 'said.txt').read_text()}\n{more()}"


def test_slurm_gives_the_same_bytes_even_after_kills(
    cluster: OneNode, begin: Callable[..., subprocess.Popen], tmp_path: Path
) -> None:
    """A job, the controller and the run are killed in the middle, and the controller comes back:
    one more run ends as one that was left alone."""
    here, there = study(tmp_path / "here", 1), study(tmp_path / "there", CHUNKS)
    options = ["--profile", "slurm", "--", *QUICK, *MODEST]
    first = begin(there, options, cluster.known)
    deadline = time.monotonic() + TOOK
    while not (running := [job for job, state, about in cluster.jobs()
                           if state == "RUNNING" and "_part" in about]):  # fmt: skip
        said = (there / "said.txt").read_text()
        assert first.poll() is None and time.monotonic() < deadline, said
        time.sleep(0.2)
    cluster.tell("scancel", "--full", "--signal=KILL", running[0])
    cluster.kill("slurmctld")
    time.sleep(5)  # the run asks in vain
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert not (there / "reports" / "small" / "report.en.html").exists()
    cluster.start_anew()
    ends_well(begin(there, options, cluster.known), there, cluster.said)
    ends_well(begin(here, ["--cores", "2"]), here)
    assert snapshot(there) == snapshot(here)
    done = {about for _, state, about in cluster.jobs() if state == "COMPLETED"}
    parts = {f"{rule}_part_wildcards_{i}-of-{CHUNKS}"
             for rule in ("vary", "estimate") for i in range(1, CHUNKS + 1)}  # fmt: skip
    assert all(any(part in about for about in done) for part in parts), done
