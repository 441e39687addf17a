"""Materials: how light falls on an object's body and the parts that follow it."""

from functools import lru_cache

import numpy as np
from scipy import ndimage

#: Towards the light, from the upper left and before the picture.
_LIGHT = np.array([-0.45, -0.55, 0.70], np.float32)
#: Side that lengths below are given for, in pixels.
_SIDE = 256


def apply_material(color: np.ndarray, alpha: np.ndarray, material: str, noun: str) -> np.ndarray:
    """Colours of a sprite in a material other than matte, which leaves them as they are.

    :param color: float32 [S, S, 3] in [0, 255].
    :param alpha: float32 [S, S] in [0, 1].
    :param noun: whose sprite it is; its relief is computed once.
    :raises KeyError: for a material the world does not have.
    """
    return _MATERIALS[material](color, noun, alpha)


def _glossy(color: np.ndarray, noun: str, alpha: np.ndarray) -> np.ndarray:
    light = _lit(noun, alpha)
    return np.clip(color * (0.62 + 0.45 * light) + 210 * light**14, 0, 255)


def _metallic(color: np.ndarray, noun: str, alpha: np.ndarray) -> np.ndarray:
    normals = _normals(noun, alpha)
    bands = 0.5 + 0.5 * np.sin(normals[..., :1] * 5 - normals[..., 1:2] * 7)
    return np.clip(color * (0.35 + 0.75 * bands) + 190 * _lit(noun, alpha) ** 10, 0, 255)


def _woolly(color: np.ndarray, noun: str, alpha: np.ndarray) -> np.ndarray:
    return np.clip(color * (0.7 + 0.3 * _lit(noun, alpha) + 0.55 * _noise(len(color), 1.1)), 0, 255)


def _wooden(color: np.ndarray, _noun: str, _alpha: np.ndarray) -> np.ndarray:
    scale = len(color) / _SIDE
    y, x = np.mgrid[0 : len(color), 0 : len(color)].astype(np.float32) / scale
    grain = np.sin((y + 5 * np.sin(x / 23) + 2 * _noise(len(color), 6)[..., 0]) / 2.6)[..., None]
    return np.clip(color * (0.80 + 0.20 * grain), 0, 255)


_MATERIALS = {
    "glossy": _glossy,
    "metallic": _metallic,
    "woolly": _woolly,
    "wooden": _wooden,
}


def _lit(noun: str, alpha: np.ndarray) -> np.ndarray:
    """Share of the light that a place gets: [S, S, 1]."""
    return np.clip(_normals(noun, alpha) @ _LIGHT, 0, 1)[..., None]


_KNOWN: dict[tuple[str, int], np.ndarray] = {}


def _normals(noun: str, alpha: np.ndarray) -> np.ndarray:
    """Unit normals [S, S, 3] of a body that swells from its outline inwards."""
    key = noun, len(alpha)
    if key not in _KNOWN:
        scale = len(alpha) / _SIDE
        depth = np.clip(ndimage.distance_transform_edt(alpha > 0.5) / scale, 0, 22) / 22
        height = ndimage.gaussian_filter(np.sqrt(depth), 2.5 * scale) * 14 * scale
        down, right = np.gradient(height)
        normals = np.stack([-right, -down, np.ones_like(height)], -1).astype(np.float32)
        _KNOWN[key] = normals / np.linalg.norm(normals, axis=-1, keepdims=True)
    return _KNOWN[key]


@lru_cache(maxsize=8)
def _noise(side: int, sigma: float) -> np.ndarray:
    """The same smooth noise every time, with deviation as a Gaussian blur leaves it: [S, S, 1]."""
    noise = np.random.default_rng(7).standard_normal((_SIDE, _SIDE))
    smooth = ndimage.gaussian_filter(noise, sigma, mode="wrap").astype(np.float32)
    return ndimage.zoom(smooth, side / _SIDE, order=1)[..., None]
