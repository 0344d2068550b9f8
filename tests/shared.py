"""What takes long to make is made once for all processes of a run of the tests."""

import os
import pickle
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

FOLDER = "COEVO_TESTS_SHARED"  # in the environment, so that both processes know it
PATIENCE = 300  # seconds; what takes longer was killed


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


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Let one process of this run at a time do what follows under this name."""
    lock, since = Path(os.environ.get(FOLDER, tempfile.gettempdir()), name), time.monotonic()
    while True:
        with suppress(FileExistsError):
            lock.mkdir()
            break
        if time.monotonic() > since + PATIENCE:
            break
        time.sleep(0.1)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            lock.rmdir()
