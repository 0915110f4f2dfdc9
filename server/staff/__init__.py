"""Owns people, roles with their rights and caps, PINs, passwords and sessions; answers the door's question who acts.

Calls devices (which terminal asks), stores and core; announces nothing.
"""

from server.core.actor import Right

RIGHTS = (Right("staff.manage"),)
