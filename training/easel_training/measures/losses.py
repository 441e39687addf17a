"""The flow-matching loss of edits, apart for tokens that must change and for those that must stay."""

from dataclasses import dataclass

import numpy as np
import torch

from ..changes import changed_tokens
from ..samples import Sample, SampleStream, stack
from ..tasks import Task
from ..transformer import Painter
from .held_out import SEED

#: Noise levels that the loss is a mean over.
LEVELS = (0.3, 0.5, 0.7, 0.9)
#: Tasks computed together.
BATCH = 16


@dataclass(frozen=True)
class EditLoss:
    """Mean squared errors of the velocity; None where no token changes, or none stays."""

    changed: float | None
    kept: float | None


@torch.no_grad()
def measure_losses(painter: Painter, stream: SampleStream, tasks: list[Task]) -> list[EditLoss]:
    """Losses of edits in the words of their instruction alone: a description would tell what the references show.

    :param tasks: with equally many inputs.
    """
    generator = torch.Generator().manual_seed(SEED)
    losses: list[EditLoss] = []
    for start in range(0, len(tasks), BATCH):
        some = tasks[start : start + BATCH]
        samples = stream.encode_prompts(some, [task.instruction for task in some])
        errors = _errors(painter, samples, len(some[0].inputs), generator)
        changed = [changed_tokens(task, stream.size) for task in some]
        losses += [EditLoss(_mean(error[mask]), _mean(error[~mask])) for error, mask in zip(errors, changed)]
    return losses


def _errors(painter: Painter, samples: list[Sample], count: int, generator: torch.Generator) -> np.ndarray:
    """Squared errors of every token, over features and noise levels: [N, tokens]."""
    batch = stack(samples, count)
    clean = batch.target
    noises = [torch.randn(clean.shape, generator=generator) for _ in LEVELS]
    batch = batch.to(next(painter.parameters()).device)
    total = torch.zeros(clean.shape[:2])
    for level, noise in zip(LEVELS, noises):
        noised = ((1 - level) * clean + level * noise).to(batch.target.device)
        time = torch.full((len(clean),), level, device=noised.device)
        velocity = painter(noised, time, batch.clip_ids, batch.t5_ids, batch.references, count).cpu()
        total += (velocity - (noise - clean)).square().mean(-1)
    return (total / len(LEVELS)).numpy()


def _mean(values: np.ndarray) -> float | None:
    return float(values.mean()) if len(values) else None
