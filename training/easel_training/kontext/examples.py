"""What a LoRA for Kontext learns from: pictures, words and the right result."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from ..stages import ADAPTERS
from ..tasks import draw
from ..world.render import render

#: Name of the file that lists a folder's examples.
LISTING = "cases.jsonl"


@dataclass(frozen=True)
class Example:
    """One example, its pictures RGB.

    :ivar inputs: in the model's order; of an edit the base first.
    :ivar prompt: what the transformer reads.
    """

    inputs: tuple[Image.Image, ...]
    prompt: str
    target: Image.Image


def read_examples(folder: Path, seed: int) -> Iterator[Example]:
    """The examples of a folder: one line of `cases.jsonl` each.

    A line holds `inputs` (paths in the folder), `instruction`, `target` and, where there is one, `description`: the result in
    words, which follows the instruction half of the time.

    :raises ValueError: for an example without inputs.
    """
    rng = np.random.default_rng([seed, 17])
    for line in (folder / LISTING).read_text().splitlines():
        row = json.loads(line)
        if not row["inputs"]:
            raise ValueError(f"an example without inputs in {folder / LISTING}: {line}")
        words = [row["instruction"]]
        if row.get("description") and rng.random() < 0.5:
            words.append(row["description"])
        inputs = tuple(_open(folder / path) for path in row["inputs"])
        yield Example(inputs, " ".join(words), _open(folder / row["target"]))


def sticker_examples(adapter: str, count: int, side: int, seed: int) -> Iterator[Example]:
    """Tasks of the sticker world, as the built-in model's adapter learns them.

    :param adapter: `edit` or `generate`.
    :param side: of the pictures in pixels.
    """
    rng = np.random.default_rng([seed, 18])
    kinds, _ = ADAPTERS[adapter]
    for _ in range(count):
        task = draw(kinds, rng)
        target, *inputs = (Image.fromarray(render(scene, side)) for scene in (task.target, *task.inputs))
        yield Example(tuple(inputs), task.prompt(rng), target)


def _open(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return ImageOps.exif_transpose(image).convert("RGB")
