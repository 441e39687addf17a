"""Where the words of a task show, and how much that counts."""

from dataclasses import replace

import numpy as np

from .layout import TOKEN_SIDE
from .tasks import GENERATE_KINDS, Task
from .world.render import render

#: A pixel has changed from this difference on, of 255.
CHANGED = 8
#: Share of a sample's loss that its changed tokens carry at least. What an edit leaves alone is most of the picture and soon
#: copied; with equal weights its noise drowns what the few changed tokens teach.
CHANGED_SHARE = 0.6


def changed_tokens(task: Task, size: int) -> np.ndarray:
    """Which tokens the words decide: those in which an edit's target differs from image 1, or a new picture shows objects.

    :param size: side of the pictures in pixels.
    :returns: bool [tokens].
    """
    is_new = not task.inputs or task.kind in GENERATE_KINDS
    before = replace(task.target, things=()) if is_new else task.inputs[0]
    source, target = (render(scene, size).astype(np.int16) for scene in (before, task.target))
    side = size // TOKEN_SIDE
    differs = (abs(source - target).max(-1) >= CHANGED).reshape(side, TOKEN_SIDE, side, TOKEN_SIDE)
    return differs.any((1, 3)).reshape(-1)


def loss_weights(changed: np.ndarray) -> np.ndarray:
    """Weights of a sample's tokens, 1 on average: float32 [tokens]."""
    share = changed.mean()
    if not 0 < share < CHANGED_SHARE:
        return np.ones(len(changed), np.float32)
    return np.where(changed, CHANGED_SHARE / share, (1 - CHANGED_SHARE) / (1 - share)).astype(np.float32)
