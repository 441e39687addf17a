"""Held-out tasks to measure on: always the same, whatever weights are measured."""

import numpy as np

from ..cases import STYLED_KINDS
from ..tasks import Task, draw

#: Of the tasks, and of the noise in every measure.
SEED = 60_606


def held_out_tasks(kinds: dict[str, float], count: int) -> list[Task]:
    """Tasks whose target holds a pair that training excludes, and shows every attribute that it is asked for."""
    rng = np.random.default_rng(SEED)
    tasks: list[Task] = []
    while len(tasks) < count:
        task = draw(kinds, rng, held_out=True)
        if task.target.style == "flat" or task.kind in STYLED_KINDS:
            tasks.append(task)
    return tasks
