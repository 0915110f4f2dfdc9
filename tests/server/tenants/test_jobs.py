"""Work that recurs over many shops: asked for in those that were active lately, and done by the worker's door."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from rq import Queue
from rq.serializers import JSONSerializer

from fixtures.browser import Browser
from server.app import create_app
from server.core import activity, clock, jobs
from server.core.config import Config
from server.core.doors import App
from server.core.retention import DAY_MS, KEPT_DAYS
from server.core.tenant import Tenant, TenantRow
from server.core.transaction import control_reading, control_writing
from server.tenants import provisioning
from server.tenants.jobs import end_what_is_over, requeue_imports
from tests.server.conftest import NOW_MS

OF_A_SHOP = {"server.retention:run", "server.catalog.jobs:requeue_imports"}


@pytest.fixture
def queue(valkey) -> Queue:
    return Queue(jobs.QUEUE, connection=valkey.client(), serializer=JSONSerializer)


@pytest.fixture
def app(valkey, tmp_path) -> Iterator[App]:
    """An application with a queue."""
    made = create_app(Config(data=tmp_path, control_url=f"sqlite:///{tmp_path}/control.db", redis_url=valkey.url))
    with made.app_context(), clock.frozen(NOW_MS):
        provisioning.prepare_control()
        yield made
    made.extensions["aisales_engines"].dispose()


def shop_active(at: int, slug: str, state: str = "active") -> Tenant:
    made = provisioning.create_database(slug, slug)
    with control_writing() as control:
        control.execute(sa.update(TenantRow).where(TenantRow.id == made.id).values(last_active_at=at, state=state))
    return made


def test_shops_that_were_active_lately_are_asked(app: App, queue: Queue) -> None:
    lately = shop_active(NOW_MS - KEPT_DAYS * DAY_MS, "lately")
    shop_active(NOW_MS - (KEPT_DAYS + 3) * DAY_MS, "idle")
    shop_active(NOW_MS, "removed", "deleting")

    assert (end_what_is_over(), end_what_is_over(), requeue_imports()) == (1, 1, 0)

    assert {(job.args[0], job.args[1]) for job in queue.jobs} == {(str(lately.id), "server.retention:run")}


def test_what_was_asked_for_is_done_by_the_worker(app: App, queue: Queue) -> None:
    shop_active(NOW_MS, "shop")
    end_what_is_over()
    requeue_imports()

    asked = list(queue.jobs)
    for job in asked:
        jobs.run(*job.args)

    assert {job.args[1] for job in asked} == OF_A_SHOP


def test_a_changing_request_makes_a_shop_active_again(app: App) -> None:
    shop = shop_active(NOW_MS - 100 * DAY_MS, "sleeper")

    Browser(app, shop).get("/staff/sign-in")
    before = active_at(shop)
    Browser(app, shop).post("/staff/sign-in", {"email": "nobody@example.com", "password": "wrong"})

    assert (before, active_at(shop)) == (NOW_MS - 100 * DAY_MS, NOW_MS)


def test_activity_is_noted_once_an_hour(app: App) -> None:
    shop = shop_active(NOW_MS - 100 * DAY_MS, "busy")
    seen = []

    for minutes in (0, 59, 61):
        with clock.frozen(NOW_MS + minutes * 60_000):
            activity.note(shop)
        seen.append(active_at(shop) - NOW_MS)

    assert seen == [0, 0, 61 * 60_000]


def active_at(shop: Tenant) -> int:
    with control_reading() as control:
        return control.get_one(TenantRow, shop.id).last_active_at or 0
