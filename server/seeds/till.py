"""A till that writes the operations which a terminal would push: numbers, clock, prices, returns, tenders.

Demo businesses are booked through it, and tests drive it; it knows no database and no network. Amounts come from the
same arithmetic as the product's (`sales/pricing.py`); what the server makes of them is checked elsewhere by queries.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from server.sales.pricing import Amounts, Discount, Priced, price, return_of
from server.seeds.rung import Head, Pay, Receipt, Sold, Ware, line_of, paid, plus
from server.values import hlc, times

DIGITS = 6
Operation = dict[str, Any]

__all__ = ["Head", "Operation", "Pay", "Sold", "Till", "Ware"]


@dataclass
class Till:
    """One terminal with its lease. `new_id` makes ids of an instant; `person_id` stands at it.

    `drawer_minor` is what its drawer should hold, by what it wrote itself; `receipts` may be shared between tills.
    """

    register_id: int
    lease_id: uuid.UUID
    series: str
    drawer_id: int
    cash_types: frozenset[int]
    new_id: Callable[[int], uuid.UUID]
    person_id: int
    catalogue_cursor: int = 0
    drawer_minor: int = 0
    seq: int = 1
    next_sale: int = 1
    next_shift: int = 1
    next_z: int = 1
    shift_id: uuid.UUID | None = None
    business_day: str = ""
    receipts: dict[uuid.UUID, Receipt] = field(default_factory=dict)
    rung: list[int] = field(default_factory=list)
    clock: hlc.Hlc = hlc.ZERO

    def operation(
        self, kind: str, body: dict[str, Any], at_ms: int, *, age_ms: int | None = None, id: uuid.UUID | None = None
    ) -> Operation:
        """Anything that is pushed, with the next number of this terminal."""
        self.clock = hlc.tick(self.clock, at_ms)
        made = {
            "id": str(id or self.new_id(at_ms)),
            "seq": self.seq,
            "kind": kind,
            "v": 1,
            "happened_at": times.to_iso(at_ms),
            "hlc": str(self.clock),
            "age_ms": age_ms,
            "person_id": self.person_id,
            "shift_id": str(self.shift_id) if self.shift_id else None,
            "body": body,
        }
        self.seq += 1
        return made

    def open_shift(self, at_ms: int, business_day: str, float_minor: int, **circumstances: Any) -> Operation:
        """Begin a shift with a float."""
        self.shift_id, self.business_day = self.new_id(at_ms), business_day
        body = {
            "register_id": self.register_id,
            "lease_id": str(self.lease_id),
            "series": self.series,
            "number": self.next_shift,
            "business_day": business_day,
            "float_minor": float_minor,
        }
        self.next_shift += 1
        self.drawer_minor, self.rung = float_minor, []
        return self.operation("shift_open", body, at_ms, id=self.shift_id, **circumstances)

    def sale(
        self, at_ms: int, lines: Sequence[Sold], pays: Sequence[Pay], head: Head | None = None, **circumstances: Any
    ) -> Operation:
        """Ring a sale, a return or an exchange. Raises ValueError when the payments do not make up the total."""
        about = head or Head()
        sale_id = self.new_id(at_ms)
        returned = [self._returned(about, line) for line in lines]
        priced = price([line_of(line, back) for line, back in zip(lines, returned, strict=True)], about.discounts)
        counter = self.next_sale
        body: dict[str, Any] = {
            "number": f"{self.series}-{counter:0{DIGITS}}",
            "series": self.series,
            "counter": counter,
            "lease_id": str(self.lease_id),
            "register_id": self.register_id,
            "lines": [self._line_row(at, line, priced, at_ms) for at, line in enumerate(lines)],
            "discounts": list(self._discount_rows(lines, priced, about, at_ms)),
            "tenders": [self._tender(pay, at_ms) for pay in paid(pays, priced.total_minor)],
            "taxes": [
                {"tax_rate_id": tax.tax_rate_id, "base_minor": tax.base_minor, "tax_minor": tax.tax_minor}
                for tax in priced.taxes
            ],
            "total_minor": priced.total_minor,
            "business_day": self.business_day,
            "catalogue_cursor": self.catalogue_cursor,
            "returns_sale_id": str(about.returns) if about.returns else None,
            "customer_id": None,
            "approved_by": about.approved_by,
            "note": about.note,
            "print": about.prints,
        }
        self.next_sale += 1
        self.drawer_minor += sum(
            row["amount_minor"] for row in body["tenders"] if row["tender_type_id"] in self.cash_types
        )
        self.rung.append(priced.total_minor)
        self._remember(sale_id, about, lines, returned, priced)
        return self.operation("sale", body, at_ms, id=sale_id, **circumstances)

    def give_back(
        self,
        at_ms: int,
        sale_id: uuid.UUID,
        lines: Sequence[tuple[int, int]],
        pays: Sequence[Pay],
        head: Head | None = None,
    ) -> Operation:
        """Take goods of an earlier receipt back: (position, quantity in thousandths, positive) each."""
        receipt = self.receipts[sale_id]
        sold = [
            replace(receipt.lines[position][0], quantity_milli=-quantity, discounts=(), back=position, origin_id=None)
            for position, quantity in lines
        ]
        return self.sale(at_ms, sold, pays, replace(head or Head(), returns=sale_id))

    def cash_move(
        self, at_ms: int, from_holder_id: int, to_holder_id: int, amount_minor: int, reason: str
    ) -> Operation:
        """Put cash into the drawer or take it out."""
        body = {
            "from_holder_id": from_holder_id,
            "to_holder_id": to_holder_id,
            "amount_minor": amount_minor,
            "reason": reason,
        }
        self.drawer_minor += amount_minor if to_holder_id == self.drawer_id else -amount_minor
        return self.operation("cash_move", body, at_ms)

    def close_shift(self, at_ms: int, counted_minor: int, reason: str = "", **circumstances: Any) -> Operation:
        """Count the drawer and end the shift with its Z."""
        body = {
            "z_number": self.next_z,
            "counted_minor": counted_minor,
            "reason": reason,
            "count": len(self.rung),
            "total_minor": sum(self.rung),
            "late": [],
        }
        self.next_z += 1
        made = self.operation("shift_close", body, at_ms, **circumstances)
        self.shift_id = None
        return made

    def _returned(self, head: Head, line: Sold) -> Amounts | None:
        if line.back is None or head.returns is None:
            return None
        receipt = self.receipts[head.returns]
        sold, amounts = receipt.lines[line.back]
        so_far, paid_back = receipt.back.get(line.back, (0, Amounts()))
        return return_of(
            amounts,
            sold_milli=sold.quantity_milli,
            returned_milli=so_far,
            paid_back=paid_back,
            quantity_milli=-line.quantity_milli,
        ).mirrored()

    def _remember(
        self, sale_id: uuid.UUID, head: Head, lines: Sequence[Sold], returned: Sequence[Amounts | None], priced: Priced
    ) -> None:
        known = {}
        for position, (line, own) in enumerate(zip(lines, priced.lines, strict=True), start=1):
            amounts = Amounts(own.gross_minor, own.discount_minor, own.share_minor, own.total_minor, own.tax_minor)
            known[position] = (line, amounts)
        self.receipts[sale_id] = Receipt(known)
        for line, back in zip(lines, returned, strict=True):
            if back is not None and line.back is not None and head.returns is not None:
                receipt = self.receipts[head.returns]
                so_far, paid_back = receipt.back.get(line.back, (0, Amounts()))
                receipt.back[line.back] = (so_far - line.quantity_milli, plus(paid_back, back.mirrored()))

    def _line_row(self, at: int, line: Sold, priced: Priced, at_ms: int) -> dict[str, Any]:
        own = priced.lines[at]
        return {
            "position": at + 1,
            "kind": "item",
            "parent": None,
            "origin_id": str(line.origin_id) if line.origin_id else None,
            "item_id": line.ware.item_id,
            "barcode": line.barcode,
            "name": line.ware.name,
            "quantity_milli": line.quantity_milli,
            "unit_price_minor": line.ware.unit_price_minor,
            "price_id": line.ware.price_id,
            "priced_at": times.to_iso(at_ms),
            "tax_rate_id": line.ware.tax_rate_id,
            "discount_minor": own.discount_minor,
            "share_minor": own.share_minor,
            "total_minor": own.total_minor,
            "weight_from": line.weight_from,
            "returns_position": line.back,
            "approved_by": line.approved_by,
            "note": "",
        }

    def _discount_rows(self, lines: Sequence[Sold], priced: Priced, head: Head, at_ms: int) -> Any:
        for at, (line, own) in enumerate(zip(lines, priced.lines, strict=True), start=1):
            for discount, amount in zip(line.discounts, own.discounts_minor, strict=False):
                yield self._discount(discount, amount, at, line.approved_by, at_ms)
        for discount, amount in zip(head.discounts, priced.sale_discounts_minor, strict=True):
            yield self._discount(discount, amount, None, head.approved_by, at_ms)

    def _discount(
        self, discount: Discount, amount: int, position: int | None, approved_by: int | None, at_ms: int
    ) -> dict[str, Any]:
        return {
            "id": str(self.new_id(at_ms)),
            "position": position,
            "kind": discount.kind,
            "value": discount.value,
            "amount_minor": amount,
            "approved_by": approved_by,
        }

    def _tender(self, pay: Pay, at_ms: int) -> dict[str, Any]:
        assert pay.amount_minor is not None
        given = pay.amount_minor if pay.given_minor is None else pay.given_minor
        return {
            "id": str(self.new_id(at_ms)),
            "tender_type_id": pay.tender_type_id,
            "amount_minor": pay.amount_minor,
            "given_minor": given,
            "change_minor": given - pay.amount_minor,
            "reference": pay.reference,
        }
