"""What recurs, and the one process that enqueues it."""

from redis import Redis
from rq import Queue
from rq.cron import CronJob, CronScheduler
from rq.job import Job
from rq.serializers import JSONSerializer

QUEUE = "aisales"
"""The queue of `server.core.jobs`, which would bring the whole application into this process."""

RECURRING = (
    ("17 23 * * *", "server.tenants.jobs.end_what_is_over"),
    ("17 3 * * *", "server.tenants.jobs.purge_removed_shops"),
    ("*/10 * * * *", "server.tenants.jobs.requeue_imports"),
)
"""Cron times (UTC; a night in Baku begins at 20:00) and names of functions without arguments, each safe to repeat."""

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
    scheduler.get_jobs().extend(JsonCronJob(QUEUE, func_name=name, cron=when) for when, name in RECURRING)
    scheduler.start()
