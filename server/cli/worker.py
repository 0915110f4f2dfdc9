"""`aisales worker`: an RQ worker, or with --cron the one process that enqueues what recurs."""

import argparse
import os
import sys
from typing import NoReturn

from server.cli import Refused


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which of the two, and how jobs are run."""
    parser.add_argument("--cron", action="store_true", help="enqueue the recurring jobs; run exactly one of these")
    parser.add_argument(
        "--in-process", action="store_true", help="run jobs without a fork each: light, for one machine"
    )


def run(args: argparse.Namespace) -> NoReturn:
    """Become rq."""
    redis_url = os.environ.get("AISALES_REDIS_URL")
    if not redis_url:
        raise Refused("AISALES_REDIS_URL says where the queue is, and it is not set")
    os.execv(sys.executable, [sys.executable, "-m", "rq.cli", *_words(args), "--url", redis_url])


def _words(args: argparse.Namespace) -> list[str]:
    plain = ["--serializer", "json", "--logging-level", "WARNING"]
    if args.cron:
        return ["cron", "server.cli.recurring", *plain]
    kind = "rq.worker.SimpleWorker" if args.in_process else "rq.worker.Worker"
    return ["worker", "aisales", "--worker-class", kind, *plain]
