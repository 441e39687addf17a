"""Write the random vision language models and what transformers makes of them.

Run with torch 2.15, transformers 5.23 and pillow 13.0:
    python test/parity/goldens/vlm/make_vlm_goldens.py
"""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from transformers import PreTrainedTokenizerFast, Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil, smart_resize
from transformers.vision_utils import get_vision_window_index

from tiny_vlm import CHAT_TEMPLATE, IDS, SIZES, Size, processor_config, write_json, write_model

ROOT = Path(__file__).parent
NEW_TOKENS = 64
# Logits of these first steps are stored; the ids of all.
STORED_STEPS = 16

IMAGE_SIZES = {"cup.png": (61, 43), "wide.png": (96, 40), "small.png": (23, 20), "large.png": (150, 110)}


def image() -> dict[str, str]:
    return {"type": "image"}


def text(value: str) -> dict[str, str]:
    return {"type": "text", "text": value}


@dataclass(frozen=True)
class Case:
    name: str
    model: str
    images: list[str]
    messages: list[dict[str, object]]
    repetition_penalty: float | None = None


def user(*content: dict[str, str] | str) -> dict[str, object]:
    parts = [text(part) if isinstance(part, str) else part for part in content]
    return {"role": "user", "content": parts}


CASES = [
    Case("one", "flat", ["cup.png"], [user(image(), "Make the cat blue! It is editing task.")]),
    Case(
        "two", "flat", ["wide.png", "small.png"],
        [user(image(), image(), "Give the cat in image 1 the pattern of image 2. It is editing task.")],
    ),
    Case(
        "four", "flat", ["cup.png", "large.png", "small.png", "wide.png"],
        [
            {"role": "system", "content": "Answer in JSON: größe, 色, 🎨."},
            user("first ", image(), " then ", image()),
            {"role": "assistant", "content": [text("{\"mode\": \"edit\"}")]},
            user(image(), image(), "  two\n\n more,\tplease… it's 12345 "),
        ],
    ),
    Case("none", "nested", [], [{"role": "user", "content": "What can you do? 猫"}]),
    Case("one", "nested", ["large.png"], [user("Describe it.", image())]),
    Case(
        "three", "nested", ["cup.png", "wide.png", "cup.png"],
        [user("1:", image(), "2:", image(), "3:", image(), "Put the red house of 1 into 3.")],
    ),
    Case(
        "four", "nested", ["small.png", "wide.png", "large.png", "cup.png"],
        [user(image(), image(), image(), image(), "Mache die Katze blau")], repetition_penalty=1.3,
    ),
]  # fmt: skip


def main() -> None:
    torch.set_num_threads(1)
    for name in ("models", "images", "cases"):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    write_images()
    processors = {size.name: Qwen2VLImageProcessorPil(**processor_config(size)) for size in SIZES}
    for size in SIZES:
        write_model(size, ROOT / "models" / size.name)
        write_resized(size)
        for case in CASES:
            if case.model == size.name:
                write_case(case, size, processors[size.name])
    write_preprocessing(processors["flat"])


