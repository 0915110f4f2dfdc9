"""Random histories of one open order at three terminals, each from a seed: the browser's tests make the same ones.

Terminals have clocks that differ, see each other's operations only when they happen to sync, and add, void, change,
pay, rename and drop what they know of. `server/web/app/tests/unit/core/histories.ts` is the same program.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from server.orders.fold import Operation, Order
from server.values import hlc

HISTORIES = 2_000
OFFSETS_MS = (0, -40_000, 0)
BEGIN_MS = 1_700_000_000_000
NOTES = ("", "az duzlu", "без лука", "acı")


class Dice:
    """A linear congruential generator: the same figures in every language."""

    def __init__(self, seed: int) -> None:
        self.state = (seed * 7_919 + 1) % 2**32

    def roll(self, sides: int) -> int:
        self.state = (self.state * 1_664_525 + 1_013_904_223) % 2**32
        return (self.state >> 8) % sides


@dataclass
class Terminal:
    number: int
    clock: hlc.Hlc = hlc.ZERO
    known: dict[str, Operation] = field(default_factory=dict)


def history(seed: int) -> list[Operation]:
    """All operations of one history, in the order in which they were made."""
    dice, now, made = Dice(seed), BEGIN_MS, []
    terminals = [Terminal(number) for number in range(3)]
    for _ in range(12 + dice.roll(30)):
        now += dice.roll(4) * 500
        terminal = terminals[dice.roll(3)]
        if dice.roll(6) == 0:
            _sync(terminal, terminals[dice.roll(3)], now + OFFSETS_MS[terminal.number])
            continue
        terminal.clock = hlc.tick(terminal.clock, now + OFFSETS_MS[terminal.number])
        kind, body = _deed(dice, terminal, len(made))
        identifier = f"{dice.roll(1 << 20):05x}-{len(made):03x}"
        body = {"head": {"branch_id": 1, "kind": "hold", "name": f"Kassa {terminal.number}"}} | body
        operation = Operation(identifier, kind, str(terminal.clock), body, terminal.number + 1)
        terminal.known[identifier] = operation
        made.append(operation)
    return made


def digest(order: Order | None) -> str:
    """A short fingerprint of a state."""
    return digest_of(asdict(order) if order else None)


def digest_of(state: Any) -> str:
    """The same of a state as a plain value."""
    text = json.dumps(state, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _sync(terminal: Terminal, other: Terminal, now: int) -> None:
    for identifier, operation in other.known.items():
        if identifier not in terminal.known:
            terminal.known[identifier] = operation
            terminal.clock = hlc.receive(terminal.clock, hlc.parse(operation.hlc), now)


def _deed(dice: Dice, terminal: Terminal, number: int) -> tuple[str, dict[str, Any]]:
    lines = [one.body["line_id"] for one in terminal.known.values() if one.kind == "order_line_add"]
    choice = dice.roll(12)
    if choice < 5 or not lines:
        return "order_line_add", {
            "line_id": f"line-{number}",
            "item_id": 1 + dice.roll(40),
            "quantity_milli": (1 + dice.roll(5)) * 1_000,
            "note": NOTES[dice.roll(4)],
        }
    line_id = lines[dice.roll(len(lines))]
    if choice == 5:
        return "order_line_void", {"line_id": line_id, "quantity_milli": (1 + dice.roll(3)) * 1_000, "reason": "səhv"}
    if choice < 8:
        return "order_line_set", _setting(dice, line_id)
    if choice < 10:
        return "order_line_pay", {
            "line_id": line_id,
            "quantity_milli": (1 + dice.roll(3)) * 1_000,
            "sale_id": f"sale-{number}",
        }
    if choice == 10:
        return "order_rename", {"name": f"Masa {dice.roll(9)}"}
    return ("order_drop", {"reason": "getdi"}) if dice.roll(3) == 0 else ("order_rename", {"name": "Əli"})


def _setting(dice: Dice, line_id: str) -> dict[str, Any]:
    about = None if dice.roll(4) == 0 else line_id
    if dice.roll(2) == 0:
        return {"line_id": about, "note": NOTES[dice.roll(4)]}
    return {"line_id": about, "discount": {"kind": "percent", "value": dice.roll(20) * 100}}
