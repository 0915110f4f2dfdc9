"""Long histories of a chain of shops, for benchmarks and for looking at a shop that has lived.

    write_history(Terms(lines=1_000_000, years=2, branches=3), tell=print)

The same terms make the same rows, but for the salts of secrets. What is written cannot be told from what terminals
pushed: sales go through the real stock, pricing and return arithmetic and become the same rows, only gathered and
inserted many at once; shifts, cash moves, till events and late sales are booked by the very books of the push.
"""

from server.seeds.history.operations import Written, write_history
from server.seeds.history.terms import Progress, Terms

__all__ = ["Progress", "Terms", "Written", "write_history"]
