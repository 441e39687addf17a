"""The words of the sticker world, and which noun-attribute pairs training never sees."""

import hashlib
import json
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

COLORS: dict[str, tuple[int, int, int]] = {
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
}

PATTERNS = ["plain", "striped", "dotted", "checkered", "zigzag", "starry", "wavy", "plaid"]
STYLES = ["flat", "sketch", "pixel", "neon"]

#: One noun-attribute pair in this many is held out of training.
HELD_OUT_ONE_IN = 10


def is_held_out(noun: str, attribute: str) -> bool:
    """Whether the pair (noun, colour or pattern word) is kept for the benchmark. Plain is never held out."""
    if attribute == "plain":
        return False
    digest = hashlib.sha256(f"{noun}|{attribute}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % HELD_OUT_ONE_IN == 0
