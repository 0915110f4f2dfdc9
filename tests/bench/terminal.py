"""A till in headless Chromium before the shop of 100,000 items, and the clocks of `till_probe.js` in it."""

import contextlib
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from fixtures.chromium import FLAGS
from fixtures.gunicorn import serving
from server.seeds.market.catalogue import small_world
from tests.bench.large_shop import SLUG, large_shop
from tests.journeys.till import Till

PROBE = Path(__file__).with_name("till_probe.js")
MARKET = small_world()
OWNER, CASHIER = (MARKET.people_in(role)[0] for role in ("owner", "cashier"))
PATIENCE_MS = 180_000
SEED = 7


@dataclass(frozen=True)
class Terminal:
    """A page at the till of a paired browser, with an open shift."""

    till: Till
    page: Page
    tools: CDPSession
    codes: Sequence[str]
    static: Path
    """The files of the app as they were built."""

    def throttle(self, rate: int) -> None:
        """Make the page's thread so many times slower: 4 is a cheap tablet, 6 a very cheap one."""
        self.tools.send("Emulation.setCPUThrottlingRate", {"rate": rate})

    def some_codes(self, count: int) -> list[str]:
        """Codes of items all over the catalogue, the same ones each time."""
        return random.Random(SEED).sample(self.codes, count)

    def baskets(self, count: int, lines: int) -> list[list[str]]:
        """What customers bring: each so many items."""
        chosen = random.Random(SEED + 1)
        return [chosen.sample(self.codes, lines) for _ in range(count)]

    def ask(self, function: str, *arguments: Any) -> Any:
        """Call a function of the probe in the page, and wait for what it says."""
        return self.page.evaluate("([name, args]) => probe[name](...args)", [function, list(arguments)])

    def thread_ms(self) -> float:
        """Processor time of the page's thread so far, as the throttled device spends it."""
        metrics = self.tools.send("Performance.getMetrics")["metrics"]
        return 1_000 * next(row["value"] for row in metrics if row["name"] == "TaskDuration")

    def memory(self) -> dict[str, float]:
        """What the page holds after the garbage is gone: bytes of heap, nodes of its documents, listeners."""
        for _ in range(2):
            self.tools.send("HeapProfiler.collectGarbage")
        counts = self.tools.send("Memory.getDOMCounters")
        used = self.tools.send("Runtime.getHeapUsage")["usedSize"]
        return {"heap": used, "nodes": counts["nodes"], "listeners": counts["jsEventListeners"]}


@contextlib.contextmanager
def selling_terminal() -> Iterator[Terminal]:
    """The whole way: a shop, its server, a browser that was paired, filled, signed in, and has opened a shift."""
    program = shutil.which("chromium")
    assert program is not None, "Chromium is not installed: run make test, or apt-get install chromium"
    with large_shop() as large, serving(large.app, workers=1, threads=32) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="az")
        context.add_init_script(path=PROBE)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        till = Till(page, f"http://{SLUG}.localhost:{server.port}")
        till.sign_in_office(str(OWNER.email), str(OWNER.password))
        till.pair_here("Kassa")
        till.sign_in(CASHIER.name, CASHIER.pin)
        till.take_register(MARKET.registers[0].name)
        till.open_shift("50.00")
        tools = context.new_cdp_session(page)
        tools.send("Performance.enable", {"timeDomain": "threadTicks"})
        yield Terminal(till, page, tools, large.codes, large.app.extensions["aisales_config"].static)
        browser.close()
