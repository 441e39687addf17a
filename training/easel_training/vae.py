"""The VAE: a small AutoencoderKL behind a 4x4 space-to-depth, 8 pixels a latent side, 16 channels."""

import copy
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL

from .average import Average
from .session import Session
from .tasks import Dice
from .trained import Trained
from .workers import average_gradients, rank
from .world.render import render
from .world.vocabulary import CORE, World

UNSHUFFLE = 4
LATENT_CHANNELS = 16
#: Side of training crops in pixels; many small steps learn faster than few large ones.
CROP = 64
POOL = 1500
LEARNING_RATE = 1.5e-3


def create_vae() -> AutoencoderKL:
    """A VAE with random weights."""
    return AutoencoderKL(
        in_channels=3 * UNSHUFFLE**2,
        out_channels=3 * UNSHUFFLE**2,
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        block_out_channels=(64, 128),
        layers_per_block=1,
        latent_channels=LATENT_CHANNELS,
        norm_num_groups=32,
        use_quant_conv=False,
        use_post_quant_conv=False,
        mid_block_add_attention=False,
        sample_size=32,
        scaling_factor=1.0,
        shift_factor=0.0,
    ).to(memory_format=torch.channels_last)


def to_pixels(images: np.ndarray) -> torch.Tensor:
    """uint8 [N, H, W, 3] to float32 [N, 3, H, W] in [-1, 1]."""
    return torch.from_numpy(images).permute(0, 3, 1, 2).float().div(127.5).sub(1)


def to_images(pixels: torch.Tensor) -> np.ndarray:
    """float32 [N, 3, H, W] in [-1, 1] to uint8 [N, H, W, 3]."""
    return (pixels.clamp(-1, 1) * 127.5 + 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()


def encode(vae: AutoencoderKL, pixels: torch.Tensor) -> torch.Tensor:
    """Mode of the latents, before shift and scale: [N, 16, H/8, W/8]."""
    packed = F.pixel_unshuffle(pixels, UNSHUFFLE).contiguous(memory_format=torch.channels_last)
    return vae.encode(packed).latent_dist.mode()


def decode(vae: AutoencoderKL, latents: torch.Tensor) -> torch.Tensor:
    """Pixels of latents before shift and scale: [N, 3, H, W]."""
    return F.pixel_shuffle(vae.decode(latents.contiguous(memory_format=torch.channels_last)).sample, UNSHUFFLE)


def train_vae(run: Path, minutes: float, seed: int, size: int = 128, decoder_only: bool = False, world: World = CORE) -> None:
    """Train for some minutes, or go on; the average is written to `run/vae` as diffusers reads it.

    The loss (4 MSE + L1/4 + gradient L1/4 and a small latent penalty) learned twice as fast as L1 alone.

    :param decoder_only: keep the encoder, and so every latent, as it is.
    """
    session = Session(run, minutes)
    torch.manual_seed(seed)
    vae = create_vae()
    parameters = dict(vae.named_parameters())
    average = Average(parameters, 0.997)
    whole = Trained(parameters, average, [])
    if session.restored:
        whole.restore(session.restored, session.step)
    rng = np.random.default_rng([seed, session.step, rank()])
    torch.manual_seed(seed + session.step + rank())
    trained = {name: p for name, p in parameters.items() if not (decoder_only and name.startswith("encoder."))}
    for name, parameter in parameters.items():
        parameter.requires_grad_(name in trained)
    optimizer = torch.optim.AdamW(trained.values(), lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0)
    dice = Dice(rng, world)
    pool = np.stack([render(dice.seen_scene(), size) for _ in range(POOL)])
    smooth = None
    while (progress := session.progress()) < 1:
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(1, (session.step - session.first_step + 1) / 50) * min(1, 0.02 + 2 * (1 - progress))
        crop, batch = (CROP, 6) if progress < 0.85 else (size, 2)
        pool[rng.integers(POOL)] = render(dice.seen_scene(), size)
        corner = rng.integers(0, (size - crop) // 4 + 1, (batch, 2)) * 4
        chosen = rng.integers(0, POOL, batch)
        pixels = to_pixels(np.stack([pool[i, y : y + crop, x : x + crop] for i, (y, x) in zip(chosen, corner)]))
        latents = encode(vae, pixels)
        output = decode(vae, latents + torch.randn_like(latents) * 0.03 * latents.detach().std())
        loss, l1 = _loss(output, pixels, latents)
        optimizer.zero_grad()
        loss.backward()
        average_gradients(trained.values())
        torch.nn.utils.clip_grad_norm_(trained.values(), 0.5)
        optimizer.step()
        session.advance()
        average.update(parameters, session.step)
        smooth = l1 if smooth is None else 0.97 * smooth + 0.03 * l1
        if session.is_due("log", 20):
            session.write(l1=round(smooth, 4))
        if session.is_due("save", 180):
            session.save(whole.tensors())
    session.save(whole.tensors())
    if rank() == 0:
        _export(run, vae, average, pool[:64])


def _loss(output: torch.Tensor, pixels: torch.Tensor, latents: torch.Tensor) -> tuple[torch.Tensor, float]:
    difference = output - pixels
    l1 = difference.abs().mean()
    gradient = (difference[..., 1:] - difference[..., :-1]).abs().mean() + (
        difference[..., 1:, :] - difference[..., :-1, :]
    ).abs().mean()
    return 4 * difference.square().mean() + 0.25 * l1 + 0.25 * gradient + 1e-4 * latents.square().mean(), l1.item()


@torch.no_grad()
def _export(run: Path, vae: AutoencoderKL, average: Average, images: np.ndarray) -> None:
    """Write the averaged VAE; shift and scale make the latents of the world zero-mean with deviation 1."""
    model = copy.deepcopy(vae)
    average.copy_to(dict(model.named_parameters()))
    pixels = to_pixels(images)
    latents = encode(model, pixels)
    output = decode(model, latents)
    error = ((output.clamp(-1, 1) - pixels) ** 2).mean((1, 2, 3)) / 4
    psnr = (-10 * torch.log10(error)).mean().item()
    if (run / "scale.json").exists():
        scale = json.loads((run / "scale.json").read_text())
    else:
        scale = {"shift_factor": latents.mean().item(), "scaling_factor": 1 / latents.std().item()}
        (run / "scale.json").write_text(json.dumps(scale))
    model.register_to_config(**scale)
    model.save_pretrained(run / "vae")
    print(json.dumps({"psnr": round(psnr, 2), **scale}), flush=True)
    from PIL import Image

    sheet = np.concatenate([np.concatenate(list(x[:8]), 1) for x in (images, to_images(output))], 0)
    Image.fromarray(sheet).save(run / "vae.png")
