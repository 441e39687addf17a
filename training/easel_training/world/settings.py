"""Settings: places behind the objects, drawn for Easel (Apache-2.0, as all of it)."""

import re
from pathlib import Path

import numpy as np

from .raster import rasterise

_FOLDER = Path(__file__).with_name("settings")
#: Side of their view boxes.
_VIEW = 64


def draw_setting(setting: str, side: int) -> np.ndarray:
    """A setting as float32 [side, side, 3] in [0, 255].

    :raises FileNotFoundError: for a setting the world does not have.
    """
    body = re.sub(r"</?svg[^>]*>", "", (_FOLDER / f"{setting}.svg").read_text())
    return rasterise(body, _VIEW, side)[..., :3]
