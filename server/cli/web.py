"""`aisales web`: gunicorn with the settings that the event stream needs. Production has more workers, behind nginx."""

import argparse
import os
import sys
from typing import NoReturn

STREAMING_THREADS = 320
"""More than the 224 streams that are let in, else open streams would starve every other request."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where it listens and how wide it is."""
    parser.add_argument("--bind", default="127.0.0.1:8000", help="address and port, or unix:PATH (default %(default)s)")
    parser.add_argument("--workers", type=int, default=1, help="processes (default %(default)s)")
    parser.add_argument("--threads", type=int, default=STREAMING_THREADS, help="threads of each (default %(default)s)")


def run(args: argparse.Namespace) -> NoReturn:
    """Become gunicorn."""
    settings = {
        "--bind": args.bind,
        "--worker-class": "gthread",
        "--workers": str(args.workers),
        "--threads": str(args.threads),
        "--keep-alive": "30",
        "--graceful-timeout": "2",
        "--log-level": "warning",
        "--config": "python:server.cli.settling",
    }
    words = [word for pair in settings.items() for word in pair]
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", *words, "server.app:create_app()"]
    os.execv(sys.executable, command)
