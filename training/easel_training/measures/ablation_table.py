"""The variants that were run, as one table."""

import json
from pathlib import Path
from typing import Any

from .ablation import RESULT, VARIANTS
from .interval import Interval, bootstrap

#: The variant that the others are held against.
OURS = "index+shift"
HEADER = (
    "variant",
    "index",
    "shift",
    "minutes",
    "samples",
    "loss, changed tokens",
    f"less {OURS}",
    "loss, kept tokens",
    "read right",
    "concrete",
    "abstract",
)


def ablation_table(runs: Path) -> str:
    """Markdown: one row a variant, means with 95 % bootstrap intervals over tasks.

    :param runs: folder with one folder a variant.
    """
    found = [runs / variant / RESULT for variant in VARIANTS]
    results = {file.parent.name: json.loads(file.read_text()) for file in found if file.exists()}
    ours = results.get(OURS)
    rows = [HEADER, ["---"] * len(HEADER)] + [_row(result, ours) for result in results.values()]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def _row(result: dict[str, Any], ours: dict[str, Any] | None) -> list[str]:
    variant, tasks = result["variant"], result["tasks"]
    layout = VARIANTS[variant]
    return [
        variant,
        *("-" if layout.stitched else "yes" if has else "no" for has in (layout.index, layout.shift)),
        f"{result['minutes']:g}",
        f"{result['samples']:,}",
        _write(bootstrap(_values(tasks, "changed"))),
        _write(bootstrap(_differences(tasks, ours["tasks"]))) if _is_comparable(result, ours) and variant != OURS else "",
        _write(bootstrap(_values(tasks, "kept"))),
        *(_write(bootstrap(_values(some, "right"))) for some in (tasks, _of(tasks, True), _of(tasks, False))),
    ]


def _values(tasks: list[dict[str, Any]], key: str) -> list[float]:
    return [float(task[key]) for task in tasks if task[key] is not None]


def _of(tasks: list[dict[str, Any]], is_concrete: bool) -> list[dict[str, Any]]:
    return [task for task in tasks if task["concrete"] == is_concrete]


def _differences(tasks: list[dict[str, Any]], ours: list[dict[str, Any]]) -> list[float]:
    """Of the losses on changed tokens, task by task: above 0 where this variant is worse."""
    return [task["changed"] - own["changed"] for task, own in zip(tasks, ours, strict=True) if own["changed"] is not None]


def _is_comparable(result: dict[str, Any], ours: dict[str, Any] | None) -> bool:
    """The same base, measured on the same tasks."""
    return (
        ours is not None
        and len(result["tasks"]) == len(ours["tasks"])
        and all(result[key] == ours[key] for key in ("base", "size"))
    )


def _write(interval: Interval | None) -> str:
    return interval.write() if interval else ""
