"""Pictures the judge learns from: renders only.

So that it forgives what a VAE does to every picture, half of them pass through the VAE and a quarter through a mild blur;
so that it sees damage, a quarter is blurred hard, smeared or noised in part.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL

from ..latents import pixels_to_tokens, tokens_to_pixels
from ..vae import to_images, to_pixels
from ..world.render import render, thing_mask
from ..world.scene import Background, Scene, Thing, pick, random_place
from ..world.vocabulary import COLORS, NOUNS, PATTERNS, STYLES
from .labels import HEADS, SLOTS, labels_of
from .network import STRIDE

#: Pictures kept, and how many there are before the first batch.
CAPACITY, LEAST = 6000, 600
#: Share of a batch that is new.
NEW_SHARE = 1 / 3


@dataclass(frozen=True)
class JudgeBatch:
    """Pixels [N, 3, S, S], labels int64 [N, heads], share of objects in every cell [N, 1, S/4, S/4], damaged [N] in {0, 1}."""

    pixels: torch.Tensor
    labels: torch.Tensor
    masks: torch.Tensor
    damaged: torch.Tensor


class Pictures:
    """Batches of whole and damaged pictures; new ones and replayed ones."""

    def __init__(self, vae: AutoencoderKL, size: int, rng: np.random.Generator) -> None:
        self.vae, self.size, self.rng = vae, size, rng
        side = size // STRIDE
        self.images = np.zeros((CAPACITY, size, size, 3), np.uint8)
        self.labels = np.zeros((CAPACITY, len(HEADS)), np.int64)
        self.masks = np.zeros((CAPACITY, 1, side, side), np.float32)
        self.filled = 0

    def batch(self, count: int) -> JudgeBatch:
        """As many pictures, a share of them new."""
        while self.filled < LEAST:
            self._add(count)
        self._add(round(count * NEW_SHARE))
        chosen = self.rng.integers(0, self.filled, count)
        pixels = to_pixels(self.images[chosen])
        damaged = torch.zeros(count)
        for i in range(count):
            way = self.rng.random()
            if way < 0.25:
                pixels[i] = damage(pixels[i], self.rng)
                damaged[i] = 1
            elif way < 0.5:
                pixels[i] = blur(pixels[i], self.rng.uniform(0.2, 0.7))
        pixels += torch.randn_like(pixels) * 0.02 * torch.rand(count, 1, 1, 1)
        return JudgeBatch(pixels, torch.from_numpy(self.labels[chosen]), torch.from_numpy(self.masks[chosen]), damaged)

    def _add(self, count: int) -> None:
        """Draw new pictures, every second one with the VAE's traces, in place of old ones once the store is full."""
        scenes = [any_scene(self.rng) for _ in range(count)]
        images = np.stack([render(scene, self.size) for scene in scenes])
        images[::2] = round_trip(self.vae, images[::2])
        free = np.arange(self.filled, min(self.filled + count, CAPACITY))
        at = np.concatenate([free, self.rng.choice(CAPACITY, count - len(free), replace=False)])
        self.images[at] = images
        self.labels[at] = [labels_of(scene) for scene in scenes]
        self.masks[at] = [_objects(scene, self.size) for scene in scenes]
        self.filled = max(self.filled, int(at.max()) + 1)


def round_trip(vae: AutoencoderKL, images: np.ndarray) -> np.ndarray:
    """uint8 [N, S, S, 3] as the VAE gives them back."""
    cells = images.shape[1] // 16
    return to_images(tokens_to_pixels(vae, pixels_to_tokens(vae, to_pixels(images).to(vae.device)), cells, cells))


def _objects(scene: Scene, size: int) -> np.ndarray:
    """Share of every cell that objects cover: [1, S/4, S/4]."""
    side = size // STRIDE
    covered = np.any([thing_mask(scene, index, size) for index in range(len(scene.things))], axis=0)
    return covered.reshape(side, STRIDE, side, STRIDE).mean((1, 3), dtype=np.float32)[None]


def any_scene(rng: np.random.Generator) -> Scene:
    """A scene of any pairs, held-out ones too: the judge must read what the painter has never seen."""
    layouts = (("center",), ("left", "right"), ("left",), ("right",))
    slots = layouts[int(rng.choice(4, p=(0.4, 0.48, 0.06, 0.06)))]
    things: list[Thing] = []
    for slot in slots:
        pattern = "plain" if rng.random() < 0.25 else pick(rng, PATTERNS, ("plain",))
        things.append(Thing(pick(rng, NOUNS), pick(rng, tuple(COLORS)), pattern, random_place(rng, SLOTS[slot])))
    pattern = "plain" if rng.random() < 0.4 else pick(rng, PATTERNS, ("plain",))
    style = "flat" if rng.random() < 0.55 else pick(rng, STYLES, ("flat",))
    return Scene(tuple(things), Background(pick(rng, tuple(COLORS)), pattern), style)


def blur(pixels: torch.Tensor, sigma: float) -> torch.Tensor:
    """Gaussian blur of one picture [3, H, W]; sigma in pixels."""
    radius = max(1, round(3 * sigma))
    kernel = torch.exp(-0.5 * (torch.arange(-radius, radius + 1) / sigma) ** 2)
    kernel = (kernel / kernel.sum()).view(1, 1, -1)
    x = F.pad(pixels[:, None], (radius, radius, radius, radius), mode="replicate")
    x = F.conv2d(F.conv2d(x, kernel[..., None, :]), kernel[..., :, None])
    return x[:, 0]


def damage(pixels: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """A picture blurred hard, noised in a block, smeared in a block, or with a block from elsewhere."""
    size = pixels.shape[-1]
    side = int(rng.integers(size // 6, size // 3))
    y, x = rng.integers(size // 8, size - side - size // 8, 2)
    block = (slice(None), slice(y, y + side), slice(x, x + side))
    damaged = pixels.clone()
    way = rng.integers(4)
    if way == 0:
        return blur(pixels, rng.uniform(1.8, 3.5))
    if way == 1:
        damaged[block] += torch.randn(3, side, side) * rng.uniform(0.35, 0.8)
    elif way == 2:
        coarse = torch.randn(1, 3, side // 4 + 1, side // 4 + 1) * rng.uniform(0.4, 0.8)
        damaged[block] += F.interpolate(coarse, size=(side, side), mode="bilinear")[0]
    else:
        mixed = blur(pixels, 4.0)
        damaged[block] = mixed[block] + torch.randn(3, 1, 1) * 0.2
    return damaged.clamp(-1, 1)
