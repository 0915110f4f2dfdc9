"""`aisales backup`: a shop in one file, consistent while it sells."""

import argparse
import datetime
from pathlib import Path

from server.cli.context import in_app


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which shop and where to."""
    parser.add_argument("slug", help="the shop")
    parser.add_argument("file", type=Path, nargs="?", help="where to (default: SLUG-DATE.aisales here)")


def run(args: argparse.Namespace) -> int:
    """Write the file."""
    from server.tenants import backup

    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    target = args.file or Path(f"{args.slug}-{day}.aisales")
    with in_app():
        backup.write(args.slug, target)
    print(f"{target} holds {args.slug}, {target.stat().st_size / 1e6:.1f} MB.")
    return 0
