"""The worker and the process that enqueues what recurs, against a real Valkey."""

import os
import signal
import subprocess
import sys

from rq import Queue
from rq.serializers import JSONSerializer

from fixtures.private import running
from fixtures.waiting import wait_for
from server.cli import recurring
from server.cli.recurring import RECURRING, JsonCronJob
from server.core.jobs import QUEUE


def environment(valkey, tmp_path) -> dict[str, str]:
    return {**os.environ, "AISALES_REDIS_URL": valkey.url, "AISALES_DATA": str(tmp_path)}


def test_a_worker_runs_what_recurs(valkey, tmp_path):
    worker = [sys.executable, "-m", "server.cli", "worker", "--in-process"]
    each_midnight = JsonCronJob(QUEUE, os.getpid, cron="0 0 * * *")

    with running(worker, tmp_path / "log", env=environment(valkey, tmp_path)) as program:
        job = each_midnight.enqueue(valkey.client())
        wait_for(lambda: job.get_status() == "finished", what="the job")

        assert job.return_value() == program.process.pid


def test_what_recurs_stands_in_the_workers_queue(valkey):
    for when, name in RECURRING:
        JsonCronJob(recurring.QUEUE, func_name=name, cron=when).enqueue(valkey.client())

    queue = Queue(QUEUE, connection=valkey.client(), serializer=JSONSerializer)

    assert [job.func_name for job in queue.jobs] == [name for _, name in RECURRING]
    assert all(callable(job.func) for job in queue.jobs)


def test_the_process_that_enqueues_is_without_the_application_that_works_it_off():
    look = "import sys, server.cli.recurring; print(*sorted({name.partition('.')[0] for name in sys.modules}))"

    loaded = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout.split()

    assert "rq" in loaded
    assert not {"sqlalchemy", "flask"} & set(loaded)


def test_the_cron_process_ends_on_sigterm(valkey, tmp_path):
    cron = [sys.executable, "-m", "server.cli", "worker", "--cron"]

    with running(cron, tmp_path / "log", env=environment(valkey, tmp_path)) as program:
        wait_for(lambda: valkey.client().keys("rq:cron*"), what="the scheduler's birth")
        program.process.send_signal(signal.SIGTERM)

        assert program.process.wait(5) == 0
