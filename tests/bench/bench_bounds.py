"""1,000,000 lines over two simulated years with retention each week: what is not the business's own stays bounded.

Also how fast such a history is written (`aisales seed history`), checked (`aisales check`) and listed.
"""

from server.seeds.history import Terms
from tests.bench import bounds
from tests.bench.frame import Bench

LINES, YEARS, BRANCHES = 1_000_000, 2, 3
GROWTH_AT_MOST = 1.25
"""Trade grows by 12 % a year, and so does what 35 days of it leave."""

FEW = 200
"""Tables that hold fewer rows than this are bounded whatever chance makes of them."""

LIST_MS = 50.0
CHECK_A_DAY_S = 2.0
LINES_A_SECOND = 2_500


def run(bench: Bench) -> None:
    """Live for two years, and compare the ends of the years."""
    life = bench.apart(bounds.live, Terms(lines=LINES, years=YEARS, branches=BRANCHES, papers="all"))
    print(bounds.told(life), flush=True)
    bench.figure(
        "lines written for a second of processor time", life.lines / life.written_s, "/s", at_least=LINES_A_SECOND
    )
    for table, (first, last) in sorted(life.bounded().items()):
        limit = max(first * GROWTH_AT_MOST, FEW)
        bench.figure(f"rows of {table} after two years", last, "rows", at_most=limit, beside=("after one", first))
    bench.figure("a week's pass of retention, p95 of processor time", life.pass_p95_ms(), "ms")
    bench.figure("rows that retention ended", sum(life.ended.values()), "rows", at_least=LINES / 5)
    bench.figure("all invariants of a day's trade", life.checked_s / life.days, "s", at_most=CHECK_A_DAY_S)
    bench.figure("violations of invariants", life.violations, "", at_most=0)
    for name, took_ms in life.lists_ms.items():
        bench.figure(f"list: {name}, p95", took_ms, "ms", at_most=LIST_MS)
