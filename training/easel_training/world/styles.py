"""Styles: a whole picture drawn in another way."""

from functools import lru_cache

import numpy as np
from scipy import ndimage

#: Blocks a side in the pixel style.
PIXEL_GRID = 32
#: Side that lengths are given for, in pixels.
_SIDE = 256


def apply_style(image: np.ndarray, style: str) -> np.ndarray:
    """Redraw a flat picture, float32 [S, S, 3] in [0, 255], in a style.

    :raises KeyError: for a style the world does not have.
    """
    return _STYLES[style](image)


def _edges(gray: np.ndarray, threshold: float) -> np.ndarray:
    return np.clip(np.hypot(ndimage.sobel(gray, 0), ndimage.sobel(gray, 1)) / threshold, 0, 1)


def _sketch(image: np.ndarray) -> np.ndarray:
    gray = image.mean(-1)
    edge = _edges(gray, 170)
    return np.repeat(((250 - (255 - gray) * 0.22) * (1 - edge) + 45 * edge)[..., None], 3, -1)


def _pixel(image: np.ndarray) -> np.ndarray:
    factor = image.shape[0] // PIXEL_GRID
    blocks = image.reshape(PIXEL_GRID, factor, PIXEL_GRID, factor, 3).mean((1, 3))
    return (np.round(blocks / 28) * 28).clip(0, 255).repeat(factor, 0).repeat(factor, 1)


def _neon(image: np.ndarray) -> np.ndarray:
    edge = np.max([_edges(image[..., channel], 200) for channel in range(3)], axis=0)
    glow = np.clip(edge + ndimage.gaussian_filter(edge, 4 * image.shape[0] / 256) * 1.3, 0, 1)[..., None]
    return np.array([16, 12, 38], np.float32) + (image * 0.9 + 30) * glow


def _watercolor(image: np.ndarray) -> np.ndarray:
    """Soft edges, and pigment that gathers unevenly."""
    soft = ndimage.gaussian_filter(image, (1.1 * len(image) / _SIDE,) * 2 + (0,))
    return 255 - (255 - soft) * (0.78 + 0.3 * _pigment(len(image)))


def _blueprint(image: np.ndarray) -> np.ndarray:
    edge = _edges(image.mean(-1), 170)[..., None]
    return np.array([28, 70, 150], np.float32) * (1 - edge) + 240 * edge


@lru_cache(maxsize=4)
def _pigment(side: int) -> np.ndarray:
    """The same clouds every time, in [-1, 1]: [S, S, 1]."""
    noise = np.random.default_rng(11).standard_normal((_SIDE, _SIDE))
    clouds = ndimage.gaussian_filter(noise, 7, mode="wrap").astype(np.float32)
    return ndimage.zoom(clouds / abs(clouds).max(), side / _SIDE, order=1)[..., None]


_STYLES = {
    "flat": lambda image: image,
    "sketch": _sketch,
    "pixel": _pixel,
    "neon": _neon,
    "watercolor": _watercolor,
    "blueprint": _blueprint,
}
