"""`aisales seed`: a demo business with sign-ins, PINs and a token for its agent; or a long history, for measuring."""

import argparse
import json
import os
from dataclasses import asdict
from datetime import date
from pathlib import Path

from server.cli.context import in_app
from server.cli.place import Place, write_private
from server.core import actor, clock, tenant
from server.core.errors import Trouble
from server.core.transaction import writing
from server.devices import operations as devices
from server.seeds import operations as seeds
from server.seeds.history import Progress, Terms, write_history
from server.seeds.history.terms import UNTIL
from server.seeds.market.catalogue import catalogue, small_world
from server.sync.envelope import push_plain
from server.tenants import provisioning

HISTORY = "history"
WORLDS = {"market": catalogue, "small": small_world, HISTORY: catalogue}


class NotADemo(Trouble):
    """A real shop has this name; it is not replaced by a demo."""

    status = 409
    code = "not_a_demo"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which business, and what it is called."""
    parser.add_argument(
        "world", choices=sorted(WORLDS), help="market: a week of sales; small: a dozen goods; history: years of a chain"
    )
    parser.add_argument("--slug", help="the shop's short name (market, or history)")
    parser.add_argument("--again", action="store_true", help="replace a demo business of this name")
    parser.add_argument("--placement", type=int, default=1, help="where its database stands (default %(default)s)")
    history = parser.add_argument_group("history", "the same numbers make the same rows")
    history.add_argument("--lines", type=int, default=100_000, help="lines sold (default %(default)s)")
    history.add_argument("--years", type=float, default=1, help="over how long (default %(default)s)")
    history.add_argument("--branches", type=int, default=1, help="in how many branches (default %(default)s)")
    history.add_argument("--seed", type=int, default=seeds.SEED, help="another number is another history")
    history.add_argument("--until", type=date.fromisoformat, default=UNTIL, help="its last day (default %(default)s)")


def run(args: argparse.Namespace) -> int:
    """Make it, and leave how one gets in and the agent's token beside the data."""
    slug = args.slug or (HISTORY if args.world == HISTORY else "market")
    with in_app() as app:
        provisioning.prepare_control()
        if args.again:
            _drop_demo(slug)
        market = WORLDS[args.world]()
        shop = provisioning.create_database(slug, market.company.name, purpose="demo", placement_id=args.placement)
        with tenant.tenant_scope(app, shop), actor.acting(actor.SYSTEM):
            branch_id = _book(args)
            with writing():
                token = devices.make_enrol_token(branch_id)
        place = Place(tenant.config().data)
        people = [asdict(sign_in) for sign_in in seeds.sign_ins_of(market)]
        write_private(_told("AISALES_ENROL_TOKEN_FILE", place.enrol_token_file), token)
        left = {"host": f"{slug}.localhost", "people": people}
        write_private(_told("AISALES_DEMO_FILE", place.demo_file), json.dumps(left, ensure_ascii=False, indent=2))
    print(f"{slug} is made; {place.demo_file} says who signs in and how.")
    return 0


def _book(args: argparse.Namespace) -> int:
    """Book the business in the shop in force; returns its first branch."""
    if args.world == HISTORY:
        terms = Terms(args.lines, args.years, args.branches, args.seed, args.until)
        return write_history(terms, tell=_say).branch_ids[0]
    if args.world == "market":
        return seeds.seed_market(push_plain, now_ms=clock.now_ms()).founded.branch_id
    with writing():
        return seeds.seed_small().branch_id


def _say(so_far: Progress) -> None:
    print(f"{so_far.day}  {so_far.lines:,} of {so_far.of:,} lines, {so_far.sales:,} receipts", flush=True)


def _drop_demo(slug: str) -> None:
    try:
        earlier = tenant.tenant_of_slug(slug)
    except tenant.UnknownTenant:
        return
    if earlier.purpose != "demo":
        raise NotADemo(params={"slug": slug})
    provisioning.drop_database(earlier)


def _told(variable: str, otherwise: Path) -> Path:
    return Path(os.environ.get(variable, otherwise))
