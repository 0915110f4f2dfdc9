"""Every table that core puts into a tenant's database, so that whoever needs the whole schema imports one module."""

from server.core.announce import ReactionDue
from server.core.audit import Audit
from server.core.changes import Change, ChangeMark, ChangeSequence
from server.core.flags import Flag
from server.core.idempotency import RequestKey
from server.core.identity import TenantIdentity
from server.core.inbox import Operation, RejectedOperation

__all__ = [
    "Audit",
    "Change",
    "ChangeMark",
    "ChangeSequence",
    "Flag",
    "Operation",
    "ReactionDue",
    "RejectedOperation",
    "RequestKey",
    "TenantIdentity",
]
