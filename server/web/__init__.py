"""What is not one module's: health, the shell that serves the browser app, the event stream, the list of flags.

Owns no table. Calls `core`; announces nothing.
"""

from server.core.actor import Right

RIGHTS = (Right("flags.settle"),)
