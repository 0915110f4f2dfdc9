"""`aisales seed`: a demo business with sign-ins, PINs and a token for its agent."""

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path

from server.cli.context import in_app
from server.cli.place import Place, write_private
from server.core import actor, clock, tenant
from server.core.errors import Trouble
from server.core.transaction import writing
from server.devices import operations as devices
from server.seeds import operations as seeds
from server.seeds.market.catalogue import catalogue, small_world
from server.sync.envelope import push_plain
from server.tenants import provisioning

WORLDS = {"market": catalogue, "small": small_world}


class NotADemo(Trouble):
    """A real shop has this name; it is not replaced by a demo."""

    status = 409
    code = "not_a_demo"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which business, and what it is called."""
    parser.add_argument("world", choices=sorted(WORLDS), help="market: a week of sales; small: a dozen goods")
    parser.add_argument("--slug", default="market", help="the shop's short name (default %(default)s)")
    parser.add_argument("--again", action="store_true", help="replace a demo business of this name")


def run(args: argparse.Namespace) -> int:
    """Make it, and leave how one gets in and the agent's token beside the data."""
    with in_app() as app:
        provisioning.prepare_control()
        if args.again:
            _drop_demo(args.slug)
        market = WORLDS[args.world]()
        shop = provisioning.create_database(args.slug, market.company.name, purpose="demo")
        with tenant.tenant_scope(app, shop), actor.acting(actor.SYSTEM):
            branch_id = _book(args.world)
            with writing():
                token = devices.make_enrol_token(branch_id)
        place = Place(tenant.config().data)
        people = [asdict(sign_in) for sign_in in seeds.sign_ins_of(market)]
        write_private(_told("AISALES_ENROL_TOKEN_FILE", place.enrol_token_file), token)
        left = {"host": f"{args.slug}.localhost", "people": people}
        write_private(_told("AISALES_DEMO_FILE", place.demo_file), json.dumps(left, ensure_ascii=False, indent=2))
    print(f"{args.slug} is made; {place.demo_file} says who signs in and how.")
    return 0


def _book(world: str) -> int:
    """Book the business in the shop in force; returns its branch."""
    if world == "market":
        return seeds.seed_market(push_plain, now_ms=clock.now_ms()).founded.branch_id
    with writing():
        return seeds.seed_small().branch_id


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
