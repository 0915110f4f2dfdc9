"""`aisales staff`: the way back in for whoever lost a password."""

import argparse
import getpass

from server.cli.context import in_app


def arguments(parser: argparse.ArgumentParser) -> None:
    """One word says what to do."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    password = verbs.add_parser("password", help="give a person a new password; it also lifts a lock")
    password.add_argument("slug", help="the shop")
    password.add_argument("email", help="the address with which the person signs in")
    password.add_argument("--ask", action="store_true", help="type the new password here; else one is made")


def run(args: argparse.Namespace) -> int:
    """Do it; a password that was made here is printed once."""
    from server.core import actor, tenant
    from server.core.transaction import writing
    from server.staff import operations

    typed = getpass.getpass("New password: ") if args.ask else None
    with in_app() as app:
        shop = tenant.tenant_of_slug(args.slug)
        with tenant.tenant_scope(app, shop), actor.acting(actor.SYSTEM), writing():
            chosen = operations.reset_password(args.email, typed)
    print(f"{args.email} signs in with the new password" + ("." if typed else f": {chosen}"))
    return 0
