"""How long a study takes and how much memory it needs: roughly, from docs/benchmarks.md.

The constants are of its section "Many regions", by the clock on two cores with `chunks: 1`; a test
holds them against the studies that were measured there.
"""

import os

START = 18.0  # seconds of any study
DOCUMENT = 2.2  # seconds of one document, a format in a language
ROW, FIGURE = 0.0045, 0.0001  # seconds of a region in a year, and of one figure of it
LEAST, ROW_MEMORY, FIGURE_MEMORY = 430.0, 0.014, 0.0005  # MB of the largest process, likewise
FEW = 90  # seconds that are told as such


def expected_seconds(rows: int, figures: int, documents: int) -> float:
    """Return the seconds of a study: rows of regions and years, figures in them, its reports.

    seconds = START + DOCUMENT documents + ROW rows + FIGURE figures
    """
    return START + DOCUMENT * documents + ROW * rows + FIGURE * figures


def expected_megabytes(rows: int, figures: int) -> float:
    """Return the most memory of one process, in MB.

    megabytes = LEAST + ROW_MEMORY rows + FIGURE_MEMORY figures
    """
    return LEAST + ROW_MEMORY * rows + FIGURE_MEMORY * figures


def cost_line(rows: int, figures: int, documents: int) -> str:
    """Return in words what a study takes, and what to do where this computer has not the memory."""
    seconds = expected_seconds(rows, figures, documents)
    gigabytes = expected_megabytes(rows, figures) / 1000
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
