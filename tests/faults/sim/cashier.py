"""What people do at a till, drawn by chance: each act writes its operations and says in a few words what it was."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from server.orders.fold import Operation as OrderOperation
from server.orders.fold import fold
from server.sales.pricing import Discount
from server.seeds.founding import Founded
from server.seeds.rung import Head, Pay, Receipt, Sold
from server.seeds.till import Operation
from server.values import times
from server.values.ids import derived
from tests.faults.sim.terminal import Terminal

LINES_AT_MOST = 4
NOTE_MINOR = 500
PRINTED = 0.2


class Cashier:
    """Whoever stands at a terminal. `opens_drawer` hears of each wish to open the drawer, at the moment of the wish."""

    def __init__(
        self, terminal: Terminal, founded: Founded, random: Random, opens_drawer: Callable[[Terminal, Operation], None]
    ) -> None:  # fmt: skip
        self.terminal, self.founded, self.random = terminal, founded, random
        self._opens_drawer = opens_drawer
        self._wares = sorted(founded.wares.values(), key=lambda ware: ware.item_id or 0)
        self._people = [founded.people[key] for key in ("aysel", "viktoriya")]

    def act(self) -> str:
        """Do what makes sense now."""
        till = self.terminal.till
        if till.shift_id is None:
            return self.open_shift()
        acts: list[tuple[Callable[[], str], int]] = [
            (self.sell, 56), (self.give_back, 10), (self.hold, 6), (self.resume, 6), (self.cash_move, 5),
            (self.open_drawer, 3), (self.copy_receipt, 2), (self.note, 4), (self.close_shift, 7), (self.drop, 2),
        ]  # fmt: skip
        return self.random.choices([act for act, _ in acts], [weight for _, weight in acts])[0]()

    def open_shift(self) -> str:
        """Begin a shift with a float."""
        terminal = self.terminal
        terminal.till.person_id = self.random.choice(self._people)
        amount = self.random.choice((0, 5_000, 10_000))
        terminal.keep(terminal.till.open_shift(terminal.wall_ms, terminal.business_day(), amount))
        return f"opens a shift with {amount}"

    def close_shift(self) -> str:
        """Count the drawer and close."""
        till = self.terminal.till
        counted = max(0, till.drawer_minor + self.random.choice((0, 0, 0, 10, -30)))
        self.terminal.keep(till.close_shift(self.terminal.wall_ms, counted, "counted"))
        return f"closes the shift with {counted}"

    def sell(self) -> str:
        """Ring a sale."""
        lines = [self._line() for _ in range(self.random.randint(1, LINES_AT_MOST))]
        manager = self.founded.people["manager"]
        head = Head(prints=self.random.random() < PRINTED)
        if self.random.random() < 0.15:
            head = replace(head, discounts=(Discount("percent", self.random.choice((300, 1_000))),))
            head = replace(head, approved_by=manager)
        return self._ring(lines, head)

    def give_back(self) -> str:
        """Take goods back, of a receipt of this till or of another one that the customer brings."""
        terminal, random = self.terminal, self.random
        found = [
            (sale_id, position, left)
            for sale_id, receipt in terminal.disk.receipts.items()
            for position, left in _returnable(receipt)
        ]
        if not found:
            return self.sell()
        sale_id, position, left = random.choice(found)
        quantity = left if left < 1_000 or random.random() < 0.5 else random.randint(1, left // 1_000) * 1_000
        terminal.till.receipts = terminal.disk.receipts
        head = Head(approved_by=self.founded.people["manager"], prints=random.random() < PRINTED)
        kind = random.choice(("cash", "card"))
        pays = [Pay(self.founded.tender_types[kind])]
        sold = terminal.till.give_back(terminal.wall_ms, sale_id, [(position, quantity)], pays, head)
        self._keep_sale(sold)
        return f"takes {quantity} of line {position} of {str(sale_id)[-6:]} back for {sold['body']['total_minor']}"

    def hold(self) -> str:
        """Put a basket aside for later."""
        order_id = self.terminal.new_id(self.terminal.wall_ms)
        lines = [self._line() for _ in range(self.random.randint(1, 3))]
        for line in lines:
            self._keep_order(order_id, "order_line_add", self._order_line(line))
        return f"holds order {str(order_id)[-6:]} with {len(lines)} lines"

    def resume(self) -> str:
        """Sell an order that was put aside here or elsewhere."""
        found = self._open_orders()
        if not found:
            return self.sell()
        order_id, left = self.random.choice(found)
        lines = [
            Sold(self._ware_of(line), line.left_milli, origin_id=uuid.UUID(line.line_id), weight_from="none")
            for line in left
        ]
        said = self._ring(lines, Head())
        sale = max(self.terminal.disk.log.values(), key=lambda entry: entry.operation["seq"]).operation
        self._learn_payment(order_id, sale)
        return f"order {order_id[-6:]}: {said}"

    def drop(self) -> str:
        """Give up an order."""
        found = self._open_orders()
        if not found:
            return self.note()
        order_id, _ = self.random.choice(found)
        self._keep_order(uuid.UUID(order_id), "order_drop", {"reason": "gone"})
        return f"drops order {order_id[-6:]}"

    def cash_move(self) -> str:
        """Put cash in or take some out."""
        till, random = self.terminal.till, self.random
        place = self.founded.holders[random.choice(("safe", "outside"))]
        amount = random.randint(1, 40) * 50
        ends = (place, till.drawer_id) if random.random() < 0.5 else (till.drawer_id, place)
        made = self.terminal.keep(till.cash_move(self.terminal.wall_ms, *ends, amount, "change"))
        self._opens_drawer(self.terminal, made)
        return f"moves {amount} {'into' if ends[1] == till.drawer_id else 'out of'} the drawer"

    def open_drawer(self) -> str:
        """Open the drawer for a reason."""
        made = self._operation("drawer_open", {"reason": "change"})
        self._opens_drawer(self.terminal, made)
        return "opens the drawer"

    def copy_receipt(self) -> str:
        """Print a copy."""
        receipts = list(self.terminal.disk.receipts)
        if not receipts:
            return self.note()
        sale_id = self.random.choice(receipts)
        self._operation("receipt_copy", {"sale_id": str(sale_id)})
        return f"copies the receipt of {str(sale_id)[-6:]}"

    def note(self) -> str:
        """Something that is only written down."""
        self._operation("till_event", {"kind": "line_removed", "detail": {"quantity_milli": 1_000}})
        return "removes a line"

    def _ring(self, lines: list[Sold], head: Head) -> str:
        terminal = self.terminal
        terminal.till.receipts = terminal.disk.receipts
        sold = terminal.till.sale(terminal.wall_ms, lines, self._pays(), head)
        self._keep_sale(sold)
        body = sold["body"]
        return f"sells {body['number']} {sold['id'][-6:]}: {len(lines)} lines, {body['total_minor']}"

    def _keep_sale(self, sale: Operation) -> None:
        self.terminal.keep(sale)
        cash = self.founded.tender_types["cash"]
        if any(tender["tender_type_id"] == cash for tender in sale["body"]["tenders"]):
            self._opens_drawer(self.terminal, sale)

    def _line(self) -> Sold:
        random = self.random
        ware = self.terminal.ware(random.choice(self._wares))
        if random.random() < 0.3:
            return Sold(ware, random.randint(40, 2_500), weight_from="scale")
        discounts = (Discount("percent", random.choice((500, 1_000, 3_333))),) if random.random() < 0.2 else ()
        approved = self.founded.people["manager"] if discounts else None
        return Sold(ware, random.randint(1, 3) * 1_000, discounts=discounts, approved_by=approved)

    def _pays(self) -> list[Pay]:
        cash, card = (self.founded.tender_types[kind] for kind in ("cash", "card"))
        return self.random.choice(
            (
                [Pay(cash)], [Pay(cash, note_minor=NOTE_MINOR)], [Pay(card)],
                [Pay(card, self.random.randint(1, 300)), Pay(cash)],
            )
        )  # fmt: skip

    # Open orders

    def _operation(self, kind: str, body: dict[str, Any]) -> Operation:
        return self.terminal.keep(self.terminal.till.operation(kind, body, self.terminal.wall_ms))

    def _keep_order(self, order_id: uuid.UUID, kind: str, body: dict[str, Any]) -> None:
        head = {"branch_id": self.founded.branch_id, "kind": "hold", "name": ""}
        made = self._operation(kind, {"order_id": str(order_id), "head": head, **body})
        self._learn(str(order_id), made["id"], kind, made["hlc"], made["body"])

    def _learn(self, order_id: str, id: str, kind: str, hlc: str, body: dict[str, Any]) -> None:
        row = {"id": id, "order_id": order_id, "kind": kind, "hlc": hlc, "body": body, "person_id": None}
        self.terminal.learn_order(row)

    def _learn_payment(self, order_id: str, sale: Operation) -> None:
        for line in sale["body"]["lines"]:
            body = {"head": {"branch_id": 0, "kind": "hold", "name": ""}, "line_id": line["origin_id"]}
            body |= {"quantity_milli": line["quantity_milli"], "sale_id": sale["id"]}
            id = derived(uuid.UUID(sale["id"]), str(line["position"]))
            self._learn(order_id, str(id), "order_line_pay", sale["hlc"], body)

    def _order_line(self, line: Sold) -> dict[str, Any]:
        ware = line.ware
        return {
            "line_id": str(self.terminal.new_id(self.terminal.wall_ms)),
            "item_id": ware.item_id,
            "name": ware.name,
            "quantity_milli": line.quantity_milli,
            "unit_price_minor": ware.unit_price_minor,
            "price_id": ware.price_id,
            "priced_at": times.to_iso(self.terminal.wall_ms),
            "tax_rate_id": ware.tax_rate_id,
            "rate_bp": ware.rate_bp,
        }

    def _open_orders(self) -> list[tuple[str, list[Any]]]:
        found = []
        for order_id in sorted(self.terminal.disk.orders):
            rows = self.terminal.disk.orders[order_id].values()
            order = fold(OrderOperation(row["id"], row["kind"], row["hlc"], row["body"]) for row in rows)
            left = [line for line in order.lines if line.left_milli] if order else []
            if left:
                found.append((order_id, left))
        return found

    def _ware_of(self, line: Any) -> Any:
        ware = next(one for one in self._wares if one.item_id == line.added["item_id"])
        return replace(ware, unit_price_minor=line.added["unit_price_minor"], price_id=line.added["price_id"])


def _returnable(receipt: Receipt) -> list[tuple[int, int]]:
    """Positions of a receipt with what may still come back of them, by what this till knows."""
    found = []
    for position, (line, amounts) in receipt.lines.items():
        left = line.quantity_milli - receipt.back.get(position, (0, None))[0]
        if line.quantity_milli > 0 and left > 0 and amounts.total_minor > 0:
            found.append((position, left))
    return found
