"""Batches of requests as tokens and pictures."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer

from ..requests.conversation import Request
from ..requests.generator import draw_request
from ..world.render import render
from ..world.scene import Scene, random_scene
from .network import GRID, IMAGE_TOKENS, SIDE, cut_patches, position_ids
from .prompt import IMAGE, answer_text, prompt_text

#: Scenes that requests draw from at one time, how many are new in every draw of requests, and pictures that are kept.
POOL, FRESH, KEPT = 1200, 40, 3000
#: Requests that are sorted by length together.
SORTED = 96
#: How often a person chose the mode that is right anyway.
CHOSEN_SHARE = 0.08
#: The target of tokens that are not learnt.
IGNORED = -100


@dataclass(frozen=True)
class Sample:
    """One request: tokens, what each position shall say next, and its pictures."""

    ids: list[int]
    targets: list[int]
    positions: np.ndarray
    scenes: tuple[Scene, ...]


@dataclass(frozen=True)
class Batch:
    """Padded to the right, where nothing looks."""

    ids: torch.Tensor
    targets: torch.Tensor
    positions: torch.Tensor
    patches: torch.Tensor
    grids: torch.Tensor

    def to(self, device: torch.device) -> "Batch":
        """The batch on a device."""
        return Batch(*(getattr(self, name).to(device) for name in ("ids", "targets", "positions", "patches", "grids")))


class RequestStream:
    """Endless batches; every request is drawn anew, its pictures come from a pool that changes slowly."""

    def __init__(self, tokenizer: Tokenizer, seed: int, held_out: bool = False) -> None:
        self.tokenizer, self.held_out = tokenizer, held_out
        self.rng = np.random.default_rng(seed)
        self.image_id = tokenizer.token_to_id("<|image_pad|>")
        self.pool = [random_scene(self.rng) for _ in range(POOL)]
        self.pictures: OrderedDict[Scene, np.ndarray] = OrderedDict()
        self.waiting: list[list[Sample]] = []

    def batch(self, tokens: int) -> Batch:
        """The next batch.

        :param tokens: of all its requests together, padding included.
        """
        if not self.waiting:
            self._refill(tokens)
        return self._collate(self.waiting.pop())

    def sample(self, request: Request) -> Sample:
        """A request in tokens."""
        chosen = request.reading.mode if self.rng.random() < CHOSEN_SHARE else None
        chosen = chosen if chosen in ("edit", "generate") else None
        prompt = prompt_text(request, chosen).replace(IMAGE, IMAGE.replace("<|image_pad|>", "<|image_pad|>" * IMAGE_TOKENS))
        asked = self.tokenizer.encode(prompt).ids
        answer = self.tokenizer.encode(answer_text(request) + "<|im_end|>").ids
        ids = asked + answer
        targets = [IGNORED] * (len(asked) - 1) + answer + [IGNORED]
        return Sample(ids, targets, position_ids(ids, self.image_id), tuple(image.scene for image in request.images))

    def _refill(self, tokens: int) -> None:
        for _ in range(FRESH):
            self.pool[int(self.rng.integers(POOL))] = random_scene(self.rng)
        drawn = [draw_request(self.rng, self.held_out, self._draw) for _ in range(SORTED)]
        samples = sorted((self.sample(request) for request in drawn), key=lambda sample: len(sample.ids))
        group: list[Sample] = []
        for sample in samples:
            if group and (len(group) + 1) * len(sample.ids) > tokens:
                self.waiting.append(group)
                group = []
            group.append(sample)
        self.waiting.append(group)
        self.waiting = [self.waiting[i] for i in self.rng.permutation(len(self.waiting))]

    def _draw(self) -> Scene:
        return self.pool[int(self.rng.integers(POOL))]

    def _collate(self, samples: list[Sample]) -> Batch:
        length = max(len(sample.ids) for sample in samples)
        ids = torch.zeros(len(samples), length, dtype=torch.long)
        targets = torch.full((len(samples), length), IGNORED)
        positions = torch.zeros(3, len(samples), length, dtype=torch.long)
        for row, sample in enumerate(samples):
            count = len(sample.ids)
            ids[row, :count] = torch.tensor(sample.ids)
            targets[row, :count] = torch.tensor(sample.targets)
            positions[:, row, :count] = torch.from_numpy(sample.positions)
        pictures = [self._picture(scene) for sample in samples for scene in sample.scenes]
        shown = np.stack(pictures) if pictures else np.zeros((0, SIDE, SIDE, 3), np.uint8)
        patches = cut_patches(shown)
        grids = torch.tensor([[1, GRID, GRID]] * len(pictures), dtype=torch.long).reshape(-1, 3)
        return Batch(ids, targets, positions, patches, grids)

    def _picture(self, scene: Scene) -> np.ndarray:
        if scene not in self.pictures:
            self.pictures[scene] = render(scene, SIDE)
            if len(self.pictures) > KEPT:
                self.pictures.popitem(last=False)
        return self.pictures[scene]
