"""Pattern masks: 1 where the second colour shows."""

import numpy as np

#: Period of every pattern, as a share of the sprite's side.
PERIOD = 66 / 256


def pattern_mask(pattern: str, size: int, period: float = PERIOD) -> np.ndarray:
    """Mask of a pattern.

    :param size: side in pixels.
    :param period: period as a share of the side.
    :returns: float32 [size, size] in [0, 1].
    :raises KeyError: for a pattern the world does not have.
    """
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    return _PATTERNS[pattern](x, y, period * size).astype(np.float32)


def _dotted(x: np.ndarray, y: np.ndarray, k: float) -> np.ndarray:
    return np.clip(k * 0.29 - np.hypot(x % k - k / 2, y % k - k / 2) + 0.5, 0, 1)


def _starry(x: np.ndarray, y: np.ndarray, k: float) -> np.ndarray:
    u, v = np.abs(x % k - k / 2), np.abs(y % k - k / 2)
    return np.sqrt(u) + np.sqrt(v) < np.sqrt(k * 0.5)


_PATTERNS = {
    "plain": lambda x, y, k: np.zeros_like(x),
    "striped": lambda x, y, k: (x % k) < k / 2,
    "dotted": _dotted,
    "checkered": lambda x, y, k: (x // (k * 0.8) + y // (k * 0.8)) % 2,
    "zigzag": lambda x, y, k: (y + np.abs(x % k - k / 2)) % (k * 0.8) < k * 0.4,
    "starry": _starry,
    "wavy": lambda x, y, k: (y + k * 0.28 * np.sin(x / k * 2 * np.pi)) % (k * 0.8) < k * 0.4,
    "plaid": lambda x, y, k: ((x % k) < k * 0.4) * 0.5 + ((y % k) < k * 0.4) * 0.5,
}
