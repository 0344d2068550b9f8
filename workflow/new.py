"""Begin a study: a config, an indicator table and a workbook to fill in. Nothing is overwritten.

    python workflow/new.py study=NAME [first=2018] [last=2023] [vintage=2026-11] [from=FOLDER]

The vintage is this month unless named; the years are the six before that year unless named. With a
folder of downloads, config and tables are made from what stands in its files.
"""

import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from coevo.errors import command
from coevo.study.new_study import begin_from_files, begin_study, wish


def main(*words: str) -> int:
    """Write the files, say which and what comes next; return the exit code."""
    sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a character

    def step() -> int:
        wanted = wish(words, f"{date.today():%Y-%m}")
        begin = begin_from_files if wanted.source else begin_study
        print(*begin(wanted), sep="\n", flush=True)
        return 0

    return command(step)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
