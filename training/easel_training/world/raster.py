"""Vector drawings to pixels."""

import io

import numpy as np
import resvg_py
from PIL import Image


def rasterise(body: str, view: int, side: int, attributes: str = "") -> np.ndarray:
    """The inside of an SVG, whose view box has the side `view`: float32 RGBA [side, side, 4] in [0, 255]."""
    svg = (
        f'<svg {attributes} xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" '
        f'viewBox="0 0 {view} {view}">{body}</svg>'
    )
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg))
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA")).astype(np.float32)
