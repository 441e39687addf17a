"""Scenes of a world on one sheet, to look at."""

from pathlib import Path

import numpy as np
from PIL import Image

from .tasks import CURRICULA, Dice
from .world.render import render

ROWS, COLUMNS = 6, 8


def write_world_sheet(folder: Path, world: str, size: int, seed: int) -> Path:
    """Write `folder/world-NAME.png`.

    :param world: key of CURRICULA.
    :param size: side of one picture in pixels.
    """
    dice = Dice(np.random.default_rng(seed), CURRICULA[world].world)
    pictures = [render(dice.seen_scene(), size) for _ in range(ROWS * COLUMNS)]
    rows = [np.concatenate(pictures[start : start + COLUMNS], 1) for start in range(0, len(pictures), COLUMNS)]
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"world-{world}.png"
    Image.fromarray(np.concatenate(rows, 0)).save(file)
    return file