def write_images() -> None:
    """Smooth waves with edges, of another colour each."""
    (ROOT / "images").mkdir()
    for index, (name, (width, height)) in enumerate(IMAGE_SIZES.items()):
        y, x = np.mgrid[0:height, 0:width]
        waves = [np.sin((x * (1 + c) + y * (2 - c)) / (5 + index) + c + index) for c in range(3)]
        values = np.stack(waves, axis=-1) * 110 + 128 - 60 * (x > width // 2)[..., None]
        Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(ROOT / "images" / name, optimize=True)


def resized(name: str, size: Size) -> Image.Image:
    """Rows first, then columns, as torchvision and Pillow before 13 resize: Pillow 13 sometimes turns the order round."""
    picture = Image.open(ROOT / "images" / name).convert("RGB")
    rows, columns = smart_resize(picture.height, picture.width, size.factor, size.min_pixels, size.max_pixels)
    wide = picture.resize((columns, picture.height), Image.Resampling.BICUBIC)
    return wide.resize((columns, rows), Image.Resampling.BICUBIC)


def write_resized(size: Size) -> None:
    folder = ROOT / "images" / f"resized-{size.name}"
    folder.mkdir()
    for name in IMAGE_SIZES:
        resized(name, size).save(folder / name, optimize=True)


@torch.no_grad()
def write_case(case: Case, size: Size, processor: Qwen2VLImageProcessorPil) -> None:
    folder = ROOT / "models" / case.model
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    prompt = tokenizer.apply_chat_template(
        case.messages, chat_template=CHAT_TEMPLATE, tokenize=False, add_generation_prompt=True
    )
    ids = tokenizer(prompt).input_ids
    inputs: dict[str, torch.Tensor] = {}
    grids = []
    if case.images:
        pictures = [resized(name, size) for name in case.images]
        images = processor(images=pictures, return_tensors="pt")
        grids = images["image_grid_thw"].tolist()
        inputs = {"pixel_values": images["pixel_values"], "image_grid_thw": images["image_grid_thw"]}
        ids = expand(ids, [height * width // processor.merge_size**2 for _, height, width in grids])
    inputs["input_ids"] = torch.tensor([ids])
    inputs["mm_token_type_ids"] = (inputs["input_ids"] == IDS["<|image_pad|>"]).int()

    penalty = {} if case.repetition_penalty is None else {"repetition_penalty": case.repetition_penalty}
    result = model.generate(
        **inputs,
        **penalty,
        do_sample=False,
        max_new_tokens=NEW_TOKENS,
        output_logits=True,
        output_scores=True,
        return_dict_in_generate=True,
    )
    new_ids = result.sequences[0, len(ids) :].tolist()
    scores = torch.cat(result.scores).topk(2).values
    margin = (scores[:, 0] - scores[:, 1]).min().item()
    assert len(new_ids) == NEW_TOKENS, f"{case.model}/{case.name} stops after {len(new_ids)} tokens"
    assert margin > 4e-3, f"{case.model}/{case.name} is undecided by {margin}"
    print(case.model, case.name, len(ids), "margin", margin, repr(tokenizer.decode(new_ids)[:60]))

    tensors = {"logits": torch.cat(result.logits)[:STORED_STEPS]}
    positions = torch.arange(len(ids)).expand(3, -1)
    if case.images:
        model.model.rope_deltas = None
        positions, _ = model.model.get_rope_index(
            inputs["input_ids"], inputs["mm_token_type_ids"], image_grid_thw=inputs["image_grid_thw"]
        )
        positions = positions[:, 0]
        features = model.model.get_image_features(inputs["pixel_values"], inputs["image_grid_thw"])
        tensors["image_embeddings"] = torch.cat(features.pooler_output)
    target = ROOT / "cases" / case.model
    target.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.float().contiguous() for name, tensor in tensors.items()}, target / f"{case.name}.safetensors")
    write_json(
        target / f"{case.name}.json",
        {
            "images": case.images,
            "messages": case.messages,
            "repetitionPenalty": case.repetition_penalty,
            "prompt": prompt,
            "inputIds": ids,
            "grids": [[height, width] for _, height, width in grids],
            "positions": positions.tolist(),
            "newIds": new_ids,
            "text": tokenizer.decode(new_ids, skip_special_tokens=True, clean_up_tokenization_spaces=False),
        },
    )


def expand(ids: list[int], counts: list[int]) -> list[int]:
    """One placeholder per merged cell, as the processor of the model writes it."""
    remaining = iter(counts)
    return [
        id
        for token in ids
        for id in ([token] * next(remaining) if token == IDS["<|image_pad|>"] else [token])
    ]


def write_preprocessing(processor: Qwen2VLImageProcessorPil) -> None:
    """Sizes, windows and the patches of the smallest image."""
    published = {"factor": 28, "min_pixels": 3136, "max_pixels": 12845056}
    sizes = [(1024, 1024), (672, 1568), (1, 1), (28, 28), (42, 14), (70, 98), (5000, 4000), (30, 5900), (13, 2600)]
    narrow = {"factor": 8, "min_pixels": 1024, "max_pixels": 8192}
    resizes = [
        {"size": [height, width], **limits, "expected": list(smart_resize(height, width, **limits))}
        for limits in (published, narrow)
        for height, width in sizes
    ]
    windows = []
    for height, width, merge, window, patch in [
        (74, 74, 2, 112, 14), (16, 16, 2, 112, 14), (10, 16, 2, 32, 4), (9, 21, 3, 30, 5), (2, 2, 2, 112, 14),
    ]:  # fmt: skip
        index, boundaries = get_vision_window_index(
            torch.tensor([[1, height, width]]), spatial_merge_size=merge, window_size=window, patch_size=patch
        )
        windows.append(
            {
                "grid": [height, width],
                "merge": merge,
                "cells": window // merge // patch,
                "index": index.tolist(),
                "boundaries": boundaries.tolist(),
            }
        )
    write_json_lines(ROOT / "cases" / "preprocessing.json", {"resizes": resizes, "windows": windows})
    patches = processor(images=[Image.open(ROOT / "images" / "small.png")], return_tensors="pt")["pixel_values"]
    save_file({"patches": patches.float().contiguous()}, ROOT / "cases" / "small-patches.safetensors")


def write_json_lines(path: Path, value: dict[str, list[object]]) -> None:
    """One line an entry: long lists of numbers stay readable in a diff."""
    parts = [
        f'  "{key}": [\n' + ",\n".join(f"    {json.dumps(entry)}" for entry in entries) + "\n  ]"
        for key, entries in value.items()
    ]
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n")


if __name__ == "__main__":
    main()
