"""`aisales worker`: an RQ worker, or with --cron the one process that enqueues what recurs."""

import argparse
import os
import sys

from server.cli import Refused


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which of the two, and how jobs are run."""
    parser.add_argument("--cron", action="store_true", help="enqueue the recurring jobs; run exactly one of these")
    parser.add_argument(
        "--in-process", action="store_true", help="run jobs without a fork each: light, for one machine"
    )


def run(args: argparse.Namespace) -> int:
    """Enqueue until SIGTERM, or become rq."""
    redis_url = os.environ.get("AISALES_REDIS_URL")
    if not redis_url:
        raise Refused("AISALES_REDIS_URL says where the queue is, and it is not set")
    if args.cron:
        from server.cli.recurring import enqueue_for_ever

        enqueue_for_ever(redis_url)
        return 0
    kind = "rq.worker.SimpleWorker" if args.in_process else "rq.worker.Worker"
    quiet = ["--serializer", "json", "--logging_level", "WARNING"]
    words = ["aisales", "--worker-class", kind, *quiet, "--url", redis_url]
    os.execv(sys.executable, [sys.executable, "-m", "rq.cli", "worker", *words])
