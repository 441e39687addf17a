"""Trains the judge and writes it as ONNX with a card that says how often it is right."""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import nn

from ..model_folder import load_vae
from ..muon import create_optimizers, set_rates
from ..session import Session
from ..vae import to_pixels
from ..workers import average_gradients, rank
from ..world.render import render
from .labels import HEADS, IGNORE, LABELS, WHOLE_HEADS, labels_of
from .network import Judge, split_logits
from .pictures import JudgeBatch, Pictures, any_scene, round_trip

BATCH = 16
#: Learning rates of Muon (matrices and filters) and of AdamW (the rest).
RATES = (0.03, 2e-3)
#: Of the heads in the loss, in their order: the pattern of an object is learnt last.
WEIGHTS = [3 if part == "pattern" and name not in WHOLE_HEADS else 1 for name, part in HEADS.items()]
#: Whole pictures of which at most this share may look damaged: the damage logit is shifted so.
FALSE_DAMAGE = 0.003
#: New pictures for the damage logit, where few decide, and for the accuracy.
FORGIVEN, MEASURED = 2400, 800


def train_judge(run: Path, model: Path, minutes: float, size: int, seed: int) -> None:
    """Train for some minutes, or go on; writes `run/judge.onnx` and `run/judge.json` with its accuracy on new renders."""
    session = Session(run, minutes)
    torch.manual_seed(seed)
    judge = Judge()
    parameters = dict(judge.named_parameters())
    if session.restored:
        judge.load_state_dict(session.restored)
    vae = load_vae(model)
    pictures = Pictures(vae, size, np.random.default_rng([seed, session.step, rank()]))
    torch.manual_seed(seed + session.step + rank())
    optimizers = create_optimizers(
        parameters,
        lambda name, p: p.ndim > 1 and "head" not in name and name.split(".")[0] not in ("damage", "mask"),
        weight_decay=0.01,
    )
    while (progress := session.progress()) < 1:
        set_rates(optimizers, RATES, min(1.0, 0.01 + 1.6 * (1 - progress)))
        loss = _loss(judge, pictures.batch(BATCH))
        judge.zero_grad()
        loss.backward()
        average_gradients(parameters.values())
        for optimizer in optimizers:
            optimizer.step()
        session.advance()
        if session.is_due("log", 20):
            session.write(loss=round(loss.item(), 4))
        if session.is_due("save", 120):
            session.save(judge.state_dict())
    session.save(judge.state_dict())
    if rank() == 0:
        _export(run, judge.eval(), vae, size)


def _loss(judge: Judge, batch: JudgeBatch) -> torch.Tensor:
    """Cross entropy of every head on whole pictures, of the damage, and of the objects' mask."""
    logits, mask_logits = judge(batch.pixels)
    heads, damage_logit = split_logits(logits)
    whole = batch.damaged == 0
    losses = [
        weight * F.cross_entropy(head[whole], batch.labels[whole, i], ignore_index=IGNORE)
        for i, (head, weight) in enumerate(zip(heads, WEIGHTS))
    ]
    damage = F.binary_cross_entropy_with_logits(damage_logit, batch.damaged)
    objects = F.binary_cross_entropy_with_logits(mask_logits[whole], batch.masks[whole])
    return sum(one for one in losses if not one.isnan()) + damage + objects


@torch.no_grad()
def read(judge: Judge, images: np.ndarray) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Logits by head, and damage logits, of uint8 [N, S, S, 3]."""
    logits = [judge(to_pixels(images[start : start + BATCH]))[0] for start in range(0, len(images), BATCH)]
    return split_logits(torch.cat(logits))


def measure(judge: Judge, size: int, count: int, seed: int) -> dict[str, dict[str, float]]:
    """Share of right labels on new renders, by style and head."""
    rng = np.random.default_rng(seed)
    scenes = [any_scene(rng) for _ in range(count)]
    heads, damage_logits = read(judge, np.stack([render(scene, size) for scene in scenes]))
    right: dict[str, dict[str, list[bool]]] = {}
    for i, scene in enumerate(scenes):
        row = right.setdefault(scene.style, {})
        for name, head, label in zip(HEADS, heads, labels_of(scene)):
            if label != IGNORE:
                key = name if "." not in name or name.startswith("background") else name.split(".")[1]
                row.setdefault(key, []).append(int(head[i].argmax()) == label)
        row.setdefault("whole", []).append(damage_logits[i].item() < 0)
    return {style: {key: round(float(np.mean(values)), 4) for key, values in row.items()} for style, row in right.items()}


@torch.no_grad()
def _forgive(judge: Judge, vae: AutoencoderKL, size: int, seed: int) -> None:
    """Shift the damage logit so that few whole pictures, with and without the VAE's traces, are above 0."""
    rng = np.random.default_rng(seed)
    images = np.stack([render(any_scene(rng), size) for _ in range(FORGIVEN)])
    images[::2] = round_trip(vae, images[::2])
    judge.damage.bias -= max(0.0, read(judge, images)[1].quantile(1 - FALSE_DAMAGE).item())


class _Logits(nn.Module):
    """The judge without its mask."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self.judge = judge

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.judge(pixels)[0]


def export_graph(judge: Judge, size: int, file: Path) -> None:
    """Write a judge as ONNX: `pixels` float32 [1, 3, size, size] in [-1, 1] to `logits` [1, L]."""
    torch.onnx.export(
        # The exporter gives a module back in the mode that its outermost part was in.
        _Logits(judge).eval(),
        (torch.zeros(1, 3, size, size),),
        file,
        input_names=["pixels"],
        output_names=["logits"],
        dynamo=False,
        opset_version=17,
    )


def _export(run: Path, judge: Judge, vae: AutoencoderKL, size: int) -> None:
    _forgive(judge, vae, size, seed=98)
    export_graph(judge, size, run / "judge.onnx")
    accuracy = measure(judge, size, MEASURED, seed=99)
    card = {"size": size, "heads": HEADS, "labels": LABELS, "accuracy": accuracy}
    (run / "judge.json").write_text(json.dumps(card, indent=2) + "\n")
    print(json.dumps(accuracy), flush=True)
