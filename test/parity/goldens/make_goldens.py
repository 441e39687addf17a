"""Write the tiny models and what diffusers, transformers and peft make of them.

Run with torch 2.15, diffusers 0.42.1, transformers 5.23, peft 0.21 and pillow:
    python test/parity/goldens/make_goldens.py
"""

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file

import reference
from reference import Case
from tiny_models import LATENT_CHANNELS, SIZES, Size, write_model
from tiny_tokenizers import write_json

ROOT = Path(__file__).parent
MODELS = ROOT / "models"
IMAGES = ROOT / "images"
NETWORKS = ROOT / "networks"
RENDERS = ROOT / "renders"
DEFAULT_TEXT_TOKENS = 512

IMAGE_SIZES = {"first.png": (32, 24), "second.png": (26, 41), "third.png": (48, 18)}

CASES = [
    Case("text-to-image", "small", "none", "A blue dotted bird.", 32, 32),
    Case("one-reference", "small", "none", "Make it sketch.", 32, 24, images=["first.png"]),
    Case(
        "edit-two-references", "small", "edit", "Give the cat in image 1 the pattern of the ball in image 2.",
        32, 24, steps=6, images=["first.png", "second.png"],
    ),
    Case(
        "generate-three-references", "wide", "generate", "The boat from image 1 in the style of image 3.",
        32, 40, images=["second.png", "third.png", "first.png"],
    ),
    Case(
        "true-cfg", "wide", "edit", "Replace the star in image 1 with the tree from image 2.", 24, 32,
        true_cfg_scale=2.5, negative_prompt="", images=["first.png", "third.png"],
    ),
    Case("space-to-depth", "medium", "generate", "A red house", 40, 32, images=["third.png", "second.png"]),
    Case("space-to-depth-text-only", "medium", "edit", "Übergrößen: 3 keys, don't! 鍵", 32, 32, steps=3),
]  # fmt: skip


def main() -> None:
    torch.set_num_threads(2)
    for folder in (MODELS, IMAGES, NETWORKS, RENDERS):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    write_images()
    for size in SIZES:
        write_model(size, MODELS / size.name)
        pipeline = reference.load_pipeline(MODELS / size.name)
        write_networks(size, pipeline)
        for index, case in enumerate(CASES):
            if case.model == size.name:
                write_render(size, pipeline, case, seed=100 + index)
    write_json(RENDERS / "cases.json", [as_options(case) for case in CASES])


