"""`aisales bridge`: carries due outbox rows to the agents' broker, and the agents' messages into the shops."""

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing: all is said by AISALES_* variables."""


def run(_args: argparse.Namespace) -> int:
    """Run until SIGTERM."""
    from server.bridge.main import main

    return main()
