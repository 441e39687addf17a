"""The stream of training samples: tasks rendered and encoded once, then replayed."""

from dataclasses import dataclass

import numpy as np
import torch
from diffusers import AutoencoderKL

from .changes import changed_tokens, loss_weights
from .latents import pixels_to_tokens
from .layout import DREAMOMNI2, TOKEN_SIDE, Layout
from .tasks import Task, draw
from .text import tokenize
from .vae import to_pixels
from .world.render import render
from .world.vocabulary import CORE, World


@dataclass(frozen=True)
class Sample:
    """One encoded task: ids int64 [48], target float16 [tokens, 64], references float16 [their tokens, 64].

    :ivar weights: of the target's tokens in the loss, float32 [tokens].
    """

    clip_ids: torch.Tensor
    t5_ids: torch.Tensor
    target: torch.Tensor
    references: torch.Tensor
    weights: torch.Tensor


@dataclass(frozen=True)
class Batch:
    """Samples of equally many references, stacked."""

    clip_ids: torch.Tensor
    t5_ids: torch.Tensor
    target: torch.Tensor
    references: torch.Tensor
    weights: torch.Tensor
    count: int

    def to(self, device: torch.device) -> "Batch":
        """The batch on a device."""
        moved = (t.to(device) for t in (self.clip_ids, self.t5_ids, self.target, self.references, self.weights))
        return Batch(*moved, self.count)


class SampleStream:
    """Batches by number of references; a share of each is new, the rest comes from a bounded replay buffer."""

    #: Samples kept per number of references.
    CAPACITY = 5000
    #: New samples of a batch.
    NEW_SHARE = 0.3
    #: Share without words, so that true classifier-free guidance has something to steer away from.
    CAPTION_DROPOUT = 0.08

    def __init__(
        self,
        vae: AutoencoderKL,
        tokenizers: tuple,
        kinds: dict[str, float],
        size: int,
        seed: int,
        layout: Layout = DREAMOMNI2,
        world: World = CORE,
    ) -> None:
        self.vae = vae
        self.tokenizers = tokenizers
        self.kinds = kinds
        self.size = size
        self.layout = layout
        self.world = world
        self.seed = seed
        self.rng = np.random.default_rng(seed)
        self.buffers: dict[int, list[Sample]] = {}

    def go_on_from(self, step: int) -> None:
        """Draw other tasks than the sessions that trained up to this step."""
        self.rng = np.random.default_rng([self.seed, step])

    def batch(self, tokens: int) -> Batch:
        """A batch of about as many tokens, over output and references."""
        first = self._draw()
        count = len(first.inputs)
        side_tokens = (self.size // TOKEN_SIDE) ** 2
        wanted = max(4, tokens // (side_tokens * (count + 1)))
        buffer = self.buffers.setdefault(count, [])
        new = wanted if len(buffer) < 8 * wanted else max(1, round(wanted * self.NEW_SHARE))
        tasks = [first]
        while len(tasks) < new:
            task = self._draw()
            if len(task.inputs) == count:
                tasks.append(task)
        fresh = self.encode(tasks, self.CAPTION_DROPOUT)
        replayed = [buffer[int(i)] for i in self.rng.integers(0, len(buffer), wanted - new)] if buffer else []
        buffer.extend(fresh)
        del buffer[: max(0, len(buffer) - self.CAPACITY)]
        return stack([*fresh, *replayed], count)

    def _draw(self) -> Task:
        return draw(self.kinds, self.rng, world=self.world)

    def encode(self, tasks: list[Task], caption_dropout: float = 0.0) -> list[Sample]:
        """Render and encode tasks with equally many inputs; a share of them loses its words."""
        prompts = ["" if self.rng.random() < caption_dropout else task.prompt(self.rng) for task in tasks]
        return self.encode_prompts(tasks, prompts)

    def encode_prompts(self, tasks: list[Task], prompts: list[str]) -> list[Sample]:
        """Render and encode tasks with equally many inputs, in the given words."""
        targets, references = self._tokens(tasks)
        clip_ids, t5_ids = tokenize(*self.tokenizers, prompts)
        weights = [self._weights(task, prompt) for task, prompt in zip(tasks, prompts)]
        return [Sample(clip_ids[i], t5_ids[i], targets[i].clone(), references[i].clone(), weights[i]) for i in range(len(tasks))]

    def _weights(self, task: Task, prompt: str) -> torch.Tensor:
        """Without words nothing tells what changes: all tokens count alike."""
        changed = changed_tokens(task, self.size) if prompt else np.ones((self.size // TOKEN_SIDE) ** 2, bool)
        return torch.from_numpy(loss_weights(changed))

    def _tokens(self, tasks: list[Task]) -> tuple[torch.Tensor, torch.Tensor]:
        """Tokens of the targets and, one after the other, of the references: float16 [N, tokens, 64]."""
        targets = np.stack([render(task.target, self.size) for task in tasks])
        if not tasks[0].inputs:
            tokens = self._encode(targets)
            return tokens, tokens[:, :0]
        arranged = [self.layout.arrange(np.stack([render(scene, self.size) for scene in task.inputs])) for task in tasks]
        references = self._encode(np.stack([picture for pictures in arranged for picture in pictures]))
        return self._encode(targets), references.view(len(tasks), -1, references.shape[-1])

    def _encode(self, pictures: np.ndarray) -> torch.Tensor:
        return pixels_to_tokens(self.vae, to_pixels(pictures).to(self.vae.device)).half().cpu()


def stack(samples: list[Sample], count: int) -> Batch:
    """One batch of samples with equally many references."""
    return Batch(
        torch.stack([sample.clip_ids for sample in samples]),
        torch.stack([sample.t5_ids for sample in samples]),
        torch.stack([sample.target for sample in samples]).float(),
        torch.stack([sample.references for sample in samples]).float(),
        torch.stack([sample.weights for sample in samples]),
        count,
    )