def write_images() -> None:
    """Smooth gradients with an edge, each of another colour: small as PNG, different everywhere."""
    for index, (name, (width, height)) in enumerate(IMAGE_SIZES.items()):
        y, x = np.mgrid[0:height, 0:width]
        waves = [np.sin((x * (1 + c) + y * (2 - c)) / (5 + index) + c + index) for c in range(3)]
        values = np.stack(waves, axis=-1) * 100 + 128 - 40 * (x > width // 2)[..., None]
        Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(IMAGES / name, optimize=True)


@torch.no_grad()
def write_networks(size: Size, pipeline) -> None:
    """Inputs and outputs of every network; names are `network/case/tensor`."""
    generator = torch.Generator().manual_seed(size.seed + 1000)
    tensors: dict[str, torch.Tensor] = {}

    def random(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator)

    multiple = 2 * pipeline.vae_scale_factor * reference.space_to_depth(pipeline)
    for name, (rows, columns) in {"square": (2, 2), "tall": (3, 1)}.items():
        pixels = random(1, 3, rows * multiple, columns * multiple).clamp(-1, 1)
        latents = random(1, LATENT_CHANNELS, 2 * rows, 2 * columns)
        tensors[f"encoder/{name}/pixels"] = pixels
        tensors[f"encoder/{name}/latents"] = reference.encode(pipeline, pixels)
        tensors[f"decoder/{name}/latents"] = latents
        tensors[f"decoder/{name}/pixels"] = reference.decode(pipeline, latents)

    for name, prompt in {"short": "A red cat.", "long": "Give image 1 the style of image 2. " * 12}.items():
        clip = pipeline.tokenizer(
            prompt, padding="max_length", max_length=77, truncation=True, return_tensors="pt"
        ).input_ids
        t5 = pipeline.tokenizer_2(prompt, return_tensors="pt").input_ids
        tensors[f"clip/{name}/input_ids"] = clip.float()
        tensors[f"clip/{name}/pooled"] = pipeline.text_encoder(clip).pooler_output
        tensors[f"t5/{name}/input_ids"] = t5.float()
        tensors[f"t5/{name}/hidden_states"] = pipeline.text_encoder_2(t5).last_hidden_state

    grids = {0: [], 1: [(2, 3)], 2: [(3, 2), (2, 4)], 3: [(1, 5), (4, 1), (2, 2)]}
    adapters = {0: ["none"], 1: ["none", "edit"], 2: ["edit", "generate"], 3: ["none", "generate"]}
    for count, grid in grids.items():
        inputs = transformer_inputs(size, grid, random)
        prefix = f"transformer/{count}-references"
        tensors.update({f"{prefix}/{name}": value for name, value in inputs.items()})
        for adapter in adapters[count]:
            reference.select_adapter(pipeline, adapter)
            velocity = pipeline.transformer(**inputs).sample[:, : output_tokens(count)]
            tensors[f"{prefix}/velocity-{adapter}"] = velocity
    write_far_ids(size, pipeline, random, tensors)
    save_file({name: value.float().contiguous() for name, value in tensors.items()}, NETWORKS / f"{size.name}.safetensors")


def write_far_ids(size: Size, pipeline, random, tensors: dict[str, torch.Tensor]) -> None:
    """A reference as far to the right as five large pictures reach: here angles lose precision first."""
    inputs = transformer_inputs(size, [(2, 2)], random)
    inputs["img_ids"][output_tokens(1) :] += torch.tensor([4.0, 97.0, 493.0])
    reference.select_adapter(pipeline, "none")
    velocity = pipeline.transformer(**inputs).sample[:, : output_tokens(1)]
    tensors.update({f"transformer/far-reference/{name}": value for name, value in inputs.items()})
    tensors["transformer/far-reference/velocity-none"] = velocity


def output_tokens(count: int) -> int:
    return 3 * (2 + count)


def transformer_inputs(size: Size, grid: list[tuple[int, int]], random) -> dict[str, torch.Tensor]:
    height, width = 3, output_tokens(len(grid)) // 3
    references = [random(1, LATENT_CHANNELS, 2 * rows, 2 * columns) for rows, columns in grid]
    tokens, ids = reference.reference_tokens(references)
    noise = reference.pack(random(1, LATENT_CHANNELS, 2 * height, 2 * width))
    inputs = {
        "hidden_states": torch.cat([noise, *tokens], dim=1),
        "encoder_hidden_states": random(1, 5 + len(grid), size.text_size),
        "pooled_projections": random(1, size.pooled_size),
        "timestep": torch.tensor([0.9231 - 0.3 * len(grid)]),
        "img_ids": torch.cat([reference.position_ids(0, height, width, 0), *ids]),
        "txt_ids": torch.zeros(5 + len(grid), 3),
    }
    return inputs | ({"guidance": torch.tensor([3.5])} if size.guidance else {})


def write_render(size: Size, pipeline, case: Case, seed: int) -> None:
    multiple = 2 * pipeline.vae_scale_factor * reference.space_to_depth(pipeline)
    tokens = (case.height // multiple) * (case.width // multiple)
    noise = torch.randn(1, tokens, 4 * LATENT_CHANNELS, generator=torch.Generator().manual_seed(seed))
    max_text_tokens = size.max_text_tokens or DEFAULT_TEXT_TOKENS
    if size.space_to_depth == 1 and len(case.images) < 2:
        reference.assert_matches_pipeline(pipeline, case, IMAGES, noise, max_text_tokens)
    latents, pixels = reference.render(pipeline, case, IMAGES, noise, max_text_tokens)
    save_file({"latents": noise}, RENDERS / f"{case.name}.noise.safetensors")
    save_file({"latents": latents, "pixels": pixels.contiguous()}, RENDERS / f"{case.name}.expected.safetensors")


def as_options(case: Case) -> dict[str, object]:
    """The names of the render request; tests read this file."""
    values = asdict(case)
    values["trueCfgScale"] = values.pop("true_cfg_scale")
    values["negativePrompt"] = values.pop("negative_prompt")
    return json.loads(json.dumps(values))


if __name__ == "__main__":
    main()
