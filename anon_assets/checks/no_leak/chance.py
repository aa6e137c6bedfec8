"""What chance explains: bounds on coincidences between data that have nothing to do with each other."""

from __future__ import annotations

import math

__all__ = ["NEGLIGIBLE", "poisson_bound"]

NEGLIGIBLE = 0.05
"""Expected coincidences below this are taken for none."""


def poisson_bound(expected: float, tail: float = 1e-6) -> int:
    """The most coincidences that chance explains: exceeded with a probability of at most ``tail``.

    Args:
        expected: mean number of coincidences, 0 and up; below ``NEGLIGIBLE`` none is allowed.
        tail: probability, between 0 and 1.

    Source: the upper quantile of the Poisson distribution; above a mean of 10,000 its normal approximation.

    >>> poisson_bound(0.01), poisson_bound(1.0), poisson_bound(100.0)
    (0, 9, 151)
    """
    if expected < NEGLIGIBLE:
        return 0
    if expected > 10_000:
        return math.ceil(expected + 5.2 * math.sqrt(expected) + 5)
    probability = math.exp(-expected)
    if probability == 0.0:  # below what a double holds: the normal approximation does
        return math.ceil(expected + 5.2 * math.sqrt(expected) + 5)
    covered, count = probability, 0
    while covered < 1 - tail:
        count += 1
        probability *= expected / count
        covered += probability
        if count > 2 * expected + 200:  # rounding keeps the sum below 1 - tail
            break
    return count
