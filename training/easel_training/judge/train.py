"""The benchmark's judge: a small network that reads a picture's attributes and damage from pixels alone.

It is trained on renders only. So that it forgives what a VAE does to every picture, a third of the whole pictures pass
through the VAE or a mild blur; so that it sees damage, a quarter is blurred hard, smeared or noised in part.
"""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import nn

from .checkpoint import load_checkpoint, save_checkpoint
from .clock import Clock
from .latents import pixels_to_tokens, tokens_to_pixels
from .muon import create_optimizers, set_rates
from .vae import to_pixels
from .workers import agree, average_gradients, rank
from .world.render import render
from .world.scene import CENTER, LEFT, RIGHT, Background, Scene, Thing, pick, random_place
from .world.vocabulary import COLORS, NOUNS, PATTERNS, STYLES

SLOTS = {"left": LEFT, "center": CENTER, "right": RIGHT}
LABELS = {"noun": [*NOUNS, "none"], "color": list(COLORS), "pattern": PATTERNS, "style": STYLES}
#: Heads: name and its label set; one trio per slot.
HEADS: dict[str, str] = {f"{slot}.{part}": part for slot in SLOTS for part in ("noun", "color", "pattern")} | {
    "background.color": "color",
    "background.pattern": "pattern",
    "style": "style",
}
BATCH = 24
#: Learning rates of Muon (matrices and filters) and of AdamW (the rest).
RATES = (0.03, 2e-3)
IGNORE = -100


class Judge(nn.Module):
    """Logits of every head, concatenated in the order of HEADS, then one damage logit.

    Input float32 [N, 3, 128, 128] in [-1, 1]; windows of columns are pooled for the slots.
    """

    def __init__(self) -> None:
        super().__init__()
        widths = (24, 48, 96, 128)
        layers: list[nn.Module] = [nn.Conv2d(3, widths[0], 5, 2, 2), nn.BatchNorm2d(widths[0]), nn.ReLU()]
        for i, (before, after) in enumerate(pairwise(widths)):
            stride = 2 if i < 2 else 1
            layers += [nn.Conv2d(before, after, 3, stride, 1), nn.BatchNorm2d(after), nn.ReLU()]
            layers += [nn.Conv2d(after, after, 3, 1, 1), nn.BatchNorm2d(after), nn.ReLU()]
        self.trunk = nn.Sequential(*layers)
        self.thing = nn.Sequential(nn.Linear(2 * widths[-1], 192), nn.ReLU())
        self.whole = nn.Sequential(nn.Linear(4 * widths[-1], 192), nn.ReLU())
        self.thing_heads = nn.ModuleDict({part: nn.Linear(192, len(LABELS[part])) for part in ("noun", "color", "pattern")})
        self.whole_heads = nn.ModuleList(
            [nn.Linear(192, len(LABELS[HEADS[name]])) for name in ("background.color", "background.pattern", "style")]
        )
        self.damage = nn.Linear(192, 1)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        features = self.trunk(pixels)
        outputs = []
        for start, end in ((0, 8), (4, 12), (8, 16)):
            seen = self.thing(_pool(features[..., start:end]))
            outputs += [self.thing_heads[part](seen) for part in ("noun", "color", "pattern")]
        rim = torch.cat([features[:, :, :2].flatten(2), features[:, :, -2:].flatten(2)], 2)[..., None]
        whole = self.whole(torch.cat([_pool(features), _pool(rim)], 1))
        outputs += [head(whole) for head in self.whole_heads]
        return torch.cat([*outputs, self.damage(whole)], 1)


def _pool(features: torch.Tensor) -> torch.Tensor:
    return torch.cat([features.mean((2, 3)), features.amax((2, 3))], 1)


def slot_of(thing: Thing) -> str:
    """The slot an object stands in."""
    return min(SLOTS, key=lambda slot: abs(SLOTS[slot][0] - thing.place.x))


def labels_of(scene: Scene) -> list[int]:
    """Label of every head; IGNORE where nothing stands."""
    at = {slot_of(thing): thing for thing in scene.things}
    labels = []
    for slot in SLOTS:
        thing = at.get(slot)
        labels.append(LABELS["noun"].index(thing.noun if thing else "none"))
        labels.append(LABELS["color"].index(thing.color) if thing else IGNORE)
        labels.append(PATTERNS.index(thing.pattern) if thing else IGNORE)
    labels += [LABELS["color"].index(scene.background.color), PATTERNS.index(scene.background.pattern)]
    return [*labels, STYLES.index(scene.style)]


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


