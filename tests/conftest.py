"""What tests share: one folder for a run of them, and which of them share a process."""

import os
import tempfile

import hypothesis
import pytest

from tests.shared import FOLDER

# No drawn case has to end within a time of the clock: the machine may be at work on something else.
# In CI the cases of a test are the same each time; by hand new ones are drawn.
hypothesis.settings.register_profile("coevo", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("coevo")


def pytest_configure(config: pytest.Config) -> None:
    """Give all processes of this run one folder for what they share."""
    if FOLDER not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="coevo-tests-")
        os.environ[FOLDER] = folder.name
        config.add_cleanup(folder.cleanup)
        config.add_cleanup(lambda: os.environ.pop(FOLDER))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep a file's tests in one process, and all of the studies that ship: they are built once."""
    from xdist.scheduler import LoadFileScheduling

    class ByStudy(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            folder, _, file = super()._split_scope(nodeid).rpartition("/")
            return folder if folder.endswith("results") else f"{folder}/{file}"

    return ByStudy(config, log)
