"""Types of arrays, by what they hold, of a row of a table and of a configuration."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Places = npt.NDArray[np.intp]
Booleans = npt.NDArray[np.bool_]
Strings = npt.NDArray[np.str_]
Objects = npt.NDArray[np.object_]
Values = npt.ArrayLike  # what becomes an array
Row = dict[str, Any]  # of a table, by column
Config = Mapping[str, Any]  # of a study, or a section of it
