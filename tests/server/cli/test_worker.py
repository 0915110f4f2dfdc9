"""The worker and the process that enqueues what recurs, against a real Valkey."""

import os
import signal
import sys

from rq import Queue
from rq.serializers import JSONSerializer

from fixtures.private import running
from fixtures.waiting import wait_for
from server.cli.recurring import RECURRING, JsonCronJob
from server.core.jobs import QUEUE


def environment(valkey, tmp_path) -> dict[str, str]:
    return {**os.environ, "AISALES_REDIS_URL": valkey.url, "AISALES_DATA": str(tmp_path)}


def test_a_worker_runs_what_recurs(valkey, tmp_path):
    worker = [sys.executable, "-m", "server.cli", "worker", "--in-process"]
    recurring = JsonCronJob(QUEUE, os.getpid, cron="0 0 * * *")

    with running(worker, tmp_path / "log", env=environment(valkey, tmp_path)) as program:
        job = recurring.enqueue(valkey.client())
        wait_for(lambda: job.get_status() == "finished", what="the job")

        assert job.return_value() == program.process.pid


def test_what_recurs_stands_in_the_workers_queue(valkey):
    for when, function in RECURRING:
        JsonCronJob(QUEUE, function, cron=when).enqueue(valkey.client())

    queue = Queue(QUEUE, connection=valkey.client(), serializer=JSONSerializer)

    assert [job.func_name for job in queue.jobs] == [
        f"{function.__module__}.{function.__name__}" for _, function in RECURRING
    ]


def test_the_cron_process_ends_on_sigterm(valkey, tmp_path):
    cron = [sys.executable, "-m", "server.cli", "worker", "--cron"]

    with running(cron, tmp_path / "log", env=environment(valkey, tmp_path)) as program:
        wait_for(lambda: valkey.client().keys("rq:cron*"), what="the scheduler's birth")
        program.process.send_signal(signal.SIGTERM)

        assert program.process.wait(5) == 0
