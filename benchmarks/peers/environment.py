"""The environment of the peers: made once for a Python and a list, beside this folder."""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.peers.task import ROOT

LISTED = ROOT / "benchmarks" / "peers.txt"
CACHE = ROOT / "benchmarks" / ".peers"
FILLED = "filled.txt"  # names the packages that could not be installed
THREADS = ("OMP", "OPENBLAS", "MKL", "NUMBA", "RAYON")


def versions() -> dict[str, str]:
    """Return the version of each package of `peers.txt`."""
    lines = (line.strip() for line in LISTED.read_text(encoding="utf-8").splitlines())
    pinned = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {name: version for name, version in pinned}


def environment() -> tuple[Path, list[str]]:
    """Return the Python of the environment, and which packages do not install under it."""
    digest = hashlib.sha256(LISTED.read_bytes()).hexdigest()[:8]
    folder = CACHE / f"{sys.version_info[0]}.{sys.version_info[1]}-{digest}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (folder / FILLED).exists():
        venv.create(folder, clear=True, with_pip=True)
        lacking = _filled(python)
        (folder / FILLED).write_text("\n".join(lacking), encoding="utf-8")
    return python, (folder / FILLED).read_text(encoding="utf-8").split()


def _filled(python: Path) -> list[str]:
    """Install the list; where that fails as a whole, each package alone. Return those that fail."""
    if _installed(python, "-r", str(LISTED)):
        return []
    pinned = versions().items()
    return [name for name, at in pinned if not _installed(python, f"{name}=={at}")]


def _installed(python: Path, *what: str) -> bool:
    words = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return subprocess.run([*words, "-c", str(LISTED), *what]).returncode == 0


def run(python: Path, *arguments: str) -> str:
    """Return the last line that a module prints; `RuntimeError` with what it said if it fails."""
    one = {f"{name}_NUM_THREADS": "1" for name in THREADS}
    words = [str(python), "-m", *arguments]
    done = subprocess.run(
        words, cwd=ROOT, env={**os.environ, **one}, capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr.strip()[-2000:]}")
    return done.stdout.splitlines()[-1]
