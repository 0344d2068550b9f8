"""Programs that some tests need and Python does not bring."""

import os
import shutil

import pytest


def needs(*programs: str) -> pytest.MarkDecorator:
    """Return a mark of tests that need programs: without one they are skipped, and it says why.

    Where `CI` is set they run all the same, and fail: `.ci/run` has what is asked for here.
    """
    missing = [] if os.environ.get("CI") else [p for p in programs if not shutil.which(p)]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")
