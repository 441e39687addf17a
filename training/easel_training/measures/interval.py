"""Means with the interval that chance leaves them: a bootstrap over tasks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 2000
#: Share of resampled means within the interval.
LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """A mean and the ends of its interval."""

    mean: float
    low: float
    high: float

    def write(self, digits: int = 3) -> str:
        """As `0.120 (0.101 to 0.139)`."""
        mean, low, high = (f"{value:.{digits}f}" for value in (self.mean, self.low, self.high))
        return f"{mean} ({low} to {high})"


def bootstrap(values: Sequence[float], seed: int = 0) -> Interval | None:
    """The mean of values, one a task, with its percentile interval; None where there is no value."""
    if not values:
        return None
    data = np.asarray(values, np.float64)
    chosen = np.random.default_rng(seed).integers(0, len(data), (RESAMPLES, len(data)))
    low, high = np.quantile(data[chosen].mean(1), ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Interval(float(data.mean()), float(low), float(high))
