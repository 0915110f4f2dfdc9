"""What changes people, roles, secrets and sessions, by what it is about.

people      who works here, with which roles
roles       rights and how far they go
secrets     PINs and passwords
sign_in     attempts and their misses, sessions, another's approval
"""

from server.staff.operations.people import archive_person, change_person, create_person, restore_person
from server.staff.operations.roles import change_role, create_default_roles, create_role
from server.staff.operations.secrets import reset_password, set_password, set_pin, unlock
from server.staff.operations.sign_in import (
    Attempt,
    SignedIn,
    approve,
    begin_password,
    begin_pin,
    end_session,
    settle,
    start_session,
)

__all__ = [
    "Attempt",
    "SignedIn",
    "approve",
    "archive_person",
    "begin_password",
    "begin_pin",
    "change_person",
    "change_role",
    "create_default_roles",
    "create_person",
    "create_role",
    "end_session",
    "reset_password",
    "restore_person",
    "set_password",
    "set_pin",
    "settle",
    "start_session",
    "unlock",
]
