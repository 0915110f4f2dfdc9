"""The frame that server and agent share: topics, messages, jobs, paper. The only part of the agent the server imports.

    topics    where a message goes                        Address, parse_topic, SERVER_STATE, ALL_UP
    message   dataclasses that check themselves, JSON     Message, WireError, canonical, digest
    blocks    paper as blocks                             Document, Text, Row, Rule, Qr, Barcode, Feed, Cut
    jobs      what may be asked, and how long it lives    OPS, PAPERS, rule_for, job_id
    commands  down                                        Command, PrintArgs, OpenArgs, …, Config
    reports   up, and the sync of both sides              Presence, Ack, Standing, DeviceEvent, SyncUp, SyncDown

Use it as `from edge_agent import wire`: `wire.Command.from_json(payload)`, `wire.Ack(...).to_json()`.
Versions: the topic carries the major `v1`, the payload the minor `v`. Fields are only ever added, unknown ones are
ignored, an unknown op is answered by `rejected: unsupported`. Recorded messages stand in `tests/vectors/wire/`.
"""

from edge_agent.wire.blocks import Barcode, Block, Cut, Document, Feed, Qr, Row, Rule, Text
from edge_agent.wire.clock import utc_ms, utc_text
from edge_agent.wire.commands import (
    ARGS,
    Command,
    Config,
    NoArgs,
    OpenArgs,
    Origin,
    PrintArgs,
    RingArgs,
    ShowArgs,
    WatchArgs,
)
from edge_agent.wire.jobs import (
    DEVICE_OPS,
    MAX_ATTEMPTS,
    OPS,
    PAPERS,
    WATCH_LEASE_MS,
    DeviceClass,
    JobClass,
    JobRule,
    Op,
    PaperKind,
    job_id,
    rule_for,
)
from edge_agent.wire.message import MAX_MESSAGE_BYTES, VERSION, Message, WireError, canonical, digest
from edge_agent.wire.reports import (
    FINAL,
    SCAN_LIFE_MS,
    Ack,
    AgentAnnounce,
    ClockState,
    DeviceAnnounce,
    DeviceEvent,
    DeviceState,
    Health,
    LiveWeight,
    LogLine,
    OpenJob,
    Presence,
    ServerState,
    Stage,
    Standing,
    SyncDown,
    SyncUp,
)
from edge_agent.wire.topics import ALL_UP, SERVER_STATE, Address, Topic, check_name, parse_topic

__all__ = [
    "ALL_UP",
    "ARGS",
    "DEVICE_OPS",
    "FINAL",
    "MAX_ATTEMPTS",
    "MAX_MESSAGE_BYTES",
    "OPS",
    "PAPERS",
    "SCAN_LIFE_MS",
    "SERVER_STATE",
    "VERSION",
    "WATCH_LEASE_MS",
    "Ack",
    "Address",
    "AgentAnnounce",
    "Barcode",
    "Block",
    "ClockState",
    "Command",
    "Config",
    "Cut",
    "DeviceAnnounce",
    "DeviceClass",
    "DeviceEvent",
    "DeviceState",
    "Document",
    "Feed",
    "Health",
    "JobClass",
    "JobRule",
    "LiveWeight",
    "LogLine",
    "Message",
    "NoArgs",
    "Op",
    "OpenArgs",
    "OpenJob",
    "Origin",
    "PaperKind",
    "Presence",
    "PrintArgs",
    "Qr",
    "RingArgs",
    "Row",
    "Rule",
    "ServerState",
    "ShowArgs",
    "Stage",
    "Standing",
    "SyncDown",
    "SyncUp",
    "Text",
    "Topic",
    "WatchArgs",
    "WireError",
    "canonical",
    "check_name",
    "digest",
    "job_id",
    "parse_topic",
    "rule_for",
    "utc_ms",
    "utc_text",
]
