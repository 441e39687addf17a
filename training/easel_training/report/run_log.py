"""The log of a run as series of numbers over steps."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: What a row says of when it was written, not of how well it goes.
CLOCK_KEYS = ("step", "samples", "seconds")
#: More series of one kind than this become their mean and their lowest.
MOST_SERIES = 6

Series = list[tuple[float, float]]


@dataclass(frozen=True)
class RunLog:
    """Rows of `log.jsonl`, in order.

    :ivar rows: without those that a killed session wrote after its last checkpoint; training went on before them.
    """

    rows: list[dict[str, Any]]

    def last(self, key: str) -> float | None:
        """The newest value of a clock key."""
        return next((row[key] for row in reversed(self.rows) if key in row), None)

    def losses(self) -> dict[str, Series]:
        """Series of what falls, by name: `loss.1` is the loss of tasks with one input."""
        return self._series(lambda name: name.startswith("loss") or name == "l1")

    def shares(self) -> dict[str, Series]:
        """Series of shares in [0, 1], by name; of many, the mean and the lowest."""
        series = self._series(lambda name: name.startswith(("heldOut", "right")))
        if len(series) <= MOST_SERIES:
            return series
        at: dict[float, list[float]] = {}
        for one in series.values():
            for step, value in one:
                at.setdefault(step, []).append(value)
        return {
            "mean": [(step, sum(values) / len(values)) for step, values in at.items()],
            "lowest": [(step, min(values)) for step, values in at.items()],
        }

    def rate(self, key: str, rows: int) -> float | None:
        """How many steps or samples a second, over the last rows that have both."""
        timed = [row for row in self.rows if key in row and "seconds" in row][-rows:]
        if len(timed) < 2 or timed[-1]["seconds"] <= timed[0]["seconds"]:
            return None
        return (timed[-1][key] - timed[0][key]) / (timed[-1]["seconds"] - timed[0]["seconds"])

    def _series(self, is_wanted: Callable[[str], bool]) -> dict[str, Series]:
        series: dict[str, Series] = {}
        for row in self.rows:
            for name, value in _flat(row).items():
                if is_wanted(name):
                    series.setdefault(name, []).append((row["step"], value))
        return series


def read_log(file: Path) -> RunLog:
    """Read `log.jsonl`; a run that has written nothing has no rows."""
    rows: list[dict[str, Any]] = []
    for line in file.read_text().splitlines() if file.exists() else []:
        row = json.loads(line)
        while rows and rows[-1]["step"] > row["step"]:
            rows.pop()
        rows.append(row)
    return RunLog(rows)


def _flat(row: dict[str, Any]) -> dict[str, float]:
    """Numbers of a row by dotted name, without its clock."""
    flat: dict[str, float] = {}
    for key, value in row.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{name}": inner for name, inner in value.items()}
        elif key not in CLOCK_KEYS:
            flat[key] = value
    return flat
