"""Reference data that hot paths read again and again, remembered while a shop's change log stands still.

Every change of reference data raises the change sequence, so what was read at one number is right as long as that is
the head. A memo belongs to one tenant, generation and head, says so itself, and is checked whenever it is taken; a
transaction keeps the one that it began with. It must be taken before the transaction changes anything itself: numbers
that are rolled back are given again.
"""

import collections
import threading
import uuid
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

from server.core import changes
from server.core.tenant import Tenant, current
from server.core.transaction import notes

TENANTS_AT_MOST = 64
ROWS_AT_MOST = 50_000

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memo:
    """What was read of one tenant's reference data at one head."""

    def __init__(self, tenant_id: uuid.UUID, generation: int, head: int) -> None:
        self.stamp = (tenant_id, generation, head)
        self._whole: dict[str, Any] = {}
        self._rows: dict[str, dict[Any, Any]] = collections.defaultdict(dict)

    def whole(self, name: str, load: Callable[[], Value]) -> Value:
        """A whole small table."""
        if name not in self._whole:
            self._whole[name] = load()
        return self._whole[name]  # type: ignore[no-any-return]

    def rows(self, name: str, ids: Iterable[Key], load: Callable[[list[Key]], Mapping[Key, Value]]) -> dict[Key, Value]:
        """Rows by id, reading only those that are not remembered; unknown ids are left out."""
        known = self._rows[name]
        wanted = set(ids)
        missing = [id for id in wanted if id not in known]
        if missing:
            if len(known) + len(missing) > ROWS_AT_MOST:
                known.clear()
                missing = list(wanted)
            found = load(missing)
            known.update({id: found.get(id) for id in missing})
        return {id: known[id] for id in wanted if known[id] is not None}


_memos: collections.OrderedDict[uuid.UUID, Memo] = collections.OrderedDict()
_guard = threading.Lock()


def memo() -> Memo:
    """The memo of the tenant in force at the head with which this transaction began."""
    known = notes()
    found: Memo | None = known.get("reference")
    if found is None:
        found = known["reference"] = _of(current(), changes.head())
    return found


def _of(tenant: Tenant, head: int) -> Memo:
    stamp = (tenant.id, tenant.generation, head)
    with _guard:
        found = _memos.get(tenant.id)
        if found is None or found.stamp != stamp:
            found = _memos[tenant.id] = Memo(*stamp)
        _memos.move_to_end(tenant.id)
        while len(_memos) > TENANTS_AT_MOST:
            _memos.popitem(last=False)
    return found
