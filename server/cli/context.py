"""The application's context for commands, and where they find the data that they work on."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from server.cli import Refused
from server.cli.place import ENVIRONMENT_FILE
from server.core.doors import App
from server.core.errors import Trouble


@contextlib.contextmanager
def in_app() -> Iterator[App]:
    """An app context on the data that AISALES_DATA names, or on ./var. Turns trouble of the trade into one sentence."""
    _find_data()
    from server.app import create_app

    app = create_app()
    with app.app_context():
        try:
            yield app
        except Trouble as trouble:
            raise Refused(trouble.detail + _params(trouble)) from trouble


def _find_data() -> None:
    if "AISALES_DATA" not in os.environ and not Path("var/control.db").exists():
        raise Refused("there are no data in ./var; AISALES_DATA may name their folder")
    data = Path(os.environ.setdefault("AISALES_DATA", "var"))
    running = data / ENVIRONMENT_FILE
    if running.exists():
        for name, value in json.loads(running.read_text()).items():
            os.environ.setdefault(name, value)


def _params(trouble: Trouble) -> str:
    named = ", ".join(f"{name}: {value}" for name, value in trouble.params.items())
    return f" ({named})" if named else ""
