"""What must hold after any crash: the books, the papers and the pulses of a shop, read independently of what made them.

every acknowledged sale is booked, once, and nothing else is
no invariant of `server.checks` is hurt
a receipt is on paper once, or a second time only with its mark; where it is not, the server knows that or asks
every pulse of the drawer has a wish of its own, not older than five seconds
"""

from collections import Counter
from collections.abc import Iterable

import sqlalchemy as sa

from server.checks import invariants
from server.sales.models import Sale
from server.stock.models import StockMove
from server.values import times
from tests.edge_agent.escpos_decoder import Paper, read
from tests.faults.crashing.shop import CrashShop, Rung

DRAWER_MS = 5_000
MARKS = ("SURƏT", "COPY", "POSSIBLE DUPLICATE")
WHITE = bytes(20_000)
PAGES = {0: "cp437", 13: "cp857", 17: "cp866"}


def check(shop: CrashShop) -> None:
    """Raises AssertionError with everything that is wrong."""
    wrong = [*_books(shop), *_papers(shop), *_pulses(shop)]
    assert wrong == []


def papers_of(shop: CrashShop, rung: Rung) -> list[Paper]:
    """The cut papers that carry the number of a sale, in their order."""
    papers = _read(shop)
    return [paper for paper in papers if paper.is_cut and rung.number in paper.text]


def _read(shop: CrashShop) -> list[Paper]:
    """Everything that came out. A picture that broke off is white in the rest."""
    return read(bytes(shop.printer.raw) + WHITE, PAGES).papers


def is_marked(paper: Paper) -> bool:
    """Whether a paper says that it is not the first."""
    return any(mark in paper.text for mark in MARKS)


def _books(shop: CrashShop) -> Iterable[str]:
    rung = Counter(one.id for one in shop.sales if one.acknowledged)
    booked = Counter(str(id) for id in shop.inside(lambda opened: opened.scalars(sa.select(Sale.id)).all()))
    yield from (f"sale {id} was acknowledged and is booked {booked[id]} times" for id in rung if booked[id] != 1)
    yield from (f"sale {id} was never rung" for id in booked - Counter(one.id for one in shop.sales))
    out = sa.select(sa.func.sum(-StockMove.quantity_milli)).where(StockMove.source_kind == "sale")
    sold = sum(line["quantity_milli"] for one in shop.sales for line in one.operation["body"]["lines"])
    moved = shop.inside(lambda opened: opened.scalar(out)) or 0
    if moved != sold:
        yield f"{sold} thousandths were sold and {moved} left the stock"
    with shop.app.app_context():
        yield from map(str, invariants.check(shop.tenant))


def _papers(shop: CrashShop) -> Iterable[str]:
    papers = [paper for paper in _read(shop) if paper.is_cut]
    for rung in shop.sales:
        mine = [paper for paper in papers if rung.number in paper.text]
        unmarked = sum(not is_marked(paper) for paper in mine)
        stage = shop.jobs_of(rung).get("print")
        if unmarked > 1:
            yield f"{rung.number} is on paper {unmarked} times without a mark"
        if stage == "done" and not mine:
            yield f"{rung.number} is said to be printed, and there is no paper"
        if stage not in ("done", "uncertain", "failed", "expired"):
            yield f"the receipt of {rung.number} is {stage}"


def _pulses(shop: CrashShop) -> Iterable[str]:
    """Each pulse takes the oldest wish that is young enough and has none yet."""
    wishes = sorted(one.at_ms for one in shop.sales)
    for pulse in shop.drawer.pulses:
        at_ms = times.from_iso(pulse["at"])
        wish = next((wished for wished in wishes if 0 <= at_ms - wished <= DRAWER_MS), None)
        if wish is None:
            yield f"the drawer opened at {pulse['at']} and nobody had wished it within five seconds"
        else:
            wishes.remove(wish)
