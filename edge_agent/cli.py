"""The `aisales-edge` command.

    aisales-edge run --config agent.toml --state DIR            drive the devices of a site
    aisales-edge run --sim [--sim-port N] --state DIR           drive virtual devices, shown over HTTP on loopback
    aisales-edge config check --config agent.toml               say what is wrong with a site's file, with its line
    aisales-edge enrol --server URL --token T --state DIR       become known to a server (--host-header H, --name N)

`run` enrols first when the state folder holds no identity: AISALES_ENROL_TOKEN_FILE names a file with the token (it may
appear later: it is waited for), AISALES_ENROL_SERVER the server's address, AISALES_ENROL_HOST the host that is meant.
"""

import argparse
import fcntl
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge_agent import config as site
from edge_agent.agent import Agent, Identity
from edge_agent.config import AgentConfig
from edge_agent.enrol import EnrolmentFailed, enrol, identity_in
from edge_agent.settings import SettingsError
from edge_agent.sim import Sim

log = logging.getLogger("aisales-edge")
WRONG = 2
TOKEN_LOOK_S, RETRY_S = 0.5, 1.0
TOKEN_FILE, SERVER, HOST = "AISALES_ENROL_TOKEN_FILE", "AISALES_ENROL_SERVER", "AISALES_ENROL_HOST"


def main(argv: list[str] | None = None) -> int:
    """Run the command; the exit code."""
    options = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    try:
        return int(options.do(options))
    except (SettingsError, EnrolmentFailed) as trouble:
        print(f"aisales-edge: {trouble}", file=sys.stderr)
        return WRONG


def _run(options: argparse.Namespace) -> int:
    if not options.sim and not options.config:
        raise SettingsError("run needs --config FILE, or --sim")
    ending = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, frame: ending.set())
    folder = _state_folder(options.state)
    with _alone(folder):
        sim = Sim(options.sim_port) if options.sim else None
        try:
            devices = sim.config if sim else site.load(options.config)
            identity = _identity(options, folder, ending)
            if identity is not None:
                _serve(identity, devices, folder, sim, ending)
        finally:
            if sim:
                sim.stop()
    return 0


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two agents of one identity would push each other off the broker. Raises: SettingsError when one runs here."""
    with (folder / "agent.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as trouble:
            raise SettingsError(f"another agent uses {folder}") from trouble
        yield


def _serve(identity: Identity, devices: AgentConfig, folder: Path, sim: Sim | None, ending: threading.Event) -> None:
    agent = Agent(identity, devices, folder, switches=sim.switches if sim else {})
    agent.start()
    try:
        ending.wait()
    finally:
        agent.stop()


def _identity(options: argparse.Namespace, folder: Path, ending: threading.Event) -> Identity | None:
    """The identity in the state folder, else one for the token, tried until it works. None when told to end before."""
    while not ending.is_set():
        identity = identity_in(folder)
        if identity is not None:
            return identity
        token = _token(options)
        if not token:
            ending.wait(TOKEN_LOOK_S)
            continue
        try:
            return enrol(folder, _server(options), token, name=options.name, host_header=_host(options))
        except EnrolmentFailed as trouble:
            log.warning("not enrolled yet: %s", trouble)
            ending.wait(RETRY_S)
    return None


def _token(options: argparse.Namespace) -> str:
    """The token of the option or of the file; empty while the file is not there."""
    if options.token:
        return str(options.token)
    path = os.environ.get(TOKEN_FILE)
    if not path:
        raise EnrolmentFailed(f"this agent is not enrolled: use `aisales-edge enrol`, or set {TOKEN_FILE} and {SERVER}")
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def _server(options: argparse.Namespace) -> str:
    server = options.server or os.environ.get(SERVER)
    if not server:
        raise SettingsError(f"--server or {SERVER} is needed to enrol")
    return str(server)


def _host(options: argparse.Namespace) -> str | None:
    return options.host_header or os.environ.get(HOST) or None


def _enrol(options: argparse.Namespace) -> int:
    token = _token(options)
    if not token:
        raise EnrolmentFailed("no token: --token, or a file named by " + TOKEN_FILE)
    identity = enrol(
        _state_folder(options.state), _server(options), token, name=options.name, host_header=_host(options)
    )
    print(f"enrolled as {identity.address.prefix}")
    return 0


def _check(options: argparse.Namespace) -> int:
    devices = site.load(options.config)
    for name, device in devices.devices.items():
        print(f"{name}: {type(device).__name__.removesuffix('Config').lower()}")
    return 0


def _state_folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="aisales-edge", description="The edge agent: printers, drawers, scales, scanners."
    )
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="drive the devices")
    run.add_argument("--config", type=Path)
    run.add_argument("--sim", action="store_true", help="virtual devices")
    run.add_argument("--sim-port", type=int, default=0, help="loopback port of the virtual devices (0: any)")
    check = commands.add_parser("config", help="the site's file").add_subparsers(required=True).add_parser("check")
    check.add_argument("--config", type=Path, required=True)
    enrolment = commands.add_parser("enrol", help="become known to a server")
    for one, do in ((run, _run), (check, _check), (enrolment, _enrol)):
        one.set_defaults(do=do)
    for one in (run, enrolment):
        one.add_argument("--state", type=Path, default=Path("/var/lib/aisales-edge"))
        one.add_argument("--server", help="where to connect, http://127.0.0.1:8000")
        one.add_argument("--host-header", help="the host that is meant, market.localhost:8000")
        one.add_argument("--token")
        one.add_argument("--name", default="agent")
    return parser
