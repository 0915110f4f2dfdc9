"""A receipt printer: print once, know whether it came out, and never send twice what may be on paper.

look    is it there, has it paper? else the job waits here and nothing has left
send    the frame of `rendering/escpos.py`, after the spool says `sending`
wait    for the process id; or, where the printer has none, for two clean looks
        out of paper or open in between: it keeps our bytes and goes on by itself, so the job is held, not sent again
        gone in between: its buffer is gone too, nobody knows what is on paper, the job is uncertain

What broke off may have ended within a picture, for which the printer still waits: the next bytes would be dots, the
next receipt lose its head and the drawer stay shut. So the open command is filled up first, and the remains cut off.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from edge_agent.codecs.escpos_status import PrinterStatus
from edge_agent.config import PrinterConfig
from edge_agent.devices.base import Done, Hub, Interrupted, Later, Outcome, Progress, State, Task, Uncertain
from edge_agent.drivers.escpos import EscposPort
from edge_agent.drivers.link import LinkDown
from edge_agent.profiles import PrinterProfile
from edge_agent.rendering import PrintJob, completion, confirmation_request, cut_off, render
from edge_agent.wire import DeviceAnnounce, PrintArgs

log = logging.getLogger(__name__)
CONFIRM_SLICE_MS = 300
MAX_CLEAN_LOOKS = 200
"""A printer that answers, is not held, and after a minute has not confirmed: sent, not confirmed."""
MAX_SILENT_LOOKS = 3
CLEAN_LOOKS_UNCONFIRMED = 2
LOST_LOOK_MS = 2_000
UNKNOWN_BYTES = 0
"""How much came out of a printer that took everything and fell silent: not to be known."""


class Printer:
    """A printer in its lane; its drawer borrows the same port."""

    def __init__(self, name: str, config: PrinterConfig, profile: PrinterProfile, port: EscposPort, hub: Hub) -> None:
        self.name, self.profile, self.port = name, profile, port
        self.status: PrinterStatus | None = None
        self.on_status: Callable[[PrinterStatus | None], None] = lambda status: None
        self._config, self._hub = config, hub
        self._is_printing = False
        self._is_waiting_for_more = self._has_remains = False
        self._told_word = ""

    def announce(self) -> DeviceAnnounce:
        profile = self.profile
        return DeviceAnnounce(
            device=self.name,
            device_class="printer",
            driver="escpos",
            ops=("print", "status"),
            profile=profile.name,
            link=self._config.link.words,
            confirm=profile.confirm if self._config.confirm == "auto" else self._config.confirm,
            media={"dots": profile.dots, "columns": profile.columns},
        )

    def run(self, task: Task, progress: Progress, between: Callable[[], None]) -> Outcome:
        if not isinstance(task.args, PrintArgs):
            self.tick()
            return Done(self.status is not None)
        tag = task.id[:4].upper()
        mark = self._config.possible_duplicate if task.mark else ""
        data = render(PrintJob(document=task.args.doc, tag=tag, attempt=task.attempt, mark=mark), self.profile)
        try:
            with self.borrowed():
                return self._print(data, tag, progress, between)
        except LinkDown as trouble:
            log.info("%s: %s", self.name, trouble)
            self._tell(None, is_reachable=False)
            return Later("offline")

    def tick(self) -> int:
        try:
            with self.borrowed() as port:
                self._tell(port.status(), is_reachable=True)
        except LinkDown as trouble:
            if self._told_word != "offline":
                log.warning("%s: %s", self.name, trouble)
            self._tell(None, is_reachable=False)
            return LOST_LOOK_MS
        return self._config.poll_ms or self.profile.poll_ms

    def close(self) -> None:
        self.port.close()

    def broke_off(self) -> None:
        """A paper was not sent to its end, by this program or before it started."""
        self._is_waiting_for_more = self._has_remains = True

    def fill_up(self) -> None:
        """End what a command that broke off still waits for. Raises: LinkDown."""
        if self._is_waiting_for_more:
            self.port.send(completion(self.profile))
            self._is_waiting_for_more = False

    @contextmanager
    def borrowed(self) -> Iterator[EscposPort]:
        """The open port; a network printer is let go afterwards, unless a job still waits on it. Raises: LinkDown."""
        self.port.open()
        try:
            yield self.port
        finally:
            if self.port.link.is_shared and not self._is_printing:
                self.port.close()

    # One job, from the first look to the last answer

    def _print(self, data: bytes, tag: str, progress: Progress, between: Callable[[], None]) -> Outcome:
        before = self.port.status()
        self._tell(before, is_reachable=True)
        if before is not None and before.trouble is not None:
            return Later(before.trouble)
        self.fill_up()
        asks = self._asks_for_ids(is_mute=before is None)
        remains = cut_off(self.profile) if self._has_remains else b""
        progress.sending()
        self._is_printing = True
        try:
            self.port.send(remains + data + (confirmation_request(tag) if asks else b""))
            self._has_remains = False
            progress.sent()
            return self._wait(tag if asks else None, progress, between, is_mute=before is None)
        except LinkDown as trouble:
            self.broke_off()
            self._tell(None, is_reachable=False)
            return Uncertain(trouble.bytes_sent or len(data), "link_lost")
        finally:
            self._is_printing = False

    def _asks_for_ids(self, *, is_mute: bool) -> bool:
        if self._config.confirm != "auto":
            return self._config.confirm == "process_id"
        return self.profile.confirm == "process_id" and not is_mute and self.port.confirms()

    def _wait(self, tag: str | None, progress: Progress, between: Callable[[], None], *, is_mute: bool) -> Outcome:
        clean = silent = 0
        while clean < (MAX_CLEAN_LOOKS if tag else CLEAN_LOOKS_UNCONFIRMED):
            if tag is not None and self.port.printed(tag, CONFIRM_SLICE_MS):
                self._tell(self.port.status(), is_reachable=True)
                return Done(True)
            if self._hub.pause(0 if tag else CONFIRM_SLICE_MS):
                return Interrupted()
            between()
            status = self.port.status()
            self._tell(status, is_reachable=True)
            if status is None:
                silent += 1
                if is_mute:
                    return Done(False)
                if silent == MAX_SILENT_LOOKS:
                    return Uncertain(UNKNOWN_BYTES, "mute")
            elif status.trouble is not None:
                clean = silent = 0
                progress.held(status.trouble)
            else:
                clean, silent = clean + 1, 0
        return Done(False)

    # What the agent is told

    def _tell(self, status: PrinterStatus | None, *, is_reachable: bool) -> None:
        self._tell_edges(self.status, status)
        self.status = status if is_reachable else None
        self.on_status(self.status)
        if not is_reachable:
            self._state(State("offline", "offline"))
        elif status is None:
            self._state(State("trouble", "mute"))
        else:
            self._state(self._state_of(status))

    def _state_of(self, status: PrinterStatus) -> State:
        details = (("paper", status.paper), ("cover", "open" if status.is_cover_open else "closed"))
        if status.trouble is None:
            return State("ready", "paper_low" if status.paper == "low" else None, details)
        return State("held" if self._is_printing else "trouble", status.trouble, details)

    def _state(self, state: State) -> None:
        self._told_word = state.word
        self._hub.state(self.name, state)

    def _tell_edges(self, before: PrinterStatus | None, now: PrinterStatus | None) -> None:
        if before is None or now is None:
            return
        if (before.paper == "out") != (now.paper == "out"):
            self._hub.event(self.name, "paper_out" if now.paper == "out" else "paper_back", {})
        if before.is_cover_open != now.is_cover_open:
            self._hub.event(self.name, "cover_open" if now.is_cover_open else "cover_closed", {})
