"""Pairing and enrolment as the views run them: they own their transactions, so that a miss or a new agent stays written
although the answer is an error, and so that a secret is never kept in a stored answer.
"""

from typing import Any

from server.core import actor, cookies
from server.core.transaction import writing, writing_despite
from server.devices import operations, views
from server.devices.operations import Enrolled, Paired
from server.devices.operations.enrolment import BrokerNotReady
from server.devices.operations.pairing import PairingCodeUnknown


def new_code(*, kind: str, branch_id: int) -> dict[str, Any]:
    """A code for a terminal or a token for an agent, told this once. Raises NotFound, NotAllowed."""
    with writing():
        return views.pairing_code(kind=kind, branch_id=branch_id)


def pair(*, code: str, name: str, public_key: str) -> dict[str, Any]:
    """Pair by a code and give the browser its cookie. Raises PairingCodeUnknown, and the miss is kept."""
    with writing_despite(PairingCodeUnknown):
        paired = operations.pair(code=code, name=name, public_key=public_key)
    return _welcome(paired)


def pair_here(*, branch_id: int, name: str, public_key: str) -> dict[str, Any]:
    """Pair the browser of whoever is signed in. Raises NotFound, NotAllowed."""
    actor.require_branch(branch_id)
    with writing():
        paired = operations.pair_here(branch_id=branch_id, name=name, public_key=public_key)
    return _welcome(paired)


def enrol(*, token: str, name: str, model: str, sw: str) -> Enrolled:
    """Enrol by a token. Raises BrokerNotReady until the broker knows the agent, and the agent is kept."""
    with writing_despite(BrokerNotReady):
        return operations.enrol(token=token, name=name, model=model, sw=sw)


def _welcome(paired: Paired) -> dict[str, Any]:
    cookies.give(cookies.TERMINAL, paired.token, cookies.TERMINAL_LASTS_S)
    return {"terminal": paired.terminal, "branch_id": paired.terminal.branch_id}
