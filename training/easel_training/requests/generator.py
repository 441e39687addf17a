"""Draws requests: any kind, any language; seeded, and split so that training never sees what the benchmark asks."""

import hashlib
import json
import re
from functools import cache
from pathlib import Path

import numpy as np

from ..world.scene import pick, random_scene
from ..world.vocabulary import COLORS, PATTERNS, STYLES
from .conversation import Reading, Request
from .kinds import KINDS, Asker
from .layout import Draw
from .lexicon import LANGUAGES, lexicon
from .noise import mistype, polite

#: Requests written by hand: no generated one may be like one of them.
HAND_WRITTEN = Path(__file__).parents[3] / "bench" / "interpret" / "cases" / "hand.jsonl"
#: One text in this many is kept for the benchmark.
HELD_OUT_ONE_IN = 10
#: English takes this share, the other languages the rest in equal parts.
ENGLISH_SHARE = 0.5


def draw_request(
    rng: np.random.Generator, held_out: bool = False, draw: Draw | None = None, language: str | None = None
) -> Request:
    """A request of a random kind.

    :param held_out: one that training never sees, for the benchmark; else one that it may see.
    :param draw: draws scenes; by default those that training may see.
    :param language: drawn when absent.
    """
    shares = np.array([share for share, _ in KINDS.values()])
    while True:
        chosen = language or ("en" if rng.random() < ENGLISH_SHARE else LANGUAGES[1 + int(rng.integers(len(LANGUAGES) - 1))])
        words = lexicon(chosen)
        name = list(KINDS)[int(rng.choice(len(KINDS), p=shares / shares.sum()))]
        request = KINDS[name][1](Asker(rng, words, draw or (lambda: random_scene(rng))))
        text = words.finish(polite(rng, words, request.text))
        text = mistype(rng, chosen, text).strip()
        if not text or is_held_out_text(text) != held_out or skeleton(text, chosen) in _hand_written():
            continue
        previous = request.previous or _earlier_reading(rng, request)
        return Request(request.phenomenon, chosen, request.images, text, request.reading, previous)


def _earlier_reading(rng: np.random.Generator, request: Request) -> Reading | None:
    """What was read before, where there is a result; sometimes it is not known any more."""
    inputs = [number for number, image in enumerate(request.images, 1) if image.origin in ("earlier", "other")]
    if request.current() is None or not inputs or rng.random() < 0.4:
        return None
    base = inputs[int(rng.integers(len(inputs)))]
    thing = request.images[base - 1].scene.things[0]
    others = [number for number in inputs if number != base]
    if others and rng.random() < 0.4:
        giver = request.images[others[0] - 1].scene.things[0]
        attribute = pick(rng, ("pattern", "color", "look"))
        text = f"Give the {thing.noun} in image {base} the {attribute} of the {giver.noun} in image {others[0]}."
        return Reading("edit", base, (others[0],), text)
    options = (
        f"Change the color of the {thing.noun} to {pick(rng, tuple(COLORS))}.",
        f"Change the pattern of the {thing.noun} to {pick(rng, PATTERNS)}.",
        f"Change the background to {pick(rng, tuple(COLORS))} plain.",
        f"Make image {base} {pick(rng, STYLES)}.",
    )
    return Reading("edit", base, (), pick(rng, options))


def is_held_out_text(text: str) -> bool:
    """Whether a request's text is kept for the benchmark, whatever its pictures, signs and capitals are."""
    plain = re.sub(r"[\W_]+", " ", text.lower()).strip()
    digest = hashlib.sha256(plain.encode()).digest()
    return int.from_bytes(digest[:4], "big") % HELD_OUT_ONE_IN == 0


def skeleton(text: str, language: str) -> str:
    """A text without what differs from case to case: words of the world and numbers become signs for their kind."""
    plain = re.sub(r"[^\w#]+", " ", text.lower())
    for pattern, sign in _signs(language):
        plain = pattern.sub(sign, plain)
    return re.sub(r"\d+", "0", re.sub(r" +", " ", plain)).strip()


@cache
def _signs(language: str) -> list[tuple[re.Pattern[str], str]]:
    """The longest words first; between letters only in languages that write without spaces."""
    found = lexicon(language).words()
    border = ("", "") if language in ("ja", "ko", "zh-CN") else (r"\b", r"\b")
    return [
        (re.compile(border[0] + re.escape(word.lower()) + border[1]), found[word])
        for word in sorted(found, key=len, reverse=True)
    ]


@cache
def _hand_written() -> frozenset[str]:
    rows = [json.loads(line) for line in HAND_WRITTEN.read_text().splitlines()]
    return frozenset(skeleton(row["text"], row["language"]) for row in rows)
