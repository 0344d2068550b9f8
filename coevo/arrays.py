"""Types of arrays, by what they hold, and of a row of a table."""

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
