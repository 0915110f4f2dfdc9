"""An open order as a function of the set of its operations.

The same fold stands in the browser (`core/fold.ts`), on shared vectors: any permutation, with repeats, gives one state.
Bodies (every one carries `head`: branch_id, kind, name):

    order_line_add    line_id, quantity_milli, note, discount, and whatever else describes the line
    order_line_void   line_id, quantity_milli, reason
    order_line_set    line_id (none: the order itself), and note or discount or both
    order_line_pay    line_id, quantity_milli, sale_id
    order_rename      name
    order_drop        reason
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAX_OPERATIONS = 500  # of one order
KINDS = ("order_line_add", "order_line_void", "order_line_set", "order_line_pay", "order_rename", "order_drop")
SETTABLE = ("note", "discount")
_OUTSIDE_LINE = ("head", "line_id", *SETTABLE)


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that someone did to the order. `id` is the text of its UUID, `hlc` the wire form of its clock."""

    id: str
    kind: str
    hlc: str
    body: Mapping[str, Any]
    person_id: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The order of operations: by clock, then by id."""
        return (self.hlc, self.id)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line and what became of it; left = quantity − voided − paid, nothing once dropped. Units: thousandths."""

    line_id: str
    position: int
    added: Mapping[str, Any]
    added_by: int | None
    note: str
    discount: Any
    quantity_milli: int
    voided_milli: int
    paid_milli: int
    left_milli: int
    is_dropped: bool
    sale_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """What a person must look at: `paid_twice` or `void_too_much`, by how much."""

    kind: str
    line_id: str
    over_milli: int
    sale_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drop:
    """The order was given up: it covers the lines that were added before it."""

    hlc: str
    reason: str
    by: int | None


@dataclass(frozen=True, slots=True)
class Order:
    """The state. Open while a line has something left."""

    branch_id: int
    kind: str
    name: str
    note: str
    discount: Any
    opened_hlc: str
    opened_by: int | None
    changed_hlc: str
    dropped: Drop | None
    lines: tuple[OrderLine, ...]
    flags: tuple[Flag, ...]

    @property
    def is_open(self) -> bool:
        """Does a line wait to be paid?"""
        return any(line.left_milli for line in self.lines)


def fold(operations: Iterable[Operation]) -> Order | None:
    """The order that a set of operations makes; none of an empty set. Repeats: counts each id once."""
    known = sorted({operation.id: operation for operation in operations}.values(), key=lambda one: one.key)
    if not known:
        return None
    first, drop = known[0], _last(known, "order_drop")
    lines = _lines(known, drop)
    return Order(
        branch_id=first.body["head"]["branch_id"],
        kind=first.body["head"]["kind"],
        name=_name(known),
        note=_field(known, None, "note", ""),
        discount=_field(known, None, "discount", None),
        opened_hlc=first.hlc,
        opened_by=first.person_id,
        changed_hlc=known[-1].hlc,
        dropped=Drop(drop.hlc, drop.body["reason"], drop.person_id) if drop else None,
        lines=lines,
        flags=tuple(flag for line in lines for flag in _flags(line, known)),
    )


def _name(known: Sequence[Operation]) -> str:
    rename = _last(known, "order_rename")
    name: str = rename.body["name"] if rename else known[0].body["head"]["name"]
    return name


def _lines(known: Sequence[Operation], drop: Operation | None) -> tuple[OrderLine, ...]:
    # A line id belongs to its first addition; another with the same id would be a mistake and is not counted.
    added: dict[str, Operation] = {}
    for operation in known:
        if operation.kind == "order_line_add":
            added.setdefault(operation.body["line_id"], operation)
    return tuple(_line(operation, at, known, drop) for at, operation in enumerate(added.values(), start=1))


def _line(add: Operation, position: int, known: Sequence[Operation], drop: Operation | None) -> OrderLine:
    line_id, quantity = add.body["line_id"], add.body["quantity_milli"]
    voided = min(_sum(known, "order_line_void", line_id), quantity)
    pays = _of_line(known, "order_line_pay", line_id)
    paid = _sum(known, "order_line_pay", line_id)
    is_dropped = drop is not None and add.key < drop.key
    return OrderLine(
        line_id=line_id,
        position=position,
        added={name: value for name, value in add.body.items() if name not in _OUTSIDE_LINE},
        added_by=add.person_id,
        note=_field(known, line_id, "note", add.body.get("note", "")),
        discount=_field(known, line_id, "discount", add.body.get("discount")),
        quantity_milli=quantity,
        voided_milli=voided,
        paid_milli=paid,
        left_milli=0 if is_dropped else max(0, quantity - voided - paid),
        is_dropped=is_dropped,
        sale_ids=tuple(sorted({operation.body["sale_id"] for operation in pays})),
    )


def _flags(line: OrderLine, known: Sequence[Operation]) -> list[Flag]:
    flags = []
    if line.paid_milli > line.quantity_milli:
        flags.append(Flag("paid_twice", line.line_id, line.paid_milli - line.quantity_milli, line.sale_ids))
    # What is paid is gone: only the rest could be voided.
    over = _sum(known, "order_line_void", line.line_id) - max(0, line.quantity_milli - line.paid_milli)
    if over > 0 and line.voided_milli:
        flags.append(Flag("void_too_much", line.line_id, over, line.sale_ids))
    return flags


def _of_line(known: Sequence[Operation], kind: str, line_id: str) -> list[Operation]:
    return [operation for operation in known if operation.kind == kind and operation.body["line_id"] == line_id]


def _sum(known: Sequence[Operation], kind: str, line_id: str) -> int:
    return sum(operation.body["quantity_milli"] for operation in _of_line(known, kind, line_id))


def _last(known: Sequence[Operation], kind: str) -> Operation | None:
    return next((operation for operation in reversed(known) if operation.kind == kind), None)


def _field(known: Sequence[Operation], line_id: str | None, name: str, default: Any) -> Any:
    """The latest value that was set of a field of a line (or of the order), else what it began with."""
    for operation in reversed(known):
        if operation.kind == "order_line_set" and operation.body["line_id"] == line_id and name in operation.body:
            return operation.body[name]
    return default
