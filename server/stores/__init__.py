"""Owns companies, branches, warehouses and settings. Calls core and values only; announces nothing.

Its rows are reference data: whoever sells reads them from the feed's topic `settings`.
"""

from server.core.actor import Right

RIGHTS = (Right("settings.manage"),)
