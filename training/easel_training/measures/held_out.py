"""Held-out tasks to measure on: always the same, whatever weights are measured."""

import numpy as np

from ..cases import STYLED_KINDS
from ..layout import TOKEN_SIDE
from ..tasks import Task, draw
from ..world.render import render

#: Of the tasks, and of the noise in every measure.
SEED = 60_606
#: A pixel has changed from this difference on, of 255.
CHANGED = 8


def held_out_tasks(kinds: dict[str, float], count: int) -> list[Task]:
    """Tasks whose target holds a pair that training excludes, and shows every attribute that it is asked for."""
    rng = np.random.default_rng(SEED)
    tasks: list[Task] = []
    while len(tasks) < count:
        task = draw(kinds, rng, held_out=True)
        if task.target.style == "flat" or task.kind in STYLED_KINDS:
            tasks.append(task)
    return tasks


def changed_tokens(task: Task, size: int) -> np.ndarray:
    """Which tokens of an edit's target differ from image 1, in pixels: bool [tokens].

    :param size: side of the pictures in pixels.
    """
    source, target = (render(scene, size).astype(np.int16) for scene in (task.inputs[0], task.target))
    side = size // TOKEN_SIDE
    differs = (abs(source - target).max(-1) >= CHANGED).reshape(side, TOKEN_SIDE, side, TOKEN_SIDE)
    return differs.any((1, 3)).reshape(-1)
