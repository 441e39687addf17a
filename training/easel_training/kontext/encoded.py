"""Examples as the transformer takes them: encoded once and kept on disk, so that encoders and transformer never share memory."""

import gc
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import FluxKontextPipeline
from PIL import Image
from safetensors.torch import load_file, save_file

from ..latents import pack
from ..model_folder import device
from ..vae import to_pixels
from .examples import Example
from .resolution import preferred_size, resize


@dataclass(frozen=True)
class Encoded:
    """One encoded example.

    :ivar target: packed latents [tokens, 4 C].
    :ivar references: packed latents of all inputs, one after the other, [their tokens, 4 C].
    :ivar grids: (height, width) in tokens of the target, then of every input.
    :ivar text: states of T5 [length, width].
    :ivar pooled: CLIP's vector [width].
    """

    target: torch.Tensor
    references: torch.Tensor
    grids: list[tuple[int, int]]
    text: torch.Tensor
    pooled: torch.Tensor


@torch.no_grad()
def encode_examples(
    base: str, examples: Iterable[Example], folder: Path, is_edit: bool, side: int, text_tokens: int, dtype: torch.dtype
) -> None:
    """Encode examples with a pipeline's own VAE and text encoders and write one file each.

    :param base: folder or name of a Kontext pipeline; its transformer is not loaded.
    :param is_edit: the target has the size of the first input; else its own preferred one.
    :param side: of the square among the preferred sizes, in pixels.
    """
    pipeline = FluxKontextPipeline.from_pretrained(base, transformer=None, dtype=dtype).to(device())
    multiple = 2 * pipeline.vae_scale_factor
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for number, example in enumerate(examples):
        sizes = [preferred_size(*image.size, side, multiple) for image in (example.target, *example.inputs)]
        if is_edit:
            sizes[0] = sizes[1]
        pictures = [resize(image, size) for image, size in zip((example.target, *example.inputs), sizes)]
        tokens = [_encode(pipeline, picture) for picture in pictures]
        text, pooled, _ = pipeline.encode_prompt(example.prompt, device=device(), max_sequence_length=text_tokens)
        grids = torch.tensor([(height // multiple, width // multiple) for width, height in sizes])
        tensors = {"target": tokens[0], "references": torch.cat(tokens[1:]), "text": text[0], "pooled": pooled[0]}
        save_file({key: value.cpu().contiguous() for key, value in tensors.items()} | {"grids": grids}, _file(fresh, number))
    fresh.rename(folder)
    del pipeline
    gc.collect()
    torch.cuda.empty_cache()


def read_encoded(file: Path) -> Encoded:
    """Read what `encode_examples` wrote."""
    tensors = load_file(file)
    grids = [(int(height), int(width)) for height, width in tensors.pop("grids")]
    return Encoded(grids=grids, **tensors)


def _encode(pipeline: FluxKontextPipeline, picture: Image.Image) -> torch.Tensor:
    """Packed latents of a picture: mode of the VAE, shifted and scaled."""
    vae = pipeline.vae
    pixels = to_pixels(np.array(picture)[None]).to(vae.device, vae.dtype)
    latents = vae.encode(pixels).latent_dist.mode()
    return pack((latents - vae.config.shift_factor) * vae.config.scaling_factor)[0]


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}.safetensors"
