"""A Chromium of its own process, with a profile that outlives it: killed as by a power cut and started again."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserType, Page

from fixtures.chromium import FLAGS
from fixtures.private import Program, start
from fixtures.waiting import wait_for

START_S = 60.0
PATIENCE_MS = 60_000
OWN_FLAGS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--accept-lang=az",
    "--window-size=1024,700",
    "--force-prefers-reduced-motion",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-extensions",
    "--disable-default-apps",
    "--password-store=basic",
)


@dataclass
class Tablet:
    """One browser of a shop: the profile stays, the process comes and goes."""

    kind: BrowserType
    folder: Path
    program: Program | None = field(default=None)
    browser: Browser | None = field(default=None)
    uncaught: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Start the browser on its profile."""
        command = shutil.which("chromium")
        assert command, "Chromium is not installed: run make test, or apt-get install chromium"
        profile = self.folder / "profile"
        where = profile / "DevToolsActivePort"
        where.unlink(missing_ok=True)
        self.program = start(
            [command, *FLAGS, *OWN_FLAGS, f"--user-data-dir={profile}", "about:blank"], self.folder / "chromium.log"
        )
        port = wait_for(lambda: where.exists() and where.read_text().split("\n")[0], START_S, "Chromium's port")
        self.browser = self.kind.connect_over_cdp(f"http://127.0.0.1:{port}", timeout=START_S * 1000)

    def tab(self) -> Page:
        """A new tab; what the app in it raises and nobody catches is kept in `uncaught`."""
        assert self.browser is not None
        page = self.browser.contexts[0].new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.uncaught.append(f"{error}\n{error.stack}"))
        return page

    def has_on_disk(self, cookie: str) -> bool:
        """Whether a cookie has reached the disk: Chromium keeps new ones in memory for half a minute."""
        files = (self.folder / "profile" / "Default").rglob("Cookies*")
        return any(cookie.encode() in file.read_bytes() for file in files if file.is_file())

    def kill(self) -> None:
        """SIGKILL to all of its processes."""
        if self.program is not None:
            self.program.kill()
        self.program = self.browser = None
