"""Lights: a whole picture as it looks at another hour or under lamps."""

import numpy as np


def apply_light(image: np.ndarray, light: str) -> np.ndarray:
    """A picture, float32 [S, S, 3] in [0, 255], in a light.

    :raises KeyError: for a light the world does not have.
    """
    if light == "day":
        return image
    side = len(image)
    y, x = (np.mgrid[0:side, 0:side].astype(np.float32) + 0.5)[..., None] / side
    return np.clip(_LIGHTS[light](image, x, y), 0, 255)


def _sunset(image: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Low and warm from the right, with long cool shadows on the left."""
    return image * (_color(0.62, 0.50, 0.62) * (1 - x) + _color(1.12, 0.78, 0.46) * x) + _color(34, 12, 0) * x * (1.2 - y)


def _moon(image: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Dark and blue, paler towards the moon in the upper left."""
    gray = image.mean(-1, keepdims=True)
    near = np.exp(-3 * np.hypot(x - 0.1, y - 0.1))
    return (0.45 * image + 0.55 * gray) * _color(0.34, 0.44, 0.74) * (0.8 + 0.7 * near)


def _spot(image: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A bright circle in the middle of a dark picture."""
    inside = 1 / (1 + np.exp((np.hypot(x - 0.5, y - 0.5) - 0.36) * 26))
    return image * (0.24 + 0.88 * inside) + 14 * inside


def _stage(image: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A magenta lamp on the left, a cyan one on the right."""
    left, right = np.exp(-1.6 * np.hypot(x, y)), np.exp(-1.6 * np.hypot(1 - x, y))
    return image * (0.36 + left * _color(1.25, 0.25, 1.0) + right * _color(0.2, 1.05, 1.25))


def _color(red: float, green: float, blue: float) -> np.ndarray:
    return np.array([red, green, blue], np.float32)


_LIGHTS = {"sunset": _sunset, "moon": _moon, "spot": _spot, "stage": _stage}
