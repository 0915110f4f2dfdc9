"""The till before 100,000 items in headless Chromium: scans, search, start, sales, and a day without a reload."""

import math
from collections.abc import Sequence

from tests.bench.download import cold
from tests.bench.frame import Bench
from tests.bench.terminal import Terminal, selling_terminal

SCANS, SLOW_SCANS, CART_LINES = 450, 50, 10
AT_A_CASHIERS_PACE_MS = 150
"""Longer than a line's controls wait for a burst to end: each of these scans closes one line's and opens another's."""

SALES, BASKET = 200, 3
DAY, LOOKS = 5_000, (1_000, 3_000, 5_000)
STARTS = 5
WORDS = (
    "süd", "çörək", "parlacan", "köpüksan limon", "mineral", "kolbasa", "yumşacan 12", "şokolad fındıq", "tualet",
    "кофе", "makaron", "dondurma", "1234", "149988", "zzzz", "qara çay 250", "sabun", "un", "pendir", "şirə alma 1 l",
)  # fmt: skip


def run(bench: Bench) -> None:
    """All figures of one terminal, in the order of a day: filled, started, sold at, looked at in the evening."""
    with selling_terminal() as terminal:
        _files(bench, terminal)
        _starts(bench, terminal)
        _scans(bench, terminal)
        _search(bench, terminal)
        _sales(bench, terminal)
        _day(bench, terminal)


def _scans(bench: Bench, terminal: Terminal) -> None:
    terminal.throttle(4)
    codes = terminal.some_codes(SCANS + SLOW_SCANS)
    before = terminal.thread_ms()
    measured: list[dict[str, float]] = []
    for start in range(0, len(codes), CART_LINES):
        rest = 0 if start < SCANS else AT_A_CASHIERS_PACE_MS
        measured += terminal.ask("scans", codes[start : start + CART_LINES], rest)
        terminal.ask("sales", [[]])
    spent = (terminal.thread_ms() - before) / len(codes)
    terminal.throttle(1)
    bench.figure("scan to line, CPU 4x: work p95", p95([row["work"] for row in measured]), "ms", at_most=10)
    bench.figure("scan to line, CPU 4x: painted p95", p95([row["painted"] for row in measured]), "ms", at_most=33)
    bench.figure("scan, CPU 4x: thread time of everything, mean", spent, "ms")


def _search(bench: Bench, terminal: Terminal) -> None:
    terminal.page.keyboard.press("Escape")
    terminal.throttle(6)
    alone = terminal.ask("finds", WORDS)
    shown = terminal.ask("typed", WORDS)
    terminal.throttle(1)
    bench.figure("search, CPU 6x: p95", p95(alone), "ms", at_most=16.7)
    bench.figure("search, CPU 6x: letter to tiles p95", p95(shown), "ms")


def _starts(bench: Bench, terminal: Terminal) -> None:
    """From the navigation's begin, with everything on the device: a reload at the till, and before signing in."""
    page, code = terminal.page, terminal.codes[0]
    terminal.throttle(6)
    lines, pads = [], []
    for _ in range(STARTS):
        page.reload(wait_until="commit")
        lines.append(terminal.ask("line", code)["line"])
        terminal.ask("sales", [[]])
    signed = page.evaluate("() => sessionStorage.getItem('aisales.session')")
    for _ in range(STARTS):
        page.evaluate("() => sessionStorage.clear()")
        page.goto(f"{terminal.till.origin}/app/", wait_until="commit")
        pads.append(terminal.ask("pad"))
    page.evaluate("(signed) => sessionStorage.setItem('aisales.session', signed)", signed)
    page.goto(f"{terminal.till.origin}/app/till", wait_until="commit")
    terminal.ask("line", code)
    terminal.throttle(1)
    terminal.ask("sales", [[]])
    bench.figure("start from local data, CPU 6x: sign-in pad, worst of five", max(pads) / 1_000, "s", at_most=2)
    bench.figure("start from local data, CPU 6x: first scan's line, worst of five", max(lines) / 1_000, "s", at_most=2)


def _sales(bench: Bench, terminal: Terminal) -> None:
    shown, writes = _sold(terminal, SALES)
    terminal.throttle(4)
    slowly_shown, slow_writes = _sold(terminal, SALES // 2)
    terminal.throttle(1)
    bench.figure("sale write, strict: p95", p95(writes), "ms", at_most=50)
    bench.figure("sale write, strict, CPU 4x: p95", p95(slow_writes), "ms", at_most=50)
    bench.figure("validate to receipt shown: p95", p95(shown), "ms", at_most=50)
    bench.figure("validate to receipt shown, CPU 4x: median", p50(slowly_shown), "ms")


def _sold(terminal: Terminal, sales: int) -> tuple[list[float], list[float]]:
    """Rings so many sales: until each receipt was shown, and how long each strict write took."""
    terminal.page.evaluate("() => probe.writes.length = 0")
    shown = terminal.ask("sales", terminal.baskets(sales, BASKET))
    writes = terminal.page.evaluate("() => probe.writes")
    assert len(writes) == sales, f"{len(writes)} strict writes of {sales} sales"
    return shown, writes


def _day(bench: Bench, terminal: Terminal) -> None:
    """5,000 sales without a reload: what is held after the first thousand is held after the last."""
    held: dict[int, dict[str, float]] = {}
    sold = 0
    for until in LOOKS:
        while sold < until:
            terminal.ask("sales", terminal.baskets(500, BASKET))
            sold += 500
        terminal.ask("sent")
        held[until] = terminal.memory()
    first, last = held[LOOKS[0]], held[LOOKS[-1]]
    bench.figure("a day of 5,000 sales: heap", last["heap"] / 2**20, "MiB", at_most=first["heap"] / 2**20 * 1.1)
    bench.figure("a day of 5,000 sales: nodes", last["nodes"], "", at_most=first["nodes"] * 1.1)
    bench.figure("a day of 5,000 sales: listeners", last["listeners"], "", at_most=first["listeners"] * 1.1)


def _files(bench: Bench, terminal: Terminal) -> None:
    found = cold(terminal)
    everything = sum(found.scripts.values())
    bench.figure("files asked for, cold, until the sign-in pad", len(found.until_pad), "", at_most=12)
    bench.figure("script of the cashier's route, gzip", found.route_bytes / 1_000, "kB", at_most=90)
    bench.figure("script with dialogs, papers and words besides, gzip", everything / 1_000, "kB")


def p50(values: Sequence[float]) -> float:
    """The median."""
    return percentile(values, 50)


def p95(values: Sequence[float]) -> float:
    """What 95 of 100 stay within."""
    return percentile(values, 95)


def percentile(values: Sequence[float], part: int) -> float:
    """The nearest rank."""
    return sorted(values)[math.ceil(len(values) * part / 100) - 1]
