"""Names that are markup: whatever a person types must stay text on every screen, on paper, and on the virtual hardware.

The shop's people, goods, categories, registers and papers are renamed in its database, so that no check at a door can
help. Nothing may run, and nothing may even be tried: the content security policy would stop it, and tell.
"""

import sqlite3
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext

from tests.journeys.conftest import Product
from tests.journeys.till import Till
from tests.journeys.tour import Scene, Walk

RUNS = "globalThis.ran=1"
PAYLOADS = (
    f"<img src=x onerror={RUNS}>",
    f'"><svg onload={RUNS}>',
    f"'><script>{RUNS}</script>",
    f"<a href=javascript:{RUNS}>",
    "{{7*7}}${7*7}{@html 7*7}",
    f"<iframe srcdoc='<script>parent.{RUNS}</script>'>",
)
NAMES = {
    "item": ("name",),
    "category": ("name",),
    "unit": ("name",),
    "person": ("name",),
    "role": ("name",),
    "company": ("name",),
    "branch": ("name", "address", "receipt_head", "receipt_foot"),
    "warehouse": ("name",),
    "register": ("name",),
    "agent": ("name",),
    "price_list": ("name",),
}
"""Whatever a person has named, by table and column."""

LISTEN = """
globalThis.refused = [];
document.addEventListener('securitypolicyviolation', (event) => {
  globalThis.refused.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`);
});
"""
FOUND = """() => ({
  ran: globalThis.ran ?? null,
  refused: globalThis.refused ?? [],
  elements: [...document.querySelectorAll(
    'img[src="x"], svg[onload], script:not([src]), iframe, a[href^="javascript:"], [onerror], [onload]'
  )].map((element) => element.outerHTML.slice(0, 200)),
  shown: /onerror=|onload=|srcdoc=|javascript:|7\\*7/.test(document.body.innerText),
})"""


class WatchedWalk(Walk):
    """A walk in browsers that tell what their policy refused, and which windows and addresses were asked for."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.shown: set[str] = set()
        self.strange: list[str] = []
        """What names did beside standing there."""

    def look(self, scene: Scene) -> None:
        """Look at what became of the names on a scene."""
        found: dict[str, Any] = scene.page.evaluate(FOUND)
        if found["ran"] is not None or found["refused"] or found["elements"]:
            self.strange.append(f"{scene.name}: {found}")
        if found["shown"]:
            self.shown.add(scene.name)

    def _till(self, context: BrowserContext, origin: str) -> Till:
        context.add_init_script(LISTEN)
        context.on("dialog", lambda dialog: (self.strange.append(f"dialog {dialog.message}"), dialog.dismiss()))
        context.on("request", lambda request: self._asked(request.url))
        return super()._till(context, origin)

    def _asked(self, url: str) -> None:
        address = urlsplit(url)
        is_own = address.scheme in ("data", "blob") or str(address.hostname).endswith("localhost")
        if not is_own or address.path.endswith("/x"):
            self.strange.append(url)


def rename_everything(product: Product) -> int:
    """Let every name end in markup; returns how many were changed."""
    (file,) = product.folder.glob("tenants/*/*/tenant.db")
    changed = 0
    with closing(sqlite3.connect(file, timeout=10)) as raw, raw:
        for table, columns in NAMES.items():
            for column in columns:
                for remainder, payload in enumerate(PAYLOADS):
                    where = f"{column} IS NOT NULL AND id % {len(PAYLOADS)} = {remainder}"
                    change = f"UPDATE {table} SET {column} = {column} || ' ' || ? WHERE {where}"
                    changed += raw.execute(change, (payload,)).rowcount
    return changed
