"""Sprites: an icon whose body part takes a colour, a pattern and a material; parts of the body's hue follow it."""

import colorsys
import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from PIL import Image
from scipy import ndimage

from .materials import apply_material
from .patterns import pattern_mask
from .raster import rasterise
from .vocabulary import ICONS, PAINTS

#: Sprites are rasterised once at a multiple of this side and scaled down into scenes.
SPRITE_SIDE = 192
#: Side of the icons' view boxes.
_VIEW = 32

#: Rank of the body among an icon's fills by area, where the largest is not the body (checked by eye).
BODY_RANK: dict[str, int] = {}


@dataclass(frozen=True)
class Icon:
    """A rasterised icon: rgba float32 [S, S, 4]; body and tint float32 [S, S] (tint: brightness of following parts, 0 elsewhere)."""

    rgba: np.ndarray
    body: np.ndarray
    tint: np.ndarray


@cache
def icon(noun: str, side: int = SPRITE_SIDE) -> Icon:
    """Rasterise the icon of a noun at a side in pixels and find its body."""
    svg_body = ICONS[noun]
    fills: list[str] = []

    def id_color(match: re.Match[str]) -> str:
        if match[1] not in fills:
            fills.append(match[1])
        return f'fill="rgb{_id_color(fills.index(match[1]))}"'

    rgba = rasterise(svg_body, _VIEW, side)
    ids = rasterise(re.sub(r'fill="(#[0-9a-fA-F]{3,8})"', id_color, svg_body), _VIEW, side, 'shape-rendering="crispEdges"')
    masks = [(np.abs(ids[..., :3] - np.array(_id_color(i))).sum(-1) < 6) & (ids[..., 3] > 128) for i in range(len(fills))]
    by_area = sorted(range(len(fills)), key=lambda i: -masks[i].sum())
    body = by_area[BODY_RANK.get(noun, 0)]
    body_hue, body_saturation, body_value = _hsv(fills[body])
    tint = np.zeros((side, side), np.float32)
    for i, fill in enumerate(fills):
        hue, saturation, value = _hsv(fill)
        distance = min(abs(hue - body_hue), 1 - abs(hue - body_hue))
        if i != body and body_saturation > 0.12 and saturation > 0.12 and distance < 0.045:
            tint[masks[i]] = np.clip(value / max(body_value, 0.1), 0.5, 1.3)
    return Icon(rgba, ndimage.gaussian_filter(masks[body].astype(np.float32), 0.6 * side / SPRITE_SIDE), tint)


def second_color(color: np.ndarray) -> np.ndarray:
    """The pattern's second colour: darker where the first is light, lighter where it is dark."""
    return color * 0.55 if color.mean() > 140 else color + (255 - color) * 0.55


def sprite(noun: str, color: str, pattern: str, side: int, material: str = "matte") -> Image.Image:
    """An RGBA sprite of the given side in pixels."""
    drawn_at = SPRITE_SIDE * max(1, math.ceil(side / SPRITE_SIDE))
    return _painted(noun, color, pattern, material, drawn_at).resize((side, side), Image.Resampling.LANCZOS)


@lru_cache(maxsize=2048)
def _painted(noun: str, color: str, pattern: str, material: str, side: int) -> Image.Image:
    drawn = icon(noun, side)
    rgb, alpha = drawn.rgba[..., :3], drawn.rgba[..., 3]
    base = np.asarray(PAINTS[color], np.float32)
    mask = pattern_mask(pattern, side)[..., None]
    texture = base * (1 - mask) + second_color(base) * mask
    follows = (drawn.tint > 0)[..., None]
    rgb = np.where(follows, np.clip(texture * drawn.tint[..., None], 0, 255), rgb)
    rgb = rgb * (1 - drawn.body[..., None]) + texture * drawn.body[..., None]
    if material != "matte":
        made_of = np.maximum(drawn.body[..., None], follows)
        rgb = rgb * (1 - made_of) + apply_material(rgb, alpha / 255, material, noun) * made_of
    return Image.fromarray(np.dstack([np.clip(rgb, 0, 255), alpha]).astype(np.uint8))


def _id_color(i: int) -> tuple[int, int, int]:
    k = i + 1
    return k * 67 % 256, (k * 131 + 40) % 256, (k * 29 + 90) % 256


def _hsv(fill: str) -> tuple[float, float, float]:
    digits = fill[1:] if len(fill) == 7 else "".join(c * 2 for c in fill[1:4])
    return colorsys.rgb_to_hsv(*(int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)))
