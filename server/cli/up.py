"""`aisales up`: the whole product on one machine, for this computer's browser, as children of one supervisor."""

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from server.cli import Refused, broker
from server.cli.broker import Broker
from server.cli.place import ENVIRONMENT_FILE, Place, held, is_free, migrations_digest, ports, prepare, write_private
from server.cli.services import answers_ping, is_healthy, valkey_command
from server.cli.supervisor import Ended, NotReady, Supervisor, end_with_parent

OPEN_FILES = 65_536
SERVICE_TIMEOUT_S = 15.0
WEB_TIMEOUT_S = 60.0
DEMO_SHOP = "market"
SOME_KEPT_THEIRS = 3
"""The exit code of `aisales tenant migrate` when it failed in some shops only (`server/cli/tenant.py`)."""

AISALES = (sys.executable, "-m", "server.cli")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where it listens and where its data stand."""
    parser.add_argument("--port", type=int, default=8000, help="port on this machine (default %(default)s)")
    parser.add_argument("--data", type=Path, default=Path("var"), help="folder of all data (default %(default)s)")
    parser.add_argument(
        "--tied", action="store_true", help="end when the process that started this one ends (make run)"
    )


def run(args: argparse.Namespace) -> int:
    """Run until Ctrl-C or SIGTERM. Raises Refused with the reason when it cannot start."""
    if args.tied:
        end_with_parent()
    mosquitto = broker.program()
    place = prepare(args.data)
    with held(place), _run_folder() as run_folder:
        _require_free(args.port, "--port, or with make run PORT=")
        message_broker = Broker(place.broker, ports(place)["broker"])
        _require_free(message_broker.port, f"ports.json in {place.data}")
        _allow_open_files()
        own = _environment(args.port, place, message_broker, run_folder)
        with _published(place, own), Supervisor({**os.environ, **own}, place.logs, _say) as supervisor:
            try:
                _start_services(supervisor, mosquitto, message_broker, run_folder)
                _bring_data_up(supervisor, place)
                _start_product(supervisor, args.port, place)
                _welcome(args.port, place)
                supervisor.watch()
            except NotReady as trouble:
                raise Refused(str(trouble)) from trouble
            except Ended:
                pass
            _say("Ending")
    _say("Ended")
    return 0


def _start_services(supervisor: Supervisor, mosquitto: str, message_broker: Broker, run_folder: Path) -> None:
    _say("Starting Valkey and Mosquitto")
    socket = run_folder / "valkey.sock"
    supervisor.start("valkey", valkey_command(run_folder, socket))
    broker.prepare(message_broker)
    supervisor.start("mosquitto", [mosquitto, "-c", str(message_broker.config_file)])
    supervisor.wait_for("Valkey", lambda: answers_ping(socket), SERVICE_TIMEOUT_S)
    supervisor.wait_for("Mosquitto", lambda: not is_free(message_broker.port), SERVICE_TIMEOUT_S)


def _bring_data_up(supervisor: Supervisor, place: Place) -> None:
    """Migrate where the code has other migrations than at the last start; at the first start make the demo business."""
    revisions = migrations_digest()
    if not place.schema_file.exists() or place.schema_file.read_text() != revisions:
        try:
            supervisor.finish("migrate", [*AISALES, "tenant", "migrate"])
            write_private(place.schema_file, revisions)
        except NotReady as trouble:
            if trouble.code != SOME_KEPT_THEIRS:
                raise
            _say(f"{trouble}\n    The other shops open. The next start tries these again.")
    if not place.demo_file.exists():
        _say("Making the demo market: items, prices, stock and a week of sales (this first time only)")
        supervisor.finish("seed", [*AISALES, "seed", "market", "--slug", DEMO_SHOP, "--again"])


def _start_product(supervisor: Supervisor, port: int, place: Place) -> None:
    """The web server alone first: it is what people wait for, and the others would take its processor time."""
    _say("Starting the web server, then the workers, the bridge and a demo agent")
    supervisor.new_layer()
    supervisor.start("web", [*AISALES, "web", "--bind", f"127.0.0.1:{port}"])
    supervisor.wait_for("The web server", lambda: is_healthy(port), WEB_TIMEOUT_S)
    supervisor.start("bridge", [*AISALES, "bridge"])
    supervisor.start("agent", _agent_command(place))
    supervisor.start("worker", [*AISALES, "worker", "--in-process"])
    supervisor.start("cron", [*AISALES, "worker", "--cron"])


def _agent_command(place: Place) -> list[str]:
    """The agent with virtual devices; it enrols by the token that the seed leaves."""
    virtual = ["run", "--sim", "--sim-port", str(ports(place)["sim"])]
    return [sys.executable, "-m", "edge_agent", *virtual, "--state", str(place.agent), "--name", "demo"]


def _environment(port: int, place: Place, message_broker: Broker, run_folder: Path) -> dict[str, str]:
    return {
        "AISALES_DATA": str(place.data),
        "AISALES_PORT": str(port),
        "AISALES_CONTROL_URL": f"sqlite:///{place.data}/control.db",
        "AISALES_REDIS_URL": f"unix://{run_folder}/valkey.sock",
        "AISALES_MQTT_URL": message_broker.url,
        "AISALES_MQTT_ADMIN_FILE": str(message_broker.admin_file),
        "AISALES_BROKER_HOST": "127.0.0.1",
        "AISALES_BROKER_PORT": str(message_broker.port),
        "AISALES_SECRET_FILE": str(place.secret_file),
        "AISALES_ENROL_TOKEN_FILE": str(place.enrol_token_file),
        "AISALES_DEMO_FILE": str(place.demo_file),
        "AISALES_SIM_URL": f"http://127.0.0.1:{ports(place)['sim']}",
        "AISALES_ENROL_SERVER": f"http://127.0.0.1:{port}",
        "AISALES_ENROL_HOST": f"{DEMO_SHOP}.localhost:{port}",
    }


def _welcome(port: int, place: Place) -> None:
    demo: dict[str, Any] = json.loads(place.demo_file.read_text())
    address = f"http://{demo['host']}:{port}/app/"
    lines = [
        "",
        f"Ready.  {address}",
        "",
        *(_sign_in(person) for person in demo["people"]),
        "",
        f"Virtual printer, drawer, scale and scanner:  {address}counter",
        f"Logs: {place.logs}.  Ctrl-C ends everything.",
    ]
    print("\n".join(lines), flush=True)


def _sign_in(person: dict[str, Any]) -> str:
    office = f"   back office: {person['email']}  {person['password']}" if person.get("email") else ""
    return f"  {person['name']:<24} {person['role']:<10} PIN {person['pin']}{office}"


@contextmanager
def _published(place: Place, own: dict[str, str]) -> Iterator[None]:
    """Tell commands that run beside us where the services are."""
    file = place.data / ENVIRONMENT_FILE
    write_private(file, json.dumps(own, indent=2))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


@contextmanager
def _run_folder() -> Iterator[Path]:
    """A short-lived folder for sockets: their paths may have 107 characters, and a data folder's may be longer."""
    folder = Path(tempfile.mkdtemp(prefix="aisales-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _require_free(port: int, where_to_choose: str) -> None:
    if not is_free(port):
        raise Refused(
            f"port {port} is taken by another program; end that program or choose another port by {where_to_choose}"
        )


def _allow_open_files() -> None:
    """Each shop's open SQLite file takes three descriptors, and the usual limit is 1,024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _say(words: str) -> None:
    print(f"==> {words}", flush=True)
