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
        tail: probability, 1e-7 to 0.5.

    Source: the upper quantile of the Poisson distribution; above a mean of 400 its normal approximation, 5.2
    standard deviations wide.

    >>> poisson_bound(0.01), poisson_bound(1.0), poisson_bound(100.0)
    (0, 9, 151)
    """
    if expected < NEGLIGIBLE:
        return 0
    if expected > 400:
        return math.ceil(expected + 5.2 * math.sqrt(expected) + 5)
    probability = math.exp(-expected)
    covered, count = probability, 0
    while covered < 1 - tail:
        count += 1
        probability *= expected / count
        covered += probability
    return count
