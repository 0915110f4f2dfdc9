"""`python -m edge_agent` is `aisales-edge`."""

import sys

from edge_agent.cli import main

sys.exit(main())
