"""What terminals push: verdicts, repeats, order, and the path of one sale through stock and cash."""

import sqlalchemy as sa

from server.core.doors import App
from server.core.tenant import Tenant
from server.core.transaction import session
from server.sales.models import Sale, SaleLine
from tests.server.worlds import make_world


def test_a_sale_is_booked_with_its_lines(app: App, shop: Tenant) -> None:
    world = make_world(app, shop)
    till = world.till()
    till.open(5_000)
    till.sell([till.line("Tandır çörəyi", 2_000)], [till.cash(given=500)])

    answer = till.push()

    assert [row["verdict"] for row in answer["results"]] == ["accepted", "accepted"], answer
    assert [row["flags"] for row in answer["results"]] == [[], []]
    assert answer["next_seq"] == 3
    sale, line = world.inside(lambda: (session().scalars(sa.select(Sale)).one(), session().scalars(sa.select(SaleLine)).one()))
    assert (sale.total_minor, line.quantity_milli, sale.number) == (240, 2_000, "K1-000001")
