"""Flow-match Euler sampling with dynamic shift, as the engine does it; for looking at a model while it trains."""

import math
from itertools import pairwise

import numpy as np
import torch
from PIL import Image

from .latents import tokens_to_pixels
from .samples import Batch, SampleStream, stack
from .tasks import draw
from .transformer import Painter
from .vae import to_images
from .world.render import render


def time_shift(tokens: int) -> float:
    """How far levels are shifted towards noise for a number of output tokens (FLUX: 256 -> e^0.5, 4096 -> e^1.15)."""
    slope = (1.15 - 0.5) / (4096 - 256)
    return math.exp(slope * tokens + 0.5 - slope * 256)


def sigmas(steps: int, tokens: int) -> torch.Tensor:
    """steps + 1 noise levels from 1 to 0, shifted for the number of output tokens."""
    shift = time_shift(tokens)
    level = torch.linspace(1, 1 / steps, steps)
    return torch.cat([shift / (shift + 1 / level - 1), torch.zeros(1)])


@torch.no_grad()
def sample(painter: Painter, batch: Batch, steps: int = 16, seed: int = 0) -> torch.Tensor:
    """Output tokens for a batch's prompts and references."""
    device = next(painter.parameters()).device
    batch = batch.to(device)
    x = torch.randn(batch.target.shape, generator=torch.Generator().manual_seed(seed)).to(device)
    levels = sigmas(steps, x.shape[1]).to(device)
    for now, then in pairwise(levels):
        velocity = painter(x, now.expand(len(x)), batch.clip_ids, batch.t5_ids, batch.references, batch.count)
        x = x + (then - now) * velocity
    return x


def contact_sheet(painter: Painter, stream: SampleStream, kinds: list[str], seed: int, held_out: bool = True) -> Image.Image:
    """One column a task: inputs (two rows, white where absent), target, output."""
    rng = np.random.default_rng(seed)
    tasks = [draw({kind: 1.0}, rng, held_out, stream.world) for kind in kinds]
    outputs: dict[int, np.ndarray] = {}
    side = stream.size // 16
    for count in {len(task.inputs) for task in tasks}:
        group = [i for i, task in enumerate(tasks) if len(task.inputs) == count]
        tokens = sample(painter, stack(stream.encode([tasks[i] for i in group]), count))
        outputs.update(zip(group, to_images(tokens_to_pixels(stream.vae, tokens, side, side))))
    columns = []
    for i, task in enumerate(tasks):
        inputs = [render(scene, stream.size) for scene in task.inputs[:2]]
        blank = [np.full_like(outputs[i], 255)] * (2 - len(inputs))
        columns.append(np.concatenate([*inputs, *blank, render(task.target, stream.size), outputs[i]], 0))
    return Image.fromarray(np.concatenate(columns, 1))
