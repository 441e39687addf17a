"""The generated half of the language benchmark, and the pictures of both halves: written once and committed."""

import json
import re
from pathlib import Path

import numpy as np
from PIL import Image

from ..world.render import render
from ..world.scene import Scene, random_scene
from .conversation import Request
from .generator import ENGLISH_SHARE, draw_request
from .lexicon import LANGUAGES
from .scene_text import parse_scene

SEED = 40_417
CASES = 196
#: Scenes that the generated half draws from: a few pictures serve many cases.
POOL = 90
#: Quality of the lossy WebP: patterns and edges look the same, a picture takes some 3 kB.
QUALITY = 88


def write_requests(folder: Path, size: int) -> None:
    """Write `generated.jsonl`, and `pictures/SCENE.webp` for every scene of both halves."""
    requests = held_out_requests()
    rows = [request.row(f"g-{request.phenomenon}-{number:03d}") for number, request in enumerate(requests)]
    (folder / "generated.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    rows += [json.loads(line) for line in (folder / "hand.jsonl").read_text().splitlines()]
    scenes = {image.split(": ", 1)[1] for row in rows for image in row["images"]}
    pictures = folder / "pictures"
    pictures.mkdir(exist_ok=True)
    for stale in pictures.glob("*.webp"):
        stale.unlink()
    for scene in sorted(scenes):
        picture = Image.fromarray(render(parse_scene(scene), size))
        picture.save(pictures / f"{re.sub('[ ,]+', '-', scene)}.webp", quality=QUALITY, method=6)


def held_out_requests() -> list[Request]:
    """The requests of the benchmark, the same every time: half of them English, no text twice."""
    rng = np.random.default_rng(SEED)
    pool: list[Scene] = [random_scene(rng) for _ in range(POOL)]
    found: dict[str, Request] = {}
    while len(found) < CASES:
        english = len(found) < CASES * ENGLISH_SHARE
        language = "en" if english else LANGUAGES[1 + len(found) % (len(LANGUAGES) - 1)]
        request = draw_request(rng, True, lambda: pool[int(rng.integers(POOL))], language)
        found.setdefault(request.text, request)
    return list(found.values())