def split_logits(logits: torch.Tensor) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Logits by head, and the damage logit."""
    *heads, damage = logits.split([*(len(LABELS[labels]) for labels in HEADS.values()), 1], 1)
    return heads, damage[:, 0]


class _Examples:
    """Batches of whole and damaged pictures; new ones and replayed ones."""

    def __init__(self, vae: AutoencoderKL, size: int, rng: np.random.Generator) -> None:
        self.vae, self.size, self.rng = vae, size, rng
        self.images = np.zeros((4000, size, size, 3), np.uint8)
        self.labels = np.zeros((4000, len(HEADS)), np.int64)
        self.filled = 0

    def batch(self, count: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        for _ in range(count if self.filled < 400 else count // 3):
            at = self.filled if self.filled < len(self.images) else int(self.rng.integers(len(self.images)))
            scene = any_scene(self.rng)
            self.images[at], self.labels[at] = render(scene, self.size), labels_of(scene)
            self.filled = max(self.filled, at + 1)
        chosen = self.rng.integers(0, self.filled, count)
        pixels = to_pixels(self.images[chosen])
        damaged = torch.zeros(count)
        round_trip = count // 8
        tokens = pixels_to_tokens(self.vae, pixels[:round_trip])
        pixels[:round_trip] = tokens_to_pixels(self.vae, tokens, self.size // 16, self.size // 16)
        for i in range(count):
            way = self.rng.random()
            if way < 0.25:
                pixels[i] = damage(pixels[i], self.rng)
                damaged[i] = 1
            elif way < 0.5:
                pixels[i] = blur(pixels[i], self.rng.uniform(0.2, 0.7))
        return (
            pixels + torch.randn_like(pixels) * 0.02 * torch.rand(count, 1, 1, 1),
            torch.from_numpy(self.labels[chosen]),
            damaged,
        )


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


def train_judge(run: Path, model: Path, minutes: float, size: int, seed: int) -> None:
    """Train for some minutes, or go on; writes `run/judge.onnx` and `run/judge.json` with its accuracy on new renders."""
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    judge = Judge()
    parameters = dict(judge.named_parameters())
    step, seconds = 0, 0.0
    restored = load_checkpoint(run / "checkpoint")
    if restored:
        tensors, state = restored
        judge.load_state_dict(tensors)
        step, seconds = state["step"], state["seconds"]
    vae = AutoencoderKL.from_pretrained(model / "vae", torch_dtype=torch.float32).requires_grad_(False)
    examples = _Examples(vae, size, np.random.default_rng([seed, step, rank()]))
    torch.manual_seed(seed + step + rank())
    optimizers = create_optimizers(
        parameters, lambda name, p: p.ndim > 1 and "head" not in name and "damage" not in name, weight_decay=0.01
    )
    clock = Clock(minutes, seconds)
    log = (run / "log.jsonl").open("a")
    while (progress := agree(clock.progress())) < 1:
        set_rates(optimizers, RATES, min(1.0, 0.01 + 1.6 * (1 - progress)))
        pixels, labels, damaged = examples.batch(BATCH)
        heads, damage_logit = split_logits(judge(pixels))
        seen = damaged == 0
        losses = [F.cross_entropy(head[seen], labels[seen, i], ignore_index=IGNORE) for i, head in enumerate(heads)]
        loss = sum(one for one in losses if not one.isnan()) + F.binary_cross_entropy_with_logits(damage_logit, damaged)
        judge.zero_grad()
        loss.backward()
        average_gradients(parameters.values())
        for optimizer in optimizers:
            optimizer.step()
        step += 1
        if rank() == 0 and clock.every("log", 20):
            log.write(json.dumps({"step": step, "seconds": round(clock.total()), "loss": round(loss.item(), 4)}) + "\n")
            log.flush()
        if rank() == 0 and clock.every("save", 120):
            save_checkpoint(run / "checkpoint", dict(judge.state_dict()), {"step": step, "seconds": clock.total()})
    if rank():
        return
    save_checkpoint(run / "checkpoint", dict(judge.state_dict()), {"step": step, "seconds": clock.total()})
    _export(run, judge.eval(), size)


@torch.no_grad()
def measure(judge: Judge, size: int, count: int, seed: int) -> dict[str, dict[str, float]]:
    """Share of right labels on new renders, by style and head."""
    rng = np.random.default_rng(seed)
    right: dict[str, dict[str, list[bool]]] = {}
    for _ in range(count):
        scene = any_scene(rng)
        heads, damage_logit = split_logits(judge(to_pixels(render(scene, size)[None])))
        row = right.setdefault(scene.style, {})
        for name, head, label in zip(HEADS, heads, labels_of(scene)):
            if label != IGNORE:
                key = name if "." not in name or name.startswith("background") else name.split(".")[1]
                row.setdefault(key, []).append(int(head.argmax()) == label)
        row.setdefault("whole", []).append(damage_logit.item() < 0)
    return {style: {key: round(float(np.mean(values)), 4) for key, values in row.items()} for style, row in right.items()}


def _export(run: Path, judge: Judge, size: int) -> None:
    torch.onnx.export(
        judge,
        (torch.zeros(1, 3, size, size),),
        run / "judge.onnx",
        input_names=["pixels"],
        output_names=["logits"],
        dynamo=False,
        opset_version=17,
    )
    accuracy = measure(judge, size, 800, seed=99)
    card = {"size": size, "heads": HEADS, "labels": LABELS, "accuracy": accuracy}
    (run / "judge.json").write_text(json.dumps(card, indent=2) + "\n")
    print(json.dumps(accuracy), flush=True)
