"""`python -m server.cli` is the `aisales` command, wherever the environment stands."""

import sys

from server.cli import main

sys.exit(main())
