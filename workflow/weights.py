"""Say which method, and which common mistake, gives the weights that a paper prints.

    python workflow/weights.py study=NAME|config/config.yaml weights.csv

The file has the name of an indicator and its weight in each row, as shares or per cent. The raw
files of the study are read as `check` does; nothing is written. Exit code: 0, or 1 if something
keeps it from that.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from coevo.errors import StudyError, command
from coevo.printed_weights import weight_lines
from coevo.study.check import check_study
from coevo.study.configuration import config_file


def main(config: str, file: str = "") -> int:
    """Print the variants and the verdict; return the exit code."""
    sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a character

    def step() -> int:
        if not file:
            raise StudyError("weights: name the table: make weights file=weights.csv study=NAME")
        print(*weight_lines(check_study(config_file(config)), file), sep="\n", flush=True)
        return 0

    return command(step)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
