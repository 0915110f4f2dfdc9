"""A browser becomes a terminal: by a code from the back office, or by an owner who is signed in on it."""

from dataclasses import dataclass

import sqlalchemy as sa

from server.core import actor, audit, changes, clock
from server.core.errors import Trouble
from server.core.transaction import session
from server.devices.models import PairingCode, Terminal, TerminalRevocation
from server.devices.operations.terminals import TOPIC, bind_first_come
from server.devices.secrets import code_hash, new_code, new_token, token_hash
from server.stores import queries as stores

CODE_LIVES_MS = 600_000
TRIES_AT_MOST = 20
"""Wrong guesses that a code survives. Each costs every open code a try, since nobody knows which one was meant."""


class PairingCodeUnknown(Trouble):
    """This code is wrong, used, or older than 10 minutes."""

    status = 422
    code = "pairing_code_unknown"


@dataclass(frozen=True)
class Paired:
    """A terminal and the secret of its cookie, which is told this once."""

    terminal: Terminal
    token: str


def make_pairing_code(branch_id: int) -> tuple[str, int]:
    """A code for one terminal of a branch, and when it ends. Raises NotFound for the branch."""
    stores.branch(branch_id)
    now = clock.now_ms()
    code = new_code()
    session().add(
        PairingCode(
            hash=code_hash(code),
            kind="terminal",
            branch_id=branch_id,
            made_by=actor.current().person_id,
            created_at=now,
            expires_at=now + CODE_LIVES_MS,
        )
    )
    audit.write("make_pairing_code", "branch", branch_id, after={"kind": "terminal"})
    session().flush()
    return code, now + CODE_LIVES_MS


def pair(*, code: str, name: str, public_key: str) -> Paired:
    """Let in whoever holds a code. Raises PairingCodeUnknown, and then the miss must be committed all the same."""
    branch_id, made_by = _use(code)
    return _let_in(branch_id, name=name, public_key=public_key, by=made_by)


def pair_here(*, branch_id: int, name: str, public_key: str) -> Paired:
    """Make the very browser of a signed-in person a terminal. Raises NotFound for the branch."""
    stores.branch(branch_id)
    return _let_in(branch_id, name=name, public_key=public_key, by=actor.current().person_id)


def _use(code: str) -> tuple[int, int | None]:
    now = clock.now_ms()
    is_open = sa.and_(
        PairingCode.kind == "terminal",
        PairingCode.used_at.is_(None),
        PairingCode.expires_at > now,
        PairingCode.tries < TRIES_AT_MOST,
    )
    use = sa.update(PairingCode).where(PairingCode.hash == code_hash(code), is_open).values(used_at=now)
    found = session().execute(use.returning(PairingCode.branch_id, PairingCode.made_by)).first()
    if found is None:
        session().execute(sa.update(PairingCode).where(is_open).values(tries=PairingCode.tries + 1))
        raise PairingCodeUnknown
    return found[0], found[1]


def _let_in(branch_id: int, *, name: str, public_key: str, by: int | None) -> Paired:
    now, token = clock.now_ms(), new_token()
    seq = changes.take()
    terminal = session().scalars(sa.select(Terminal).where(Terminal.public_key == public_key)).first()
    if terminal is None:
        terminal = Terminal(id=seq, public_key=public_key)
        session().add(terminal)
    else:
        _end_revocation(terminal, now)
    terminal.branch_id, terminal.name = branch_id, name
    terminal.token_hash = token_hash(token)
    terminal.paired_at, terminal.paired_by, terminal.revoked_at = now, by, None
    terminal.rev = seq
    session().flush()
    changes.record(TOPIC, "terminal", terminal.id, seq=seq, branch_id=branch_id)
    audit.write("pair_terminal", "terminal", terminal.id, after={"name": name, "branch_id": branch_id})
    bind_first_come(branch_id)
    session().flush()
    return Paired(terminal, token)


def _end_revocation(terminal: Terminal, now: int) -> None:
    is_standing = sa.and_(TerminalRevocation.terminal_id == terminal.id, TerminalRevocation.paired_again_at.is_(None))
    session().execute(sa.update(TerminalRevocation).where(is_standing).values(paired_again_at=now))
