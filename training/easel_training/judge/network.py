"""The judge's network: it finds the objects first, then reads them and what is behind them apart from each other."""

import torch
import torch.nn.functional as F
from torch import nn

from .labels import HEADS, LABELS, SLOTS, THING_PARTS, WHOLE_HEADS

#: Columns of a slot, in sixteenths of the picture's width.
WINDOWS = {"left": (0, 8), "center": (2, 14), "right": (8, 16)}
FINE, COARSE = 64, 128
#: Side of the features, as a share of the picture's.
STRIDE = 4
#: Side of the grid that keeps an object's shape, and its channels.
GRID, GRID_WIDTH = 4, 40


class Judge(nn.Module):
    """Logits of every head, concatenated in the order of HEADS, then one damage logit; and where the objects are.

    Input float32 [N, 3, S, S] in [-1, 1]. Averages over an object's own pixels, and over those behind the objects, keep
    the pattern of the one out of the other's.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(_block(3, 32, 5, 2), _block(32, FINE, 3, 2), _block(FINE, FINE), _block(FINE, FINE))
        self.deep = nn.Sequential(_block(FINE, COARSE, 3, 2), _block(COARSE, COARSE), _block(COARSE, COARSE))
        self.mask = nn.Conv2d(FINE + COARSE, 1, 1)
        self.shape = nn.Conv2d(COARSE, GRID_WIDTH, 1)
        seen = 2 * (FINE + COARSE)
        self.thing = nn.Sequential(nn.Linear(seen + (GRID_WIDTH + 1) * GRID**2, 192), nn.ReLU())
        self.whole = nn.Sequential(nn.Linear(2 * seen, 192), nn.ReLU())
        self.thing_heads = nn.ModuleDict({part: nn.Linear(192, len(LABELS[part])) for part in THING_PARTS})
        self.whole_heads = nn.ModuleList([nn.Linear(192, len(LABELS[part])) for part in WHOLE_HEADS.values()])
        self.damage = nn.Linear(192, 1)

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """:returns: logits [N, L] and logits of the objects' mask [N, 1, S/4, S/4]."""
        fine = self.stem(pixels)
        deep = self.deep(fine)
        features = torch.cat([fine, F.interpolate(deep, scale_factor=2.0, mode="nearest")], 1)
        mask_logits = self.mask(features)
        mask = mask_logits.sigmoid()
        shape = torch.cat([self.shape(deep), F.avg_pool2d(mask, 2)], 1)
        sixteenth = pixels.shape[-1] // STRIDE // 16
        outputs = []
        for slot in SLOTS:
            start, end = (edge * sixteenth for edge in WINDOWS[slot])
            here = slice(start, end)
            window = shape[..., start // 2 : end // 2]
            grid = F.avg_pool2d(window, (16 * sixteenth // 2 // GRID, (end - start) // 2 // GRID)).flatten(1)
            seen = self.thing(torch.cat([_pool(features[..., here], mask[..., here]), grid], 1))
            outputs += [self.thing_heads[part](seen) for part in THING_PARTS]
        whole = self.whole(torch.cat([_pool(features, 1 - mask), _pool(features, torch.ones_like(mask))], 1))
        outputs += [head(whole) for head in self.whole_heads]
        return torch.cat([*outputs, self.damage(whole)], 1), mask_logits


def split_logits(logits: torch.Tensor) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Logits by head, and the damage logit."""
    *heads, damage = logits.split([*(len(LABELS[labels]) for labels in HEADS.values()), 1], 1)
    return heads, damage[:, 0]


def _block(before: int, after: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    convolution = nn.Conv2d(before, after, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(after), nn.ReLU())


def _pool(features: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Weighted mean and maximum over all places: [N, 2C]."""
    weighted = features * weight
    return torch.cat([weighted.sum((2, 3)) / (weight.sum((2, 3)) + 1), weighted.amax((2, 3))], 1)
