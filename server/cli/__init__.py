"""The `aisales` command. Each command stands in a file of this folder and is loaded only when it is called.

A command's file has `arguments(parser)`, which says what it takes, and `run(args)`, which returns the exit code.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence

COMMANDS = {
    "up": "run the whole product on this machine, under one supervisor",
    "web": "serve the browser app and the API",
    "worker": "work off the queued jobs, or enqueue the recurring ones with --cron",
    "bridge": "carry messages between the shops' databases and the agents' broker",
    "tenant": "create, list, remove and migrate shops",
    "staff": "give a person of a shop a new password",
    "check": "run the accounting invariants and print what violates them",
    "seed": "make a demo business",
    "backup": "write a shop into one file, while it sells",
    "restore": "make a shop out of such a file",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code: 0 when all is well, 1 with one sentence on stderr when it is not."""
    given = list(sys.argv[1:] if argv is None else argv)
    wanted = next((word for word in given if not word.startswith("-")), None)
    parser = argparse.ArgumentParser(prog="aisales", description="AI Sales POS")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, help_line in COMMANDS.items():
        command = commands.add_parser(name, help=help_line, description=help_line)
        if name == wanted:
            module = importlib.import_module(f"server.cli.{name}")
            module.arguments(command)
            command.set_defaults(run=module.run)
    args = parser.parse_args(given)
    try:
        return int(args.run(args) or 0)
    except Refused as refusal:
        print(f"aisales {args.command}: {refusal}", file=sys.stderr)
        return 1


class Refused(Exception):
    """Why a command cannot do what was asked, as one sentence for the person at the keyboard."""
