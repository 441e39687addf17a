"""Axes of a chart: where a value lies, and which round values get a mark."""

import math
from dataclasses import dataclass

#: Marks that an axis has at most, roughly.
MARKS = 6


@dataclass(frozen=True)
class Axis:
    """A linear or logarithmic range of values, `low` < `high`; logarithmic ones are above 0."""

    low: float
    high: float
    is_log: bool = False

    def place(self, value: float) -> float:
        """Where a value lies: 0 at `low`, 1 at `high`."""
        low, high, value = (math.log(x) if self.is_log else x for x in (self.low, self.high, value))
        return (value - low) / (high - low)

    def marks(self) -> list[float]:
        """Round values within the range, at even distances; of a wide logarithmic range 1, 2 and 5 times powers of ten."""
        if self.is_log and self.high / self.low >= 8:
            powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            values = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
        else:
            step = _round_step((self.high - self.low) / MARKS)
            first = math.ceil(self.low / step - 1e-9)
            values = [i * step for i in range(first, math.floor(self.high / step + 1e-9) + 1)]
        return [value for value in values if -1e-9 <= self.place(value) <= 1 + 1e-9]


def fit(values: list[float], is_log: bool = False) -> Axis:
    """The axis of some values, with a little room above and below.

    :param is_log: as far as all values are above 0.
    """
    low, high = min(values), max(values)
    if is_log and low > 0:
        room = max(1.02, (high / low) ** 0.04)
        return Axis(low / room, high * room, True)
    room = (high - low) * 0.04 or abs(high) * 0.04 or 1.0
    return Axis(low - room, high + room)


def write_number(value: float) -> str:
    """A mark's value, short: 12k for 12,000."""
    if abs(value) >= 1000:
        return f"{value / 1000:g}k"
    return f"{value:.3g}"


def _round_step(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= step * (1 - 1e-9))
