"""A long file of items on its way through the queue, as an owner brings it in and as the nightly pass asks again."""

import http.client
import json
import uuid
from contextlib import closing
from typing import Any

import sqlalchemy as sa

from server.catalog.imports.running import AT_ONCE_ROWS
from server.catalog.jobs import FORGOTTEN_AFTER_MS, requeue_imports
from server.catalog.models import Item, ItemImport
from server.core import actor, clock, tenant
from server.seeds.market.catalogue import small_world
from tests.faults.crashing.shop import CrashShop

HEAD = "SKU;Ad;Kateqoriya;Vahid;ƏDV;Barkod;Qiymət;Maya dəyəri;Qalıq"
ITEMS = 5
BOUNDARY = "a line between parts"


def bring_in(shop: CrashShop, name: str) -> uuid.UUID:
    """Upload a file of some items and so many empty lines that it is booked by a job. Returns the import's id."""
    lines = [HEAD, *(f"{name}-{number};{name} {number};;ədəd;18;;1,50;1;3" for number in range(ITEMS))]
    content = "\n".join(lines) + "\n" * (AT_ONCE_ROWS + 1)
    form = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}.csv"\r\n\r\n'
        f"{content}\r\n--{BOUNDARY}--\r\n"
    )
    owner = small_world().people_in("owner")[0]
    _, headers = _post(shop, "/staff/sign-in", json.dumps({"email": owner.email, "password": owner.password}).encode())
    cookie = (headers["Set-Cookie"] or "").partition(";")[0]
    kind = f'multipart/form-data; boundary="{BOUNDARY}"'
    answer, _ = _post(shop, "/catalog/imports", form.encode(), **{"Content-Type": kind, "Cookie": cookie})
    assert answer["state"] == "queued", answer
    return uuid.UUID(answer["id"])


def ask_again(shop: CrashShop) -> None:
    """What the cron process does for each active shop, a minute after the import was forgotten."""
    with tenant.tenant_scope(shop.app, shop.tenant), actor.acting(actor.SYSTEM):
        with clock.frozen(clock.now_ms() + FORGOTTEN_AFTER_MS + 1):
            requeue_imports()


def is_done(shop: CrashShop, import_id: uuid.UUID) -> bool:
    """Whether an import is booked."""
    state = sa.select(ItemImport.state).where(ItemImport.id == import_id)
    return shop.inside(lambda opened: opened.scalar(state)) == "done"


def items_named(shop: CrashShop, name: str) -> int:
    """How many items came of a file."""
    query = sa.select(sa.func.count()).select_from(Item).where(Item.name.startswith(f"{name} "))
    return int(shop.inside(lambda opened: opened.scalar(query)))


def _post(shop: CrashShop, path: str, body: bytes, **headers: str) -> tuple[dict[str, Any], Any]:
    host = f"{shop.slug}.localhost"
    plain = {"Host": host, "Origin": f"http://{host}", "X-AISales": "1", "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection("127.0.0.1", shop.port, timeout=30)) as raw:
        raw.request("POST", f"/api/v1{path}", body, plain | headers)
        response = raw.getresponse()
        answer = json.loads(response.read())
        assert response.status == 200, answer
        return answer, response.headers
