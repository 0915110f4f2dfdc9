"""Up: presence, announcements, device state and events, live weight, stages of jobs, and the sync of both sides.

`n` numbers acks and events of an agent, rising for ever; (agent, boot_id, n) is their identity, so a second copy
is known. The agent keeps them until `SyncDown` names them; a PUBACK alone deletes nothing.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from edge_agent.wire.clock import utc_ms
from edge_agent.wire.jobs import DeviceClass
from edge_agent.wire.message import Message, require
from edge_agent.wire.topics import check_name

Stage = Literal["received", "started", "held", "done", "failed", "expired", "rejected", "uncertain", "duplicate"]
MAX_SYNC_IDS = 500
MAX_LOG_TEXT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState(Message):
    """Whether the agent's wall clock is synchronised, and how far it is from the server's, if known."""

    sync: bool = False
    offset_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence(Message):
    """An agent is there or gone. A will carries the session that it belongs to: an older session's death is no news."""

    state: Literal["online", "offline"]
    boot_id: str
    session: int
    sent_at: str
    clock: ClockState = field(default_factory=ClockState)

    def __post_init__(self) -> None:
        utc_ms(self.sent_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerState(Message):
    """A bridge is alive, or its will says that it is gone."""

    state: Literal["online", "offline"]
    sent_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentAnnounce(Message):
    """What an agent says of itself. Claims: the server enables only what its own configuration allows."""

    agent: str
    model: str
    os: str
    sw: str
    boot_id: str
    started_at: str
    proto_min: int = 1
    proto_max: int = 1
    caps: tuple[str, ...] = ()
    config_rev: int = 0
    spool_depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAnnounce(Message):
    """What a device is. `parent` is the printer that a drawer hangs on; `media` holds dots and columns of a printer."""

    device: str
    device_class: DeviceClass = field(metadata={"key": "class"})
    driver: str
    ops: tuple[str, ...]
    profile: str | None = None
    link: str | None = None
    parent: str | None = None
    confirm: str | None = None
    media: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_name(self.device)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceState(Message):
    """How a device is. It counts only while its agent's presence is online.

    `trouble`: paper_out, paper_low, cover_open, offline, cutter, fault, mute, under, over. `details` by class:
    printer {paper: ok|low|out, cover: open|closed}, drawer {open: true|false|null}, others {}.
    """

    device: str
    state: Literal["ready", "busy", "held", "trouble", "offline"]
    since: str
    session: int
    trouble: str | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_name(self.device)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEvent(Message):
    """Something happened at a device. Kinds and bodies:

    `scan` {code, symbology|null} · `opened` {by_us: bool} · `closed` {} · `paper_out` {} · `paper_back` {} ·
    `cover_open` {} · `cover_closed` {}.
    A scan is worthless after 3 s: the agent does not keep it longer, and the server looks at `age_ms`.
    """

    n: int
    event_id: str
    device: str
    event: str
    boot_id: str
    session: int
    happened_at: str
    age_ms: int = 0
    clock_sync: bool = False
    body: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_name(self.device)
        require(self.n > 0, f"n {self.n}")
        require(self.age_ms >= 0, f"age_ms {self.age_ms}")
        utc_ms(self.happened_at)


SCAN_LIFE_MS = 3_000
EPOCH = "1970-01-01T00:00:00.000Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveWeight(Message):
    """A reading of a watched scale, at most ten a second, QoS 0. `status`: ok, motion, under, over, fault."""

    device: str
    grams: int
    stable: bool
    status: Literal["ok", "motion", "under", "over", "fault"] = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack(Message):
    """A stage of a job.

    `confirmed` with done (false: the printer cannot confirm), `reason` with failed, rejected, held and expired,
    `of_stage` with duplicate, `bytes_sent` with uncertain.
    """

    cmd_id: str
    stage: Stage
    n: int
    attempt: int
    boot_id: str
    session: int
    confirmed: bool | None = None
    reason: str | None = None
    retryable: bool | None = None
    of_stage: str | None = None
    bytes_sent: int | None = None


ID_REUSE = "id_reuse"
"""Why a second command with the id of another was rejected: it says nothing of the first, and is an alarm."""
RANK: dict[str, int] = {"received": 1, "started": 2, "held": 2, "uncertain": 3}
FINAL = frozenset({"done", "failed", "expired", "rejected"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a job stands: what the server keeps of all the reports of a job."""

    stage: str
    attempt: int = 0
    n: int = 0

    def after(self, ack: Ack) -> "Standing":
        """The standing after one more report; reports in any order and number of copies give the same end.

        Final stages never go back. Among the others a later attempt wins, then the higher rank, then the later
        `n` (held and started alternate). A duplicate reports the stage that the agent has.
        """
        if ack.stage == "rejected" and ack.reason == ID_REUSE:
            return self
        reported = ack.of_stage or "received" if ack.stage == "duplicate" else ack.stage
        theirs = Standing(reported, ack.attempt, ack.n)
        return max(self, theirs, key=Standing._order)

    def _order(self) -> tuple[bool, int, int, int]:
        is_final = self.stage in FINAL
        return (is_final, -self.n, 0, 0) if is_final else (False, self.attempt, RANK.get(self.stage, 0), self.n)

    @property
    def is_final(self) -> bool:
        """Nothing more will be heard of it. `uncertain` is not final: a person, or a late answer, settles it."""
        return self.stage in FINAL


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenJob(Message):
    """A job that the agent has and that is not settled."""

    id: str
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncUp(Message):
    """After every connect: what the agent has. `up_from`..`up_to` are the reports that it still keeps (0: none)."""

    boot_id: str
    session: int
    last_seq_done: int = 0
    open: tuple[OpenJob, ...] = ()
    up_from: int = 0
    up_to: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncDown(Message):
    """The server's receipt for reports, and its answer to SyncUp. Sent whenever the server has stored something.

    `acked` lists the `n` that are stored; `ack_up_to` says that all up to there are (0: says nothing).
    `forget` lists jobs that are settled on the server (a person answered, or given up): the agent drops what it
    holds of them. After SyncUp the server sends its open, unexpired commands again in the order of `seq`.
    `sent_at` is the server's clock, later than all that this answers.
    """

    session: int
    ack_up_to: int = 0
    acked: tuple[int, ...] = ()
    forget: tuple[str, ...] = ()
    sent_at: str | None = None

    def __post_init__(self) -> None:
        utc_ms(self.sent_at or EPOCH)
        require(len(self.acked) <= MAX_SYNC_IDS and len(self.forget) <= MAX_SYNC_IDS, "a sync that is too long")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine(Message):
    """A warning or worse of the agent's own log, at most ten a minute. For eyes only."""

    level: str
    source: str
    text: str
    sent_at: str

    def __post_init__(self) -> None:
        require(len(self.text) <= MAX_LOG_TEXT, f"a log line of {len(self.text)} characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Health(Message):
    """Once a minute: how the agent fares. For eyes only."""

    uptime_s: int
    spool_open: int
    spool_up: int
    reconnects: int
    sent_at: str
