"""`aisales tenant`: the shops of this installation."""

import argparse
import datetime

from server.cli.context import in_app
from server.core.tenant import TenantRow
from server.tenants import migration, operations, provisioning, schema

SOME_KEPT_THEIRS = 3
"""Exit code of a migration that failed in some shops: the others may open."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """One word says what to do."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    create = verbs.add_parser("create", help="make an empty shop; prints the link at which its owner begins")
    create.add_argument("slug", help="its short name: the first part of its address, never changed")
    create.add_argument("--name", default="", help="its full name (default: the short one)")
    verbs.add_parser("list", help="all shops and how they are")
    for verb, help_line in (
        ("remove", "close a shop; for thirty days this can be taken back"),
        ("undo-remove", "open a removed shop again"),
    ):
        verbs.add_parser(verb, help=help_line).add_argument("slug")
    verbs.add_parser("migrate", help="bring every shop's database to the newest schema")
    revise = verbs.add_parser("revise", help="for developers: write the revision that brings the schema to the models")
    revise.add_argument("message", help="what it does, as a sentence")
    revise.add_argument("--tree", choices=["tenant", "control"], default="tenant", help="whose schema")


def run(args: argparse.Namespace) -> int:
    """Do it and print what came of it."""
    with in_app():
        provisioning.prepare_control()
        return VERBS[args.verb](args)


def _create(args: argparse.Namespace) -> int:
    made = operations.create(args.slug, args.name or args.slug)
    print(f"{made.tenant.slug} is made. Its owner begins here, once:\n{made.setup_link}")
    return 0


def _list(_args: argparse.Namespace) -> int:
    for row in operations.tenants():
        print(f"{row.slug:<24} {row.state:<12} {row.name}{_note(row)}")
    return 0


def _note(row: TenantRow) -> str:
    if row.deleting_since is not None:
        last_ms = row.deleting_since + operations.REMOVED_FOR_MS
        last = datetime.datetime.fromtimestamp(last_ms // 1000, datetime.UTC).date()
        return f"  (can be taken back until {last})"
    return f"  (migration failed: {row.migration_error})" if row.migration_error else ""


def _remove(args: argparse.Namespace) -> int:
    operations.remove(args.slug)
    print(f"{args.slug} is closed. For thirty days `aisales tenant undo-remove {args.slug}` opens it again.")
    return 0


def _undo_remove(args: argparse.Namespace) -> int:
    operations.undo_remove(args.slug)
    print(f"{args.slug} is open again.")
    return 0


def _migrate(_args: argparse.Namespace) -> int:
    outcomes = migration.migrate_all()
    failed = [outcome for outcome in outcomes if outcome.error]
    for outcome in failed:
        print(f"{outcome.slug}: {outcome.error}")
    if failed:
        print(f"{len(failed)} of {len(outcomes)} shops kept their old schema and are closed until it is mended.")
    return SOME_KEPT_THEIRS if failed else 0


def _revise(args: argparse.Namespace) -> int:
    print(schema.revise(args.tree, args.message))
    return 0


VERBS = {
    "create": _create,
    "list": _list,
    "remove": _remove,
    "undo-remove": _undo_remove,
    "migrate": _migrate,
    "revise": _revise,
}
