"""The one way this product rounds: half up, which is away from zero, on ratios of integers."""

from collections.abc import Sequence


def round_half_up(numerator: int, denominator: int) -> int:
    """The ratio as an integer; exactly half goes away from zero, so that a return mirrors its sale.

    Raises: ValueError when the denominator is not positive.
    """
    if denominator <= 0:
        raise ValueError("denominator must be positive")
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def share_out(whole: int, numerators: Sequence[int], denominator: int) -> list[int]:
    """Integers that add up to `whole` and lie next to the exact parts numerators[i] / denominator.

    Largest remainder; equal remainders are served in the given order. The whole must be one that rounding the
    exact sum can give. The parts of the mirrored (negated) question are the mirrored parts.
    """
    if whole < 0 or (whole == 0 and sum(numerators) < 0):
        return [-part for part in share_out(-whole, [-n for n in numerators], denominator)]
    parts = [n // denominator for n in numerators]
    missing = whole - sum(parts)
    remainders = [n % denominator for n in numerators]
    if not 0 <= missing <= sum(1 for r in remainders if r):
        raise ValueError("the whole is not the rounded sum of its exact parts")
    for index in sorted(range(len(parts)), key=lambda i: -remainders[i])[:missing]:
        parts[index] += 1
    return parts
