"""``python -m bestsms``: the command line."""

import sys

from bestsms.cli import main

sys.exit(main())
