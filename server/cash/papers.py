"""What the cash puts on paper and which drawers it opens: reactions to its own events, posted to devices.

A Z report may come out within a day, a slip within two minutes, a drawer within five seconds of the wish; later they
are not sent at all, and the terminal offers the paper or says to open the drawer by key.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from edge_agent import wire
from server.cash.events import CashMoved, DrawerWanted, ShiftClosed, Told
from server.cash.models import CashMove, Holder, ZReport
from server.cash.operations.shifts import DRAWER_LIFE_MS
from server.cash.paper import slip_blocks, z_blocks
from server.cash.queries import registers_by_id
from server.core import clock
from server.core.transaction import session
from server.core.words import words_of
from server.devices import operations as devices
from server.devices.queries import device_for
from server.staff import queries as staff
from server.stores import queries as stores
from server.values import times


def print_z(event: ShiftClosed) -> None:
    """Print the Z of a closed shift."""
    report = session().get_one(ZReport, uuid.UUID(event.id))
    language = stores.branch(report.branch_id).language
    blocks = z_blocks(report.snapshot, language, words_of(language))
    post_paper(event, "shift_close", "report", "report", blocks, life_ms=wire.PAPERS["report"].ttl_ms)


def print_slip(event: CashMoved) -> None:
    """Print the slip of cash that was put into a drawer or taken out, and open that drawer."""
    move = session().get_one(CashMove, uuid.UUID(event.id))
    drawer = next(
        holder
        for holder in (session().get_one(Holder, id) for id in (move.from_holder_id, move.to_holder_id))
        if holder.kind == "drawer"
    )
    language = stores.branch(move.branch_id).language
    blocks = slip_blocks(_slip(move, drawer), language, words_of(language))
    post_paper(event, "cash_move", "slip", "report", blocks, life_ms=wire.PAPERS["receipt_copy"].ttl_ms)
    open_drawer(event, "cash_move", move.reason)


def pulse(event: DrawerWanted) -> None:
    """Open the drawer that someone gave a reason for."""
    open_drawer(event, "drawer_open", event.reason)


def post_paper(
    event: Told,
    cause: str,
    name: str,
    kind: wire.PaperKind,
    blocks: list[dict[str, Any]],
    *,
    life_ms: int,
    copy: int = 0,
) -> None:
    """Post a paper to the terminal's printer, while what wants it is young enough. `name` makes the job's id."""
    left_ms = event.left_of(life_ms, clock.now_ms())
    printer = device_for(event.terminal_id, "receipt") if left_ms > 0 else None
    if printer is None:
        return
    devices.post_job(
        job_id=wire.job_id(uuid.UUID(event.id), name, copy),
        device_id=printer.id,
        op="print",
        args={"kind": kind, "doc": {"blocks": blocks}, "copy": copy},
        cause_kind=cause,
        cause_id=event.id,
        lives_ms=left_ms,
        copy=copy,
    )


def open_drawer(event: Told, cause: str, reason: str) -> None:
    """Post a pulse for the terminal's drawer, while the wish is younger than five seconds."""
    left_ms = event.left_of(DRAWER_LIFE_MS, clock.now_ms())
    drawer = device_for(event.terminal_id, "drawer") if left_ms > 0 else None
    if drawer is None:
        return
    devices.post_job(
        job_id=wire.job_id(uuid.UUID(event.id), "open"),
        device_id=drawer.id,
        op="open",
        args={"reason": reason},
        cause_kind=cause,
        cause_id=event.id,
        lives_ms=left_ms,
    )


def _slip(move: CashMove, drawer: Holder) -> Mapping[str, Any]:
    branch = stores.branch(move.branch_id)
    company = stores.company_of(branch)
    assert drawer.register_id is not None
    return {
        "direction": "in" if move.to_holder_id == drawer.id else "out",
        "amount_minor": move.amount_minor,
        "currency": company.currency,
        "reason": move.reason,
        "by": staff.names_of([move.by]).get(move.by, "") if move.by else "",
        "moved_at": times.local_minute(move.moved_at, branch.timezone),
        "register": registers_by_id([drawer.register_id])[drawer.register_id].code,
        "seller": {"name": company.name},
    }
