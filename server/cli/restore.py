"""`aisales restore`: a new shop out of a backup, or a shop put back to what a backup of it holds."""

import argparse
from pathlib import Path

from server.cli.context import in_app


def arguments(parser: argparse.ArgumentParser) -> None:
    """Out of what, and what the new shop is called."""
    parser.add_argument("file", type=Path, help="what `aisales backup` wrote")
    parser.add_argument("slug", help="the short name of the new shop; it must be free")
    parser.add_argument("--over", action="store_true", help="put the shop of that name back to this state instead")
    parser.add_argument("--name", help="its full name (default: the one in the backup)")


def run(args: argparse.Namespace) -> int:
    """Make the shop, or put it back."""
    from server.tenants import backup, going_back, provisioning

    with in_app():
        provisioning.prepare_control()
        if args.over:
            shop = going_back.go_back(args.file, args.slug)
            print(f"{shop.slug} is back, generation {shop.generation}. Its terminals send what it lacks.")
            return 0
        made = backup.restore(args.file, args.slug, name=args.name)
    print(f"{made.slug} is restored. Run `aisales check {made.slug}` before anybody sells in it.")
    return 0
