"""`aisales check`: the accounting invariants. Exit code 1 when something violates them."""

import argparse

from server.cli.context import in_app


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which shops."""
    parser.add_argument("slug", nargs="*", help="shops to check (default: every one that is not removed)")


def run(args: argparse.Namespace) -> int:
    """Check them and print each violation: invariant, whose row, what is wrong."""
    from server.checks import invariants
    from server.core import tenant
    from server.tenants import operations

    with in_app():
        slugs = args.slug or [row.slug for row in operations.tenants() if row.state not in ("creating", "deleting")]
        violations = {slug: invariants.check(tenant.tenant_of_slug(slug)) for slug in slugs}
    for slug, found in violations.items():
        for violation in found:
            print(f"{slug}  {violation}")
        if not found:
            print(f"{slug}  all {len(invariants.INVARIANTS)} invariants hold")
    return 1 if any(violations.values()) else 0
