"""What a model folder says of itself: easel.json, NOTICE and the sample pictures people start from."""

import json
from pathlib import Path

from PIL import Image

from .tasks import describe
from .text import MAX_TEXT_TOKENS
from .world.render import render
from .world.scene import CENTER, LEFT, RIGHT, Background, Place, Scene, Thing

#: Side of the sample pictures in pixels; the engine scales them to the model's size.
SAMPLE_SIDE = 256

NOTICE = """easel-stickers

Weights trained from random initialisation on pictures rendered by Easel's own training code (Apache-2.0).
The pictures are drawn from icons of Fluent Emoji (https://github.com/microsoft/fluentui-emoji),
taken from the npm package @iconify-json/fluent-emoji-flat 1.2.6:

MIT License

Copyright (c) Microsoft Corporation.

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def write_card(model: Path, size: int, version: str) -> None:
    """Write easel.json, NOTICE and samples into a model folder."""
    manifest = {
        "name": "easel-stickers",
        "version": version,
        "family": "flux-kontext",
        "licence": "Apache-2.0",
        "attribution": ["Icons: Fluent Emoji by Microsoft, MIT"],
        "maxImages": 5,
        "trainedImages": 5,
        "maxTextTokens": MAX_TEXT_TOKENS,
        "steps": 16,
        "guidance": 3.5,
        "trueCfgScale": 1.0,
        "size": {"multiple": 16, "rule": "native", "native": [[size, size]]},
        "adapters": {"edit": "edit_lora", "generate": "gen_lora"},
        "samples": "samples",
    }
    model.mkdir(parents=True, exist_ok=True)
    (model / "easel.json").write_text(json.dumps(manifest, indent=2) + "\n")
    (model / "NOTICE").write_text(NOTICE)
    samples = model / "samples"
    samples.mkdir(exist_ok=True)
    scenes = _samples()
    for name, scene in scenes.items():
        Image.fromarray(render(scene, SAMPLE_SIDE)).save(samples / f"{name}.png", optimize=True)
    listing = {
        "altTexts": {f"{name}.png": describe(scene).removesuffix(".") for name, scene in scenes.items()},
        "examples": [{"text": text, "samples": [f"{name}.png" for name in names]} for text, names in EXAMPLES],
    }
    (samples / "samples.json").write_text(json.dumps(listing, indent=2) + "\n")


#: What the samples show, and requests to try with them; file names without ".png".
EXAMPLES = [
    ("Give the bag in image 1 the pattern of the dress in image 2.", ("red-bag", "blue-dotted-dress")),
    ("Give image 1 the style of image 2.", ("cat-and-car", "neon-guitar")),
]


def _samples() -> dict[str, Scene]:
    def one(noun: str, color: str, pattern: str, background: Background, style: str = "flat") -> Scene:
        return Scene((Thing(noun, color, pattern, Place(*CENTER)),), background, style)

    def two(left: tuple[str, str, str], right: tuple[str, str, str], background: Background) -> Scene:
        return Scene((Thing(*left, Place(*LEFT)), Thing(*right, Place(*RIGHT))), background)

    return {
        "red-bag": one("bag", "red", "plain", Background("yellow", "plain")),
        "blue-dotted-dress": one("dress", "blue", "dotted", Background("pink", "plain")),
        "green-striped-shirt": one("shirt", "green", "striped", Background("white", "plain")),
        "purple-checkered-teapot": one("teapot", "purple", "checkered", Background("teal", "plain")),
        "orange-zigzag-balloon": one("balloon", "orange", "zigzag", Background("blue", "wavy")),
        "pink-starry-hat": one("hat", "pink", "starry", Background("green", "plain")),
        "teal-plaid-umbrella": one("umbrella", "teal", "plaid", Background("orange", "checkered")),
        "yellow-wavy-fish": one("fish", "yellow", "wavy", Background("purple", "plain")),
        "cat-and-car": two(("cat", "orange", "plain"), ("car", "blue", "plain"), Background("green", "plain")),
        "neon-guitar": one("guitar", "red", "plain", Background("black", "plain"), "neon"),
        "sketched-house": one("house", "blue", "plain", Background("white", "plain"), "sketch"),
    }
