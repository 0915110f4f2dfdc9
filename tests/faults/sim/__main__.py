"""`python -m tests.faults.sim`: plays one seed with its whole trace, or a range in two processes.

--seed 17 [--steps 40]            one life of a shop, step by step
--seeds 1..10000 [--processes 2]  many; prints those that fail, and seeds a second
"""

import argparse
import logging
import sys

from tests.faults.sim import ground
from tests.faults.sim.plan import STEPS
from tests.faults.sim.runner import described, judge, play_all


def main() -> int:
    """0 when nothing was violated."""
    told = argparse.ArgumentParser(prog="python -m tests.faults.sim", description=__doc__)
    which = told.add_mutually_exclusive_group(required=True)
    which.add_argument("--seed", type=int)
    which.add_argument("--seeds", metavar="A..B")
    told.add_argument("--steps", type=int, default=STEPS)
    told.add_argument("--processes", type=int, default=2)
    asked = told.parse_args()
    logging.disable(logging.WARNING)
    if asked.seed is not None:
        return _one(asked.seed, asked.steps)
    first, _, last = asked.seeds.partition("..")
    whole = play_all(range(int(first), int(last) + 1), processes=asked.processes, steps=asked.steps)
    print(whole)
    print("seeds with each fault:", ", ".join(f"{name} {count}" for name, count in whole.happened.most_common()))
    return 1 if whole.failed else 0


def _one(seed: int, steps: int) -> int:
    with ground.laid() as laid:
        outcome = judge(laid, seed, steps=steps)
    print("\n".join(outcome.trace))
    if outcome.violations:
        print(described(outcome))
        return 1
    print(f"seed {seed}: {outcome.steps} steps, nothing violated; faults: {outcome.happened}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
