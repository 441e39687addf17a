"""The words of the sticker worlds, and which noun-attribute pairs training never sees."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

#: Icon bodies (SVG, 32-unit view box) by noun: Fluent flat emoji, MIT, see NOTICE.
ICONS: dict[str, str] = json.loads(Path(__file__).with_name("icons.json").read_text())

NOUNS = [
    "bag",
    "dress",
    "shirt",
    "hat",
    "sneaker",
    "car",
    "teapot",
    "chair",
    "cat",
    "dog",
    "fish",
    "house",
    "tree",
    "apple",
    "guitar",
    "umbrella",
    "vase",
    "rabbit",
    "elephant",
    "turtle",
    "balloon",
    "camera",
    "crown",
    "boot",
]

#: What every colour word looks like.
PAINTS: dict[str, tuple[int, int, int]] = {
    "red": (226, 52, 60),
    "orange": (245, 138, 42),
    "yellow": (252, 208, 66),
    "green": (54, 160, 84),
    "teal": (38, 168, 168),
    "blue": (54, 112, 226),
    "purple": (136, 78, 200),
    "pink": (244, 138, 184),
    "white": (246, 246, 242),
    "black": (52, 50, 60),
    "lime": (164, 208, 62),
    "brown": (140, 92, 58),
    "gray": (146, 150, 158),
}
COLORS = ("red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "white", "black")

PATTERNS = ["plain", "striped", "dotted", "checkered", "zigzag", "starry", "wavy", "plaid"]
STYLES = ["flat", "sketch", "pixel", "neon"]


@dataclass(frozen=True)
class World:
    """What scenes are made of. The first material, style, light and setting are those that go without saying."""

    nouns: tuple[str, ...]
    colors: tuple[str, ...]
    patterns: tuple[str, ...]
    styles: tuple[str, ...]
    materials: tuple[str, ...] = ("matte",)
    lights: tuple[str, ...] = ("day",)
    settings: tuple[str, ...] = ("",)
    #: Objects of one picture.
    most_things: int = 2
    #: Whether objects are tilted, flipped and of several sizes.
    has_poses: bool = False


#: What the published model knows.
CORE = World(tuple(NOUNS), COLORS, tuple(PATTERNS), tuple(STYLES))
FULL = World(
    nouns=tuple(ICONS),
    colors=tuple(PAINTS),
    patterns=(*PATTERNS, "diagonal", "leopard", "brick", "floral"),
    styles=(*STYLES, "watercolor", "blueprint"),
    materials=("matte", "glossy", "metallic", "woolly", "wooden"),
    lights=("day", "sunset", "moon", "spot", "stage"),
    settings=("", "beach", "meadow", "desert", "city", "ocean", "snow", "room", "space"),
    most_things=3,
    has_poses=True,
)

#: One noun-attribute pair in this many is held out of training.
HELD_OUT_ONE_IN = 10


def is_held_out(noun: str, attribute: str) -> bool:
    """Whether the pair (noun; colour, pattern or material) is kept for the benchmark. Plain and matte never are."""
    if attribute in ("plain", "matte"):
        return False
    digest = hashlib.sha256(f"{noun}|{attribute}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % HELD_OUT_ONE_IN == 0
