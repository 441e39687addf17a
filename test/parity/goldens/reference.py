"""The reference: diffusers' components in float32, put together as DreamOmni2 does."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from diffusers import (
    AutoencoderKL,
    FlowMatchEulerDiscreteScheduler,
    FluxKontextPipeline,
    FluxTransformer2DModel,
)
from diffusers.pipelines.flux.pipeline_flux_kontext import calculate_shift, retrieve_timesteps
from PIL import Image
from torch.nn.functional import pixel_shuffle, pixel_unshuffle
from transformers import CLIPTextModel, CLIPTokenizer, PreTrainedTokenizerFast, T5EncoderModel


@dataclass(frozen=True)
class Case:
    """One picture; `easel render` takes the same values as options."""

    name: str
    model: str
    adapter: str
    prompt: str
    width: int
    height: int
    steps: int = 4
    guidance: float = 3.5
    true_cfg_scale: float = 1.0
    negative_prompt: str | None = None
    images: list[str] = field(default_factory=list)


def load_pipeline(folder: Path) -> FluxKontextPipeline:
    """Load the files as they are, computing in float32, with both adapters."""
    pipeline = FluxKontextPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler.from_pretrained(folder / "scheduler"),
        vae=AutoencoderKL.from_pretrained(folder / "vae", torch_dtype=torch.float32),
        text_encoder=CLIPTextModel.from_pretrained(folder / "text_encoder", dtype=torch.float32),
        tokenizer=CLIPTokenizer.from_pretrained(folder / "tokenizer"),
        text_encoder_2=T5EncoderModel.from_pretrained(folder / "text_encoder_2", dtype=torch.float32),
        tokenizer_2=PreTrainedTokenizerFast.from_pretrained(folder / "tokenizer_2"),
        transformer=FluxTransformer2DModel.from_pretrained(folder / "transformer", torch_dtype=torch.float32),
    )
    pipeline.set_progress_bar_config(disable=True)
    pipeline.load_lora_weights(str(folder / "edit_lora"), adapter_name="edit")
    pipeline.load_lora_weights(str(folder / "gen_lora"), adapter_name="generate")
    # Adapters take the type of their file; the reference computes in float32 throughout.
    pipeline.transformer.to(torch.float32)
    return pipeline


def select_adapter(pipeline: FluxKontextPipeline, adapter: str) -> None:
    if adapter == "none":
        pipeline.disable_lora()
    else:
        pipeline.enable_lora()
        pipeline.set_adapters([adapter], [1.0])


def space_to_depth(pipeline: FluxKontextPipeline) -> int:
    return round((pipeline.vae.config.in_channels / 3) ** 0.5)


def pixels_of(path: Path, multiple: int) -> torch.Tensor:
    """[1, 3, height, width] in [-1, 1], cropped right and bottom to the multiple."""
    values = np.asarray(Image.open(path).convert("RGB"), dtype=np.float32)
    height, width = (side // multiple * multiple for side in values.shape[:2])
    return torch.from_numpy(values[:height, :width] / 127.5 - 1).permute(2, 0, 1)[None]


def encode(pipeline: FluxKontextPipeline, pixels: torch.Tensor) -> torch.Tensor:
    config = pipeline.vae.config
    mode = pipeline.vae.encode(pixel_unshuffle(pixels, space_to_depth(pipeline))).latent_dist.mode()
    return (mode - (config.shift_factor or 0)) * config.scaling_factor


def decode(pipeline: FluxKontextPipeline, latents: torch.Tensor) -> torch.Tensor:
    config = pipeline.vae.config
    unscaled = latents / config.scaling_factor + (config.shift_factor or 0)
    return pixel_shuffle(pipeline.vae.decode(unscaled).sample, space_to_depth(pipeline))


def pack(latents: torch.Tensor) -> torch.Tensor:
    return FluxKontextPipeline._pack_latents(latents, *latents.shape)


def position_ids(index: int, height: int, width: int, first_column: int) -> torch.Tensor:
    ids = torch.zeros(height, width, 3)
    ids[..., 0] = index
    ids[..., 1] = torch.arange(height)[:, None]
    ids[..., 2] = torch.arange(width)[None, :] + first_column
    return ids.reshape(-1, 3)


def reference_tokens(references: list[torch.Tensor]) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Packed latents and ids: reference i has index i, shifted right by the widths of those before it."""
    tokens, ids, first_column = [], [], 0
    for index, latents in enumerate(references, start=1):
        height, width = latents.shape[2] // 2, latents.shape[3] // 2
        tokens.append(pack(latents))
        ids.append(position_ids(index, height, width, first_column))
        first_column += width
    return tokens, ids


