"""`python -m coevo`, which is the command `coevo`."""

import sys

from coevo.command import main

sys.exit(main())
