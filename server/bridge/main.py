"""The bridge process: connects, starts its loops, and ends them on SIGTERM."""

import json
import signal
import threading
import uuid
from collections.abc import Callable
from urllib.parse import quote, urlsplit

from edge_agent import wire
from server.app import create_app
from server.bridge.dispatch import Dispatcher
from server.bridge.inbound import Inbound
from server.bridge.link import Link, Will
from server.bridge.passing import Passing
from server.bridge.security import Security
from server.core import clock
from server.core.config import Config

END_WITHIN_S = 3.0


def main() -> int:
    """Run until SIGTERM or SIGINT. Returns the exit code."""
    config = Config.from_environment().in_background()
    if not config.mqtt_url:
        raise SystemExit("AISALES_MQTT_URL says where the broker is, and it is not set")
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    run(config, stopping)
    return 0


def run(config: Config, stopping: threading.Event) -> None:
    """Carry messages until `stopping` is set."""
    app = create_app(config)
    link = make_link(config)
    security = make_security(config)
    dispatcher = Dispatcher(app, link, security)
    link.on_connect = lambda: _say_online(link, dispatcher)
    loops: list[Callable[[threading.Event], None]] = [
        Inbound(app, link).run,
        dispatcher.run,
        Passing(app, link, dispatcher).run,
    ]
    threads = [threading.Thread(target=loop, args=(stopping,), name=f"bridge-{n}") for n, loop in enumerate(loops)]
    link.start()
    if security is not None:
        security.start()
    for thread in threads:
        thread.start()
    stopping.wait()
    for thread in threads:
        thread.join(END_WITHIN_S)
    link.publish(wire.SERVER_STATE, _state("offline"), retain=True)
    link.stop()
    if security is not None:
        security.stop()


def make_link(config: Config) -> Link:
    """The bridge's own connection: everything that agents say, and a will that says when it is gone."""
    will = Will(wire.SERVER_STATE, _state("offline"))
    return Link(config.mqtt_url, f"bridge-{uuid.uuid4().hex[:8]}", filters=[wire.ALL_UP], will=will)


def make_security(config: Config) -> Security | None:
    """The administrator's connection, where its file is given."""
    if config.mqtt_admin_file is None:
        return None
    admin = json.loads(config.mqtt_admin_file.read_text())
    parts = urlsplit(config.mqtt_url)
    sign_in = f"{quote(admin['username'])}:{quote(admin['password'])}"
    return Security(f"{parts.scheme}://{sign_in}@{parts.hostname}:{parts.port}")


def _say_online(link: Link, dispatcher: Dispatcher) -> None:
    link.publish(wire.SERVER_STATE, _state("online"), retain=True)
    dispatcher.nudged.set()


def _state(state: str) -> bytes:
    online = state == "online"
    return wire.ServerState(state="online" if online else "offline", sent_at=wire.utc_text(clock.now_ms())).to_json()
