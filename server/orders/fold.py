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

from collections import defaultdict
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
    first, drop, about = known[0], _last(known, "order_drop"), _by_line(known)
    lines = _lines(about, drop)
    return Order(
        branch_id=first.body["head"]["branch_id"],
        kind=first.body["head"]["kind"],
        name=_name(known),
        note=_field(about[None], "note", ""),
        discount=_field(about[None], "discount", None),
        opened_hlc=first.hlc,
        opened_by=first.person_id,
        changed_hlc=known[-1].hlc,
        dropped=Drop(drop.hlc, drop.body["reason"], drop.person_id) if drop else None,
        lines=lines,
        flags=tuple(flag for line in lines for flag in _flags(line, about[line.line_id])),
    )


def _name(known: Sequence[Operation]) -> str:
    rename = _last(known, "order_rename")
    name: str = rename.body["name"] if rename else known[0].body["head"]["name"]
    return name


def _by_line(known: Sequence[Operation]) -> Mapping[str | None, Sequence[Operation]]:
    """What concerns each line, in order; under None what was set of the order itself."""
    about: dict[str | None, list[Operation]] = defaultdict(list)
    for operation in known:
        about[operation.body.get("line_id")].append(operation)
    return about


def _lines(about: Mapping[str | None, Sequence[Operation]], drop: Operation | None) -> tuple[OrderLine, ...]:
    # A line id belongs to its first addition; another with the same id would be a mistake and is not counted.
    first = (next((one for one in ours if one.kind == "order_line_add"), None) for ours in about.values())
    added = sorted((operation for operation in first if operation), key=lambda one: one.key)
    return tuple(_line(add, at, about[add.body["line_id"]], drop) for at, add in enumerate(added, start=1))


def _line(add: Operation, position: int, ours: Sequence[Operation], drop: Operation | None) -> OrderLine:
    quantity = add.body["quantity_milli"]
    voided, paid = min(_sum(ours, "order_line_void"), quantity), _sum(ours, "order_line_pay")
    is_dropped = drop is not None and add.key < drop.key
    return OrderLine(
        line_id=add.body["line_id"],
        position=position,
        added={name: value for name, value in add.body.items() if name not in _OUTSIDE_LINE},
        added_by=add.person_id,
        note=_field(ours, "note", add.body.get("note", "")),
        discount=_field(ours, "discount", add.body.get("discount")),
        quantity_milli=quantity,
        voided_milli=voided,
        paid_milli=paid,
        left_milli=0 if is_dropped else max(0, quantity - voided - paid),
        is_dropped=is_dropped,
        sale_ids=tuple(sorted({one.body["sale_id"] for one in ours if one.kind == "order_line_pay"})),
    )


def _flags(line: OrderLine, ours: Sequence[Operation]) -> list[Flag]:
    flags = []
    if line.paid_milli > line.quantity_milli:
        flags.append(Flag("paid_twice", line.line_id, line.paid_milli - line.quantity_milli, line.sale_ids))
    # What is paid is gone: only the rest could be voided.
    over = _sum(ours, "order_line_void") - max(0, line.quantity_milli - line.paid_milli)
    if over > 0 and line.voided_milli:
        flags.append(Flag("void_too_much", line.line_id, over, line.sale_ids))
    return flags


def _sum(ours: Sequence[Operation], kind: str) -> int:
    return sum(operation.body["quantity_milli"] for operation in ours if operation.kind == kind)


def _last(known: Sequence[Operation], kind: str) -> Operation | None:
    return next((operation for operation in reversed(known) if operation.kind == kind), None)


def _field(ours: Sequence[Operation], name: str, initial: Any) -> Any:
    """The latest value that was set of a field, else what it began with."""
    for operation in reversed(ours):
        if operation.kind == "order_line_set" and name in operation.body:
            return operation.body[name]
    return initial