@torch.no_grad()
def render(
    pipeline: FluxKontextPipeline, case: Case, images: Path, noise: torch.Tensor, max_text_tokens: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns the packed latents after the last step, before unscaling, and the decoded pixels."""
    select_adapter(pipeline, case.adapter)
    downscale = pipeline.vae_scale_factor * space_to_depth(pipeline)
    height, width = case.height // (2 * downscale), case.width // (2 * downscale)
    pixels = [pixels_of(images / name, 2 * downscale) for name in case.images]
    tokens, ids = reference_tokens([encode(pipeline, image) for image in pixels])
    image_ids = torch.cat([position_ids(0, height, width, 0), *ids])

    def embed(prompt: str):
        return pipeline.encode_prompt(prompt, prompt, max_sequence_length=max_text_tokens)

    conditions = [(1.0, embed(case.prompt))]
    if case.negative_prompt is not None and case.true_cfg_scale > 1:
        conditions = [(case.true_cfg_scale, conditions[0][1]), (1 - case.true_cfg_scale, embed(case.negative_prompt))]

    config = pipeline.scheduler.config
    mu = calculate_shift(
        noise.shape[1], config.base_image_seq_len, config.max_image_seq_len, config.base_shift, config.max_shift
    )
    sigmas = np.linspace(1.0, 1 / case.steps, case.steps)
    timesteps, _ = retrieve_timesteps(pipeline.scheduler, case.steps, "cpu", sigmas=sigmas, mu=mu)
    pipeline.scheduler.set_begin_index(0)
    guidance = torch.tensor([case.guidance]) if pipeline.transformer.config.guidance_embeds else None
    latents = noise
    for timestep in timesteps:
        velocity = torch.zeros_like(latents)
        for weight, (text, pooled, text_ids) in conditions:
            predicted = pipeline.transformer(
                hidden_states=torch.cat([latents, *tokens], dim=1),
                encoder_hidden_states=text,
                pooled_projections=pooled,
                timestep=timestep.expand(1) / 1000,
                guidance=guidance,
                img_ids=image_ids,
                txt_ids=text_ids,
            ).sample
            velocity += weight * predicted[:, : latents.shape[1]]
        latents = pipeline.scheduler.step(velocity, timestep, latents).prev_sample
    unpacked = FluxKontextPipeline._unpack_latents(latents, 2 * height, 2 * width, 1)
    return latents, decode(pipeline, unpacked)


@torch.no_grad()
def assert_matches_pipeline(
    pipeline: FluxKontextPipeline, case: Case, images: Path, noise: torch.Tensor, max_text_tokens: int
) -> None:
    """With at most one reference, all this is what FluxKontextPipeline itself does."""
    select_adapter(pipeline, case.adapter)
    multiple = 2 * pipeline.vae_scale_factor
    # Latents, so that the pipeline neither resizes nor normalizes.
    image = encode(pipeline, pixels_of(images / case.images[0], multiple)) if case.images else None
    expected = pipeline(
        image=image,
        prompt=case.prompt,
        negative_prompt=case.negative_prompt,
        true_cfg_scale=case.true_cfg_scale,
        width=case.width,
        height=case.height,
        max_area=case.width * case.height,
        num_inference_steps=case.steps,
        guidance_scale=case.guidance,
        latents=noise,
        max_sequence_length=max_text_tokens,
        output_type="latent",
    ).images
    actual, _ = render(pipeline, case, images, noise, max_text_tokens)
    torch.testing.assert_close(actual, expected, rtol=1e-4, atol=1e-4)
