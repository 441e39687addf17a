"""From a scene to pixels."""

import numpy as np
from PIL import Image, ImageFilter
from scipy import ndimage

from .patterns import pattern_mask
from .scene import Background, Scene
from .sprites import sprite
from .vocabulary import COLORS

#: Period of a background pattern, as a share of the side.
BACKGROUND_PERIOD = 64 / 256

#: Blocks a side in the pixel style.
PIXEL_GRID = 32


def render(scene: Scene, size: int) -> np.ndarray:
    """Draw a scene.

    :param size: side in pixels.
    :returns: uint8 [size, size, 3], the same for the same scene.
    """
    canvas = Image.fromarray(_background(scene.background, size).clip(0, 255).astype(np.uint8))
    for thing in scene.things:
        side = round(thing.place.side * size)
        image = sprite(thing.noun, thing.color, thing.pattern, side)
        x, y = round(thing.place.x * size - side / 2), round(thing.place.y * size - side / 2)
        shadow = Image.new("L", (size, size))
        shadow.paste(image.getchannel("A").point(lambda a: a * 0.22), (x, y + round(3 * size / 256)))
        shadow = shadow.filter(ImageFilter.GaussianBlur(4 * size / 256))
        canvas = Image.composite(Image.new("RGB", (size, size)), canvas, shadow)
        canvas.paste(image, (x, y), image)
    return apply_style(np.asarray(canvas, np.float32), scene.style).clip(0, 255).astype(np.uint8)


def thing_mask(scene: Scene, index: int, size: int) -> np.ndarray:
    """Where one object of a scene shows: bool [size, size]."""
    thing = scene.things[index]
    side = round(thing.place.side * size)
    mask = Image.new("L", (size, size))
    at = round(thing.place.x * size - side / 2), round(thing.place.y * size - side / 2)
    mask.paste(sprite(thing.noun, thing.color, thing.pattern, side).getchannel("A"), at)
    return np.asarray(mask) > 40


def apply_style(image: np.ndarray, style: str) -> np.ndarray:
    """Redraw a flat picture, float32 [S, S, 3] in [0, 255], in a style."""
    return _STYLES[style](image)


def _background(background: Background, size: int) -> np.ndarray:
    color = np.asarray(COLORS[background.color], np.float32) * 0.38 + 255 * 0.60
    mask = pattern_mask(background.pattern, size, BACKGROUND_PERIOD)
    return color - mask[..., None] * np.minimum(color * 0.16, 44)


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


_STYLES = {"flat": lambda image: image, "sketch": _sketch, "pixel": _pixel, "neon": _neon}
