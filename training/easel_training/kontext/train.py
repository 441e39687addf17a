"""Trains a LoRA on Kontext's frozen transformer: flow matching on encoded examples, bfloat16 on CUDA.

The released adapters' batch and learning rate are the paper's; their rank is not published: 128 in float32, on attention and
feed-forward networks, has the size of the released files to the byte.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import FluxTransformer2DModel

from ..adapter import ATTENTION_AND_FEED_FORWARD, FILE_NAME, add_adapter, load_adapter, save_adapter
from ..latents import position_ids
from ..model_folder import device
from ..sampler import time_shift
from .encoded import Encoded, encode_examples, read_encoded
from .examples import read_examples, sticker_examples

#: What `--data` names in place of a folder: tasks of the sticker world.
STICKERS = "stickers"
#: Guidance that the distilled model is told, as when it paints.
GUIDANCE = 3.5
WARM_UP_STEPS = 50
SAVE_STEPS = 250


@dataclass(frozen=True)
class KontextSettings:
    """How a LoRA is trained on Kontext.

    :ivar base: folder or name of a pipeline as diffusers writes it.
    :ivar data: `stickers`, or a folder with `cases.jsonl`.
    :ivar adapter: `edit` or `generate`.
    :ivar steps: of the optimizer, in this session.
    :ivar batch: examples a step; computed one by one.
    :ivar side: of the square among the preferred sizes, in pixels.
    :ivar text_tokens: length of T5's input; at most 512.
    :ivar tasks: how many sticker tasks are drawn.
    """

    base: str
    data: str
    adapter: str
    steps: int
    batch: int = 16
    rank: int = 128
    rate: float = 5e-6
    side: int = 1024
    text_tokens: int = 512
    tasks: int = 2000
    seed: int = 1


def train_kontext(run: Path, settings: KontextSettings) -> Path:
    """Encode the examples where that is not done, then train; goes on from the run's LoRA, with new moments.

    :param run: holds the encoded examples, `log.jsonl` and the LoRA.
    :returns: the LoRA's file.
    """
    run.mkdir(parents=True, exist_ok=True)
    dtype = torch.bfloat16 if device().type == "cuda" else torch.float32
    folder = run / "encoded"
    if not folder.exists():
        examples = _examples(settings)
        is_edit = settings.adapter == "edit"
        encode_examples(settings.base, examples, folder, is_edit, settings.side, settings.text_tokens, dtype)
    transformer, trained = open_transformer(settings, dtype)
    file = run / FILE_NAME
    if file.exists():
        load_adapter(trained, settings.adapter, file)
    _fit(run, transformer, trained, settings, sorted(folder.glob("*.safetensors")))
    save_adapter(transformer, settings.adapter, file, torch.float32)
    return file


def open_transformer(
    settings: KontextSettings, dtype: torch.dtype
) -> tuple[FluxTransformer2DModel, dict[str, torch.nn.Parameter]]:
    """The base's frozen transformer with a new LoRA in float32, which recomputes activations; and the LoRA's parameters."""
    transformer = FluxTransformer2DModel.from_pretrained(settings.base, subfolder="transformer", dtype=dtype).to(device())
    trained = add_adapter(transformer, settings.adapter, settings.rank, ATTENTION_AND_FEED_FORWARD)
    for parameter in trained.values():
        # Steps of 5e-6 vanish in bfloat16.
        parameter.data = parameter.data.float()
    transformer.enable_gradient_checkpointing()
    transformer.train()
    return transformer, trained


def velocity_loss(transformer: FluxTransformer2DModel, example: Encoded, generator: torch.Generator) -> torch.Tensor:
    """Mean squared error of the velocity of one example's target at a random noise level, shifted as when painting.

    :param generator: of level and noise, on the CPU.
    """
    place, dtype = transformer.device, transformer.dtype
    clean = example.target.float()
    noise = torch.randn(clean.shape, generator=generator)
    shift = time_shift(len(clean))
    level = torch.sigmoid(torch.randn(1, generator=generator))
    level = shift * level / (1 + (shift - 1) * level)
    tokens = torch.cat([(1 - level) * clean + level * noise, example.references.float()])
    guidance = torch.full((1,), GUIDANCE, device=place) if transformer.config.guidance_embeds else None
    with torch.autocast(place.type, torch.bfloat16, enabled=dtype == torch.bfloat16):
        velocity = transformer(
            hidden_states=tokens[None].to(place, dtype),
            encoder_hidden_states=example.text[None].to(place, dtype),
            pooled_projections=example.pooled[None].to(place, dtype),
            timestep=level.to(place),
            guidance=guidance,
            img_ids=position_ids(example.grids).to(place),
            txt_ids=torch.zeros(len(example.text), 3, device=place),
            return_dict=False,
        )[0]
    wanted = (noise - clean).to(place)
    return (velocity[0, : len(clean)].float() - wanted).square().mean()


def _fit(
    run: Path,
    transformer: FluxTransformer2DModel,
    trained: dict[str, torch.nn.Parameter],
    settings: KontextSettings,
    files: list[Path],
) -> None:
    optimizer = torch.optim.AdamW(trained.values(), lr=settings.rate, weight_decay=1e-4)
    before = _last_row(run / "log.jsonl")
    generator = torch.Generator().manual_seed(settings.seed + before["step"])
    order = _endless(files, settings.seed + before["step"])
    start = time.monotonic()
    log = (run / "log.jsonl").open("a")
    for step in range(1, settings.steps + 1):
        for group in optimizer.param_groups:
            group["lr"] = settings.rate * min(1, step / WARM_UP_STEPS)
        total = 0.0
        for _ in range(settings.batch):
            loss = velocity_loss(transformer, read_encoded(next(order)), generator) / settings.batch
            loss.backward()
            total += loss.item()
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        row = {
            "step": before["step"] + step,
            "samples": before["samples"] + step * settings.batch,
            "seconds": round(before["seconds"] + time.monotonic() - start, 1),
            "loss": round(total, 4),
        }
        log.write(json.dumps(row) + "\n")
        log.flush()
        if step % SAVE_STEPS == 0:
            save_adapter(transformer, settings.adapter, run / FILE_NAME, torch.float32)


def _examples(settings: KontextSettings) -> Iterator:
    if settings.data == STICKERS:
        return sticker_examples(settings.adapter, settings.tasks, settings.side, settings.seed)
    return read_examples(Path(settings.data), settings.seed)


def _endless(files: list[Path], seed: int) -> Iterator[Path]:
    """All files in a new order, again and again."""
    rng = np.random.default_rng(seed)
    while True:
        yield from (files[int(i)] for i in rng.permutation(len(files)))


def _last_row(log: Path) -> dict[str, float]:
    lines = log.read_text().splitlines() if log.exists() else []
    return json.loads(lines[-1]) if lines else {"step": 0, "samples": 0, "seconds": 0}
