"""Opens the parts of a model folder for training and measuring."""

from pathlib import Path

import torch
from diffusers import AutoencoderKL, FluxTransformer2DModel

from .layout import DREAMOMNI2, Layout
from .text import load_text_encoders
from .transformer import Painter


def device() -> torch.device:
    """Where networks run: the GPU where there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def load_painter(model: Path, layout: Layout = DREAMOMNI2) -> Painter:
    """Text encoders and transformer of a model folder, in float32."""
    transformer = FluxTransformer2DModel.from_pretrained(model / "transformer", dtype=torch.float32)
    return Painter(*load_text_encoders(model), transformer, layout).to(device())


def load_vae(model: Path) -> AutoencoderKL:
    """The VAE of a model folder, in float32, frozen."""
    vae = AutoencoderKL.from_pretrained(model / "vae", dtype=torch.float32)
    return vae.to(device(), memory_format=torch.channels_last).eval().requires_grad_(False)
