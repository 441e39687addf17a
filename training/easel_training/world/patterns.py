"""Pattern masks: 1 where the second colour shows."""

from functools import cache, lru_cache

import numpy as np
from scipy import ndimage

#: Period of every pattern, as a share of the sprite's side.
PERIOD = 66 / 256
#: Of the noise behind the leopard's spots, a period.
NOISE_CELLS = 24


@lru_cache(maxsize=128)
def pattern_mask(pattern: str, size: int, period: float = PERIOD) -> np.ndarray:
    """Mask of a pattern.

    :param size: side in pixels.
    :param period: period as a share of the side.
    :returns: float32 [size, size] in [0, 1], not to be written to.
    :raises KeyError: for a pattern the world does not have.
    """
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    mask = _PATTERNS[pattern](x, y, period * size).astype(np.float32)
    mask.setflags(write=False)
    return mask


def _dotted(x: np.ndarray, y: np.ndarray, k: float) -> np.ndarray:
    return np.clip(k * 0.29 - np.hypot(x % k - k / 2, y % k - k / 2) + 0.5, 0, 1)


def _starry(x: np.ndarray, y: np.ndarray, k: float) -> np.ndarray:
    u, v = np.abs(x % k - k / 2), np.abs(y % k - k / 2)
    return np.sqrt(u) + np.sqrt(v) < np.sqrt(k * 0.5)


@cache
def _noise() -> np.ndarray:
    """The same smooth noise every time, deviation 1, of a side of four periods."""
    smooth = ndimage.gaussian_filter(np.random.default_rng(5).standard_normal((4 * NOISE_CELLS,) * 2), 2.4, mode="wrap")
    return smooth / smooth.std()


def _leopard(x: np.ndarray, y: np.ndarray, k: float) -> np.ndarray:
    spots = ndimage.map_coordinates(_noise(), np.stack([y, x]) / k * NOISE_CELLS, order=1, mode="grid-wrap")
    return (spots > 0.5) & (spots < 1.6)


def _brick(x: np.ndarray, y: np.ndarray, k: float) -> np.ndarray:
    row, joint = y // (k * 0.5), k * 0.1
    return (y % (k * 0.5) < joint) | ((x + row % 2 * k / 2) % k < joint)


def _floral(x: np.ndarray, y: np.ndarray, k: float) -> np.ndarray:
    u, v = (x + y // k % 2 * k / 2) % k - k / 2, y % k - k / 2
    return np.hypot(u, v) < k * (0.26 + 0.14 * np.cos(5 * np.arctan2(v, u)))


_PATTERNS = {
    "plain": lambda x, y, k: np.zeros_like(x),
    "striped": lambda x, y, k: (x % k) < k / 2,
    "dotted": _dotted,
    "checkered": lambda x, y, k: (x // (k * 0.8) + y // (k * 0.8)) % 2,
    "zigzag": lambda x, y, k: (y + np.abs(x % k - k / 2)) % (k * 0.8) < k * 0.4,
    "starry": _starry,
    "wavy": lambda x, y, k: (y + k * 0.28 * np.sin(x / k * 2 * np.pi)) % (k * 0.8) < k * 0.4,
    "plaid": lambda x, y, k: ((x % k) < k * 0.4) * 0.5 + ((y % k) < k * 0.4) * 0.5,
    "diagonal": lambda x, y, k: (x + y) % k < k / 2,
    "leopard": _leopard,
    "brick": _brick,
    "floral": _floral,
}
