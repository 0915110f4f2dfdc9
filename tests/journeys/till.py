"""A cashier in a real browser: says what a person does at the till, in the words that the screen shows."""

import json
import re
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from fixtures.waiting import wait_for

LOCALES = Path(__file__).parents[2] / "server" / "locales"
TYPING_MS = 70
"""Between two keys of a person: a scanner's come within 35 ms."""

SIGN_IN_MS = 60_000
"""A browser that was killed in a bad network reads its database again beside other browsers and servers."""


@cache
def words(language: str) -> dict[str, Any]:
    """All texts of a language."""
    texts: dict[str, Any] = {}
    for file in (LOCALES / language).glob("*.json"):
        texts.update(json.loads(file.read_text()))
    return texts


@dataclass
class Till:
    """The app on one page."""

    page: Page
    origin: str
    language: str = "az"
    uncaught: list[str] = field(default_factory=list)

    def word(self, key: str, **params: str) -> str:
        """The text of a key on this screen."""
        text = words(self.language)[key]
        chosen = text if isinstance(text, str) else text["other"]
        return re.sub(r"\{(\w+)\}", lambda found: params.get(found[1], ""), chosen)

    def button(self, key: str, **params: str) -> Locator:
        """A button by its words; keys shown on it do not count."""
        named = re.compile("^" + re.escape(self.word(key, **params)))
        return self.page.get_by_role("button", name=named)

    def field(self, key: str) -> Locator:
        """A field by its label."""
        return self.page.get_by_label(self.word(key), exact=False).first

    def go(self, path: str) -> None:
        """Open a screen by its address."""
        self.page.goto(f"{self.origin}/app{path}")

    def sign_in_office(self, email: str, password: str) -> None:
        """E-mail and password."""
        self.go("/sign-in")
        self.field("login.email").fill(email)
        self.field("login.password").fill(password)
        self.button("login.enter").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def pair_here(self, name: str) -> None:
        """Make this browser a terminal, as the owner who is signed in on it."""
        self.go("/pair")
        self.field("login.pair_name").fill(name)
        self.page.get_by_role("button", name=self.word("login.pair"), exact=True).click()
        expect(self.page.get_by_text(self.word("login.paired_title"))).to_be_visible(timeout=20_000)

    def pair_by_code(self, code: str, name: str) -> None:
        """Make this browser a terminal by a code of the back office."""
        self.go("/pair")
        self.field("login.pair_code").fill(code)
        self.field("login.pair_name").fill(name)
        self.page.get_by_role("button", name=self.word("login.pair"), exact=True).click()
        expect(self.page.get_by_text(self.word("login.paired_title"))).to_be_visible(timeout=20_000)

    def sign_in(self, name: str, pin: str) -> None:
        """Choose a person and type the PIN."""
        self.go("/login")
        self.page.get_by_role("button", name=name).click()
        self.type_pin(pin)
        self.page.wait_for_url(lambda url: "/login" not in url, timeout=SIGN_IN_MS)

    def type_pin(self, pin: str) -> None:
        """Figures on the keyboard, then Enter."""
        for figure in pin:
            self.page.keyboard.press(f"Digit{figure}")
        self.page.keyboard.press("Enter")

    def take_register(self, name: str) -> None:
        """Choose the register of this terminal."""
        self.go("/shift")
        self.page.get_by_role("button", name=name).click()
        expect(self.page.get_by_role("heading", name=self.word("shift.open_title"))).to_be_visible(timeout=15_000)

    def type_amount(self, text: str) -> None:
        """Figures on the pad that is open, slower than any scanner."""
        for figure in text:
            self.page.keyboard.press("Period" if figure in ".," else f"Digit{figure}", delay=TYPING_MS)

    def open_shift(self, amount: str) -> None:
        """Open a shift with a float, as typed."""
        self.type_amount(amount)
        self.page.get_by_role("button", name=re.compile(re.escape(amount.replace(".", ",")))).click()
        self.page.wait_for_url("**/till")
        expect(self.page.get_by_text(self.word("till.empty_cart"))).to_be_visible(timeout=15_000)

    def scan(self, code: str) -> None:
        """A keyboard-wedge scanner: a burst of keys, faster than this protocol sends them, and Enter."""
        self.page.evaluate(
            """(code) => {
              const press = (key, code) => {
                const target = document.activeElement ?? document.body;
                target.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }));
              };
              for (const figure of code) {
                press(figure, /\\d/.test(figure) ? `Digit${figure}` : `Key${figure}`);
              }
              press('Enter', 'Enter');
            }""",
            code,
        )

    @property
    def lines(self) -> Locator:
        """The lines of the cart."""
        return self.page.get_by_role("list", name=self.word("till.cart")).get_by_role("listitem")

    def expect_lines(self, count: int) -> None:
        """Wait until the cart has so many lines."""
        expect(self.lines).to_have_count(count, timeout=10_000)

    def expect_total(self, text: str) -> None:
        """Wait until the total reads so."""
        expect(self.page.locator("dl .total dd")).to_have_text(re.compile(re.escape(text)))

    def expect_no_dialog(self) -> None:
        """Wait until no window is open above the till."""
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    def press(self, *keys: str) -> None:
        """Keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def storage(self, store: str) -> list[Any]:
        """All rows of a store of the browser's database."""
        rows = self.page.evaluate(
            """async (store) => {
              const found = await indexedDB.databases();
              const open = indexedDB.open(found[0].name);
              const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
              const request = db.transaction(store).objectStore(store).getAll();
              const rows = await new Promise((done) => { request.onsuccess = () => done(request.result); });
              db.close();
              return rows;
            }""",
            store,
        )
        return list(rows)

    def wait_until_sent(self) -> None:
        """Wait until nothing waits to be sent."""
        wait_for(lambda: not self.unsent(), timeout_s=30, what="an empty outbox")

    def unsent(self) -> list[Any]:
        """The operations that wait, or that need a person's attention."""
        return [row for row in self.storage("outbox") if "unsent" in row or "attention" in row]


@dataclass
class Hardware:
    """The virtual devices of the agent, as a person in the shop handles them."""

    url: str

    def state(self) -> dict[str, Any]:
        """Papers, pulses, weights and knobs."""
        with urllib.request.urlopen(f"{self.url}/state", timeout=5) as answer:
            return dict(json.loads(answer.read()))

    def set(self, path: str, **values: Any) -> None:
        """Turn a knob."""
        body = json.dumps(values).encode()
        request = urllib.request.Request(f"{self.url}{path}", body, {"Content-Type": "application/json"}, method="POST")
        urllib.request.urlopen(request, timeout=5).close()

    def weigh(self, grams: int, *, stable: bool = True) -> None:
        """Put something on the scale."""
        self.set("/scale/scale-1", grams=grams, stable=stable)

    def scan(self, code: str) -> None:
        """Pull the trigger of the agent's scanner."""
        self.set("/scan/scanner-1", code=code)

    def printed(self) -> bytes:
        """All bytes that the printer was sent, pulses of its drawer among them."""
        with urllib.request.urlopen(f"{self.url}/raw/receipt-1", timeout=5) as answer:
            return bytes(answer.read())

    def wait_for(self, condition: Callable[[], Any], what: str) -> Any:
        """Wait for something to happen at the devices."""
        return wait_for(condition, timeout_s=20, what=what)
