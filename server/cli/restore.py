"""`aisales restore`: a new shop out of a backup."""

import argparse
from pathlib import Path

from server.cli.context import in_app


def arguments(parser: argparse.ArgumentParser) -> None:
    """Out of what, and what the new shop is called."""
    parser.add_argument("file", type=Path, help="what `aisales backup` wrote")
    parser.add_argument("slug", help="the short name of the new shop; it must be free")
    parser.add_argument("--name", help="its full name (default: the one in the backup)")


def run(args: argparse.Namespace) -> int:
    """Make the shop."""
    from server.tenants import backup, provisioning

    with in_app():
        provisioning.prepare_control()
        made = backup.restore(args.file, args.slug, name=args.name)
    print(f"{made.slug} is restored. Run `aisales check {made.slug}` before anybody sells in it.")
    return 0
