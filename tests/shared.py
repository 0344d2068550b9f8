"""What takes long to make is made once for all processes of a run of the tests."""

import os
import pickle
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

FOLDER = "COEVO_TESTS_SHARED"  # in the environment, so that both processes know it


def shared(make: Callable[[], Any], *given: Any) -> Any:
    """Return what `make()` returns, from the folder of this run if it was made of `given` there."""
    if FOLDER not in os.environ:
        return make()
    path = Path(os.environ[FOLDER], sha256(pickle.dumps(given)).hexdigest())
    if not path.is_file():
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            pickle.dump(make(), file)
        Path(file.name).replace(path)  # whole, also when both processes make it
    return pickle.loads(path.read_bytes())
