"""Writes `tests/vectors/wire/*.json`: one example of every message as protocol version 1 has it.

Run it by hand when a message is new: `PYTHONPATH=. .venv/bin/python tests/edge_agent/record_wire.py`.
A recorded file is never written anew, because it stands for what agents in shops already send.
"""

import json
from pathlib import Path

from edge_agent import wire
from edge_agent.wire.message import Message

FOLDER = Path(__file__).parents[1] / "vectors" / "wire"
JOB = "e5eeb3cd-20d9-50e1-96e1-a2111e0c49b2"
BOOT = "51598205-00e9-49b2-832b-6f11ffeee7c2"
AT = "2026-11-24T20:00:00.123Z"
AT_MS = 1_795_550_400_123


def _receipt() -> wire.PrintArgs:
    blocks = (
        wire.Text(text="Bazar Market", align="center", size=2, bold=True),
        wire.Text(text="VÖEN 1234567890"),
        wire.Rule(),
        wire.Row(left="Çörək ağ 500 q", right="0.65"),
        wire.Row(left="CƏMİ", right="0.65", bold=True, size=2),
        wire.Feed(lines=1),
        wire.Qr(data="0192f0c1-7b5e-7cc3-98c4-dc0c0c07398f"),
        wire.Barcode(data="4006381333931"),
        wire.Cut(),
    )
    return wire.PrintArgs(kind="receipt", copy=0, doc=wire.Document(blocks=blocks))


def messages() -> dict[str, Message]:
    """An example of every message, by the name of its file."""
    jobs = {
        "command_print": ("print", "receipt-1", _receipt()),
        "command_open": ("open", "drawer-1", wire.OpenArgs(reason="sale")),
        "command_ring": ("ring", "bell-1", wire.RingArgs(pattern="new")),
        "command_show": ("show", "display-1", wire.ShowArgs(lines=("Alma 1.25 kq", "CƏMİ 3.00"))),
        "command_watch": ("watch", "scale-1", wire.WatchArgs(lease_ms=15_000)),
        "command_zero": ("zero", "scale-1", wire.NoArgs()),
    }
    commands: dict[str, Message] = {
        name: wire.Command.of(JOB, op, device, args, seq=1841, created_at_ms=AT_MS)
        for name, (op, device, args) in jobs.items()
    }
    return commands | _reports()


def _reports() -> dict[str, Message]:
    head = {"n": 7, "boot_id": BOOT, "session": 12}
    ack = {"cmd_id": JOB, "attempt": 1, **head}
    return {
        "presence_online": wire.Presence(state="online", boot_id=BOOT, session=12, sent_at=AT),
        "server_state": wire.ServerState(state="online", sent_at=AT),
        "agent_announce": wire.AgentAnnounce(
            agent="a1b2c3d4e5f6", model="rpi4", os="Linux 6.1", sw="1.0.0", boot_id=BOOT, started_at=AT,
            caps=("print.v1",),
        ),
        "device_announce": wire.DeviceAnnounce(
            device="receipt-1", device_class="printer", driver="escpos", ops=("print", "status"), profile="virtual",
            link="tcp 127.0.0.1:9100", confirm="process_id", media={"dots": 576, "columns": 48},
        ),
        "device_state": wire.DeviceState(
            device="receipt-1", state="trouble", trouble="paper_out", since=AT, session=12, details={"paper": "out"}
        ),
        "device_event_scan": wire.DeviceEvent(
            device="scanner-1", event="scan", event_id=JOB, happened_at=AT, age_ms=3,
            body={"code": "4006381333931", "symbology": "]E0"}, **head,
        ),
        "device_event_opened": wire.DeviceEvent(
            device="drawer-1", event="opened", event_id=JOB, happened_at=AT, body={"by_us": True}, **head
        ),
        "live_weight": wire.LiveWeight(device="scale-1", grams=1234, stable=True),
        "ack_received": wire.Ack(stage="received", **ack),
        "ack_done": wire.Ack(stage="done", confirmed=True, **ack),
        "ack_held": wire.Ack(stage="held", reason="paper_out", **ack),
        "ack_failed": wire.Ack(stage="failed", reason="offline", retryable=True, **ack),
        "ack_uncertain": wire.Ack(stage="uncertain", reason="link_lost", bytes_sent=812, **ack),
        "ack_duplicate": wire.Ack(stage="duplicate", of_stage="done", **ack),
        "sync_up": wire.SyncUp(
            boot_id=BOOT, session=12, last_seq_done=1840, open=(wire.OpenJob(id=JOB, stage="held"),), up_from=7, up_to=9
        ),
        "sync_down": wire.SyncDown(session=12, acked=(7, 8), forget=(JOB,)),
        "config": wire.Config(
            rev=3, doc={"devices": {"bell-1": {"enabled": False}}},
            sha256=wire.digest({"devices": {"bell-1": {"enabled": False}}}),
        ),
        "log_line": wire.LogLine(
            level="WARNING", source="edge_agent.devices.printer", text="receipt-1: refused", sent_at=AT
        ),
        "health": wire.Health(uptime_s=60, spool_open=1, spool_up=2, reconnects=3, sent_at=AT),
    }  # fmt: skip


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, message in messages().items():
        path = FOLDER / f"{name}.json"
        if not path.exists():
            recorded = {"class": type(message).__name__, "payload": json.loads(message.to_json())}
            path.write_text(json.dumps(recorded, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
