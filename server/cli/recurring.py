"""What recurs, and the one process that enqueues it."""

from collections.abc import Callable
from typing import Any

from redis import Redis
from rq import Queue
from rq.cron import CronJob, CronScheduler
from rq.job import Job
from rq.serializers import JSONSerializer

from server.core.jobs import QUEUE
from server.tenants.jobs import end_what_is_over, purge_removed_shops, requeue_imports

RECURRING: tuple[tuple[str, Callable[[], Any]], ...] = (
    ("17 23 * * *", end_what_is_over),
    ("17 3 * * *", purge_removed_shops),
    ("*/10 * * * *", requeue_imports),
)
"""Cron times (UTC; a night in Baku begins at 20:00) and functions without arguments, each safe to repeat."""

RESULT_TTL_S = 3600


class JsonCronJob(CronJob):
    """RQ's own enqueues with pickle whatever it is told, and our workers read JSON."""

    def enqueue(self, connection: Redis) -> Job:
        """Put the job into the queue that the workers read."""
        queue = Queue(self.queue_name, connection=connection, serializer=JSONSerializer)
        return queue.enqueue(self.func_name, result_ttl=RESULT_TTL_S)


def enqueue_for_ever(redis_url: str) -> None:
    """Enqueue what is due, until SIGTERM."""
    scheduler = CronScheduler(Redis.from_url(redis_url), logging_level="WARNING")
    scheduler.get_jobs().extend(JsonCronJob(QUEUE, function, cron=when) for when, function in RECURRING)
    scheduler.start()
