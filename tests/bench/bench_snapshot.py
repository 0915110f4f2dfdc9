"""The catalogue of 100,000 items as one file: how long it is, what making it costs, and that it is made once."""

import time
from collections.abc import Callable

import sqlalchemy as sa

from server.core import actor, tenant
from server.core.transaction import reading, session
from server.stores.models import Branch
from server.sync import snapshot
from tests.bench.frame import Bench
from tests.bench.large_shop import large_shop


def run(bench: Bench) -> None:
    """Made in this process, which does nothing else, then asked for again."""
    with large_shop() as large, large.app.app_context():
        with tenant.tenant_scope(large.app, large.shop), actor.acting(actor.SYSTEM), reading():
            branch_id = session().scalar(sa.select(sa.func.min(Branch.id)))
            assert branch_id is not None
            made, made_s = _spent(lambda: snapshot.newest(branch_id))
            again, again_s = _spent(lambda: snapshot.newest(branch_id))
        size = made.path.stat().st_size
    assert again == made, "the file was made a second time"
    bench.figure("file of 100,000 items, gzip", size / 1e6, "MB", at_most=2.3)
    bench.figure("making it: processor time", made_s, "s", at_most=0.6)
    bench.figure("asking for it again: processor time", again_s * 1_000, "ms", at_most=20)


def _spent(work: Callable[[], snapshot.Snapshot]) -> tuple[snapshot.Snapshot, float]:
    begun = time.process_time()
    answer = work()
    return answer, time.process_time() - begun
