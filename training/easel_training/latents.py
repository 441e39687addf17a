"""Packed latents and their position ids, as the engine builds them."""

import torch
from diffusers import AutoencoderKL

from .layout import DREAMOMNI2, Layout
from .vae import decode, encode


def pack(latents: torch.Tensor) -> torch.Tensor:
    """[N, C, H, W] to tokens [N, H/2 * W/2, 4C]: rows first, features channel-major then (dy, dx)."""
    n, c, h, w = latents.shape
    return latents.view(n, c, h // 2, 2, w // 2, 2).permute(0, 2, 4, 1, 3, 5).reshape(n, h * w // 4, 4 * c)


def unpack(tokens: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """The inverse of `pack`; height and width count tokens."""
    n, _, features = tokens.shape
    c = features // 4
    return tokens.view(n, height, width, c, 2, 2).permute(0, 3, 1, 4, 2, 5).reshape(n, c, 2 * height, 2 * width)


def position_ids(grids: list[tuple[int, int]], layout: Layout = DREAMOMNI2) -> torch.Tensor:
    """Ids of the output and the references after it, float32 [tokens, 3].

    DreamOmni2: reference i has index i in channel 0 and is shifted right by the widths of the references before it;
    the output's width does not count.

    :param grids: (height, width) in tokens of the output, then of each reference.
    :param layout: may leave out the index or the shift.
    """
    ids = []
    shift = 0
    for number, (height, width) in enumerate(grids):
        index = number if layout.index else min(number, 1)
        y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
        ids.append(torch.stack([torch.full_like(y, index), y, x + shift], -1).reshape(-1, 3))
        shift += width if number and layout.shift else 0
    return torch.cat(ids).float()


@torch.no_grad()
def pixels_to_tokens(vae: AutoencoderKL, pixels: torch.Tensor) -> torch.Tensor:
    """Scaled and packed latents of pixels."""
    chunks = [encode(vae, chunk) for chunk in pixels.split(32)]
    return pack((torch.cat(chunks) - vae.config.shift_factor) * vae.config.scaling_factor)


@torch.no_grad()
def tokens_to_pixels(vae: AutoencoderKL, tokens: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Pixels of scaled and packed latents."""
    return decode(vae, unpack(tokens, height, width) / vae.config.scaling_factor + vae.config.shift_factor)
