"""What a browser without a single kept file fetches: until the sign-in pad can be used, and on the way to the till."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench.terminal import CASHIER, Terminal

BASE = "/app/"
FORGET = """async () => {
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
  sessionStorage.clear();
}"""
BESIDE = (
    "Dialogs-",
    "Done-",
    "papers-",
    "_words-",
    "Approval-",
    "AmountPad-",
    "till_returns.",
    "PrintButtons-",
    "words.",
)
"""Scripts that come beside the till and not before it: its dialogs and papers, the words of one language."""


@dataclass(frozen=True)
class Cold:
    """The files until the pad, and all scripts until the first line. Units: bytes of gzip."""

    until_pad: tuple[str, ...]
    scripts: dict[str, int]

    @property
    def route_bytes(self) -> int:
        """Scripts that the till needs before its first scan."""
        return sum(size for path, size in self.scripts.items() if not Path(path).name.startswith(BESIDE))


def cold(terminal: Terminal) -> Cold:
    """Forget every file but not the pairing, start at the sign-in pad, sign in, and ring one line."""
    page, tools = terminal.page, terminal.tools
    asked: dict[str, str] = {}

    def sent(event: dict[str, Any]) -> None:
        path = urlsplit(event["request"]["url"]).path
        if path.startswith(BASE):
            asked[event["requestId"]] = path.removeprefix(BASE)

    page.evaluate(FORGET)
    page.goto("about:blank")
    tools.send("Network.enable")
    tools.send("Network.clearBrowserCache")
    tools.on("Network.requestWillBeSent", sent)
    tools.on("Network.requestServedFromCache", lambda event: asked.pop(event["requestId"], None))
    page.goto(f"{terminal.till.origin}{BASE}", wait_until="commit")
    terminal.ask("pad")
    until_pad = tuple(asked.values())
    page.get_by_role("button", name=CASHIER.name).click()
    terminal.till.type_pin(CASHIER.pin)
    page.wait_for_url("**/till")
    terminal.ask("line", terminal.codes[0])
    terminal.ask("sales", [[]])
    tools.send("Network.disable")
    scripts = {path for path in asked.values() if path.endswith(".js")}
    return Cold(until_pad, {path: _packed(terminal.static / path) for path in scripts})


def _packed(file: Path) -> int:
    """Bytes of a built file as it goes over the wire."""
    copy = file.with_name(f"{file.name}.gz")
    return (copy if copy.exists() else file).stat().st_size
