"""From a scene to pixels."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageFilter

from .lights import apply_light
from .patterns import pattern_mask
from .scene import Background, Scene, Thing
from .settings import draw_setting
from .sprites import sprite
from .styles import apply_style
from .vocabulary import PAINTS

#: Period of a background pattern, as a share of the side.
BACKGROUND_PERIOD = 64 / 256


def render(scene: Scene, size: int) -> np.ndarray:
    """Draw a scene.

    :param size: side in pixels.
    :returns: uint8 [size, size, 3], the same for the same scene.
    """
    canvas = _background(scene.background, size).copy()
    for thing in scene.things:
        image, (x, y) = _placed(thing, size)
        _darken(canvas, image.getchannel("A"), x, y + round(3 * size / 256))
        canvas.paste(image, (x, y), image)
    lit = apply_light(np.asarray(canvas, np.float32), scene.light)
    return apply_style(lit, scene.style).clip(0, 255).astype(np.uint8)


def thing_mask(scene: Scene, index: int, size: int) -> np.ndarray:
    """Where one object of a scene shows: bool [size, size]."""
    image, at = _placed(scene.things[index], size)
    mask = Image.new("L", (size, size))
    mask.paste(image.getchannel("A"), at)
    return np.asarray(mask) > 40


def _darken(canvas: Image.Image, alpha: Image.Image, x: int, y: int) -> None:
    """Lay the soft shadow of a shape, whose upper left corner is at (x, y), on a canvas."""
    radius = 4 * canvas.width / 256
    reach = round(5 * radius)
    left, top = max(0, x - reach), max(0, y - reach)
    right, bottom = min(canvas.width, x + alpha.width + reach), min(canvas.height, y + alpha.height + reach)
    shadow = Image.new("L", (right - left, bottom - top))
    shadow.paste(alpha.point(lambda a: a * 0.22), (x - left, y - top))
    canvas.paste((0, 0, 0), (left, top), shadow.filter(ImageFilter.GaussianBlur(radius)))


def _placed(thing: Thing, size: int) -> tuple[Image.Image, tuple[int, int]]:
    """An object's sprite, turned as it stands, and where its upper left corner is."""
    side = round(thing.place.side * size)
    image = sprite(thing.noun, thing.color, thing.pattern, side, thing.material)
    if thing.mirrored:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if thing.tilt:
        image = image.rotate(-thing.tilt, Image.Resampling.BICUBIC, expand=True)
    x, y = round(thing.place.x * size - image.width / 2), round(thing.place.y * size - image.height / 2)
    return image, (x, y)


@lru_cache(maxsize=256)
def _background(background: Background, size: int) -> Image.Image:
    if background.setting:
        return Image.fromarray(draw_setting(background.setting, size).astype(np.uint8))
    color = np.asarray(PAINTS[background.color], np.float32) * 0.38 + 255 * 0.60
    mask = pattern_mask(background.pattern, size, BACKGROUND_PERIOD)
    pixels = color - mask[..., None] * np.minimum(color * 0.16, 44)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
