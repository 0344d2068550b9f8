"""How long a study takes and how much memory it needs: roughly, from docs/benchmarks.md.

The constants are of its section "Many regions", by the clock on two cores with `chunks: 1`; a test
holds them against the studies that were measured there.
"""

import os

START = 10.0  # seconds of any study
DOCUMENT = 5.0  # seconds of one document, a format in a language
ROW = 0.006  # seconds of a region in a year
MEMORY, ROW_MEMORY = 430.0, 0.02  # MB of the largest process: of any study, of a region in a year
FEW = 90  # seconds that are told as such


def expected_seconds(rows: int, documents: int) -> float:
    """Return the seconds of a study: rows are its regions times years, documents its reports.

    seconds = START + DOCUMENT documents + ROW rows
    """
    return START + DOCUMENT * documents + ROW * rows


def expected_megabytes(rows: int) -> float:
    """Return the most memory of one process of a study, in MB: MEMORY + ROW_MEMORY rows."""
    return MEMORY + ROW_MEMORY * rows


def cost_line(rows: int, documents: int) -> str:
    """Return in words what a study takes, and what to do where this computer has not the memory."""
    seconds, gigabytes = expected_seconds(rows, documents), expected_megabytes(rows) / 1000
    time = f"{round(seconds, -1):.0f} seconds" if seconds < FEW else f"{seconds / 60:.0f} minutes"
    said = f"Expected: about {time} on two cores, {gigabytes:.1f} GB of memory for each"
    there = _memory()
    if there is None or there >= 2 * gigabytes:
        return said
    what = "give cores=1 to make" if there >= gigabytes else "use a larger one, or fewer regions"
    return f"{said}; this computer has {there:.1f} GB in all: {what}"


def _memory() -> float | None:
    """Return the memory of this computer in GB, where the system tells it."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    except (AttributeError, ValueError, OSError):
        return None
