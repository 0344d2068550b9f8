"""Begin a study in a folder of its own, or add a CSV to fill in to one that is there.

The vintage is this month unless named; the years are the six before that year unless named. With a
folder of downloads, config and tables are made from what stands in its files.
"""

from argparse import Namespace
from contextlib import chdir
from datetime import date
from functools import partial
from pathlib import Path

from coevo.command.folder import make_folder, write_frame
from coevo.study.configuration import DEFAULT
from coevo.study.new_study import RAW, Wish, begin_from_files, begin_study, wish
from coevo.study.raw_files import raw_paths


def main(chosen: Namespace) -> int:
    """Write the files, say which and what comes next; return the exit code."""
    month, words = f"{date.today():%Y-%m}", (chosen.source, chosen.regions)
    wanted = wish(chosen.name, chosen.first, chosen.last, chosen.vintage, month, *words)
    if Path(chosen.name, DEFAULT).is_file() and not chosen.source:
        with chdir(chosen.name):
            lines = begin_study(wanted)
    else:
        lines = make_folder(chosen.name, partial(_begun, wanted, Path.cwd()))
    print(*lines, sep="\n", flush=True)
    return 0


def _begun(wanted: Wish, home: Path) -> list[str]:
    """Write a study into this folder, with what stands around it; return what is to be said."""
    lines = begin_from_files(wanted, home) if wanted.source else begin_study(wanted)
    files = raw_paths(RAW, "latest") if wanted.source else []
    write_frame({}, (Path(path).relative_to(RAW).as_posix() for path in files))
    return lines
