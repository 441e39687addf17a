"""The network: transformers' Qwen2.5-VL, small, and the folder that the engine opens."""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

from .prompt import CHAT_TEMPLATE, TEMPLATE
from .tokenizer import SPECIAL

#: Side of a picture, of a patch of it, and of the cell of patches that is one token.
SIDE, PATCH, MERGE = 128, 16, 2
#: Patches of a picture a side, and tokens of a picture.
GRID = SIDE // PATCH
IMAGE_TOKENS = (GRID // MERGE) ** 2
MEAN = (0.48145466, 0.4578275, 0.40821073)
DEVIATION = (0.26862954, 0.26130258, 0.27577711)
MAX_POSITIONS = 4096
#: The longest answer: eight pictures described, and the reading.
MAX_NEW_TOKENS = 256
MAX_PARAMETERS = 5_000_000


def create_network(tokenizer: Tokenizer) -> Qwen2_5_VLForConditionalGeneration:
    """The network with random weights; fewer than MAX_PARAMETERS."""
    ids = {text: tokenizer.token_to_id(text) for text in SPECIAL}
    config = Qwen2_5_VLConfig(
        text_config={
            "vocab_size": tokenizer.get_vocab_size(),
            "hidden_size": 256,
            "intermediate_size": 512,
            "num_hidden_layers": 5,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "max_position_embeddings": MAX_POSITIONS,
            "rms_norm_eps": 1e-6,
            "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0, "mrope_section": [8, 12, 12]},
            "bos_token_id": ids["<|endoftext|>"],
            "eos_token_id": ids["<|im_end|>"],
            "pad_token_id": ids["<|endoftext|>"],
            "tie_word_embeddings": True,
        },
        vision_config={
            "depth": 3,
            "hidden_size": 128,
            "intermediate_size": 256,
            "num_heads": 4,
            "out_hidden_size": 256,
            "patch_size": PATCH,
            "spatial_merge_size": MERGE,
            "temporal_patch_size": 2,
            "window_size": SIDE,
            "fullatt_block_indexes": [0, 1, 2],
        },
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|endoftext|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
        tie_word_embeddings=True,
    )
    network = Qwen2_5_VLForConditionalGeneration(config)
    count = sum(parameter.numel() for parameter in network.parameters())
    if count > MAX_PARAMETERS:
        raise ValueError(f"{count} parameters, {MAX_PARAMETERS} at most")
    return network


def load_network(folder: Path) -> Qwen2_5_VLForConditionalGeneration:
    """The published network, in float32."""
    network = create_network(Tokenizer.from_file(str(folder / "tokenizer.json")))
    tensors = {name: value.float() for name, value in load_file(folder / "model.safetensors").items()}
    missing = set(network.load_state_dict(tensors, strict=False).missing_keys) - {"lm_head.weight"}
    if missing:
        raise ValueError(f"{folder}: tensors are missing: {sorted(missing)}")
    network.tie_weights()
    return network


def publish(folder: Path, network: Qwen2_5_VLForConditionalGeneration, tokenizer: Tokenizer) -> None:
    """Write the folder: weights in bfloat16, the tokenizer, how pictures are prepared, how the model is asked."""
    folder.mkdir(parents=True, exist_ok=True)
    network.config.architectures = ["Qwen2_5_VLForConditionalGeneration"]
    network.config.to_json_file(folder / "config.json")
    trained = dict(network.named_parameters())
    save_file(
        {name: value.detach().cpu().bfloat16().contiguous() for name, value in trained.items()}, folder / "model.safetensors"
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE)
    stops = [tokenizer.token_to_id("<|im_end|>"), tokenizer.token_to_id("<|endoftext|>")]
    files = {
        "tokenizer_config.json": {
            "tokenizer_class": "Qwen2Tokenizer",
            "eos_token": "<|im_end|>",
            "pad_token": "<|endoftext|>",
            "model_max_length": MAX_POSITIONS,
        },
        "generation_config.json": {"eos_token_id": stops, "pad_token_id": stops[1]},
        "preprocessor_config.json": {
            "image_processor_type": "Qwen2VLImageProcessor",
            "min_pixels": SIDE**2,
            "max_pixels": SIDE**2,
            "patch_size": PATCH,
            "merge_size": MERGE,
            "temporal_patch_size": 2,
            "image_mean": MEAN,
            "image_std": DEVIATION,
        },
        # Tells the product that this model answers with a reading, and by which template it is asked.
        "easel.json": {"template": TEMPLATE.stem, "maxNewTokens": MAX_NEW_TOKENS},
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, indent=2) + "\n")


def cut_patches(pictures: np.ndarray) -> torch.Tensor:
    """Patches as the image processor cuts them, cell by cell, each frame twice.

    :param pictures: uint8 [N, SIDE, SIDE, 3].
    :returns: float32 [N * GRID * GRID, 3 * 2 * PATCH * PATCH].
    """
    values = (pictures.astype(np.float32) / 255 - np.array(MEAN, np.float32)) / np.array(DEVIATION, np.float32)
    cells = GRID // MERGE
    split = values.reshape(len(pictures), cells, MERGE, PATCH, cells, MERGE, PATCH, 3)
    ordered = split.transpose(0, 1, 4, 2, 5, 7, 3, 6)
    frames = np.repeat(ordered[:, :, :, :, :, :, None], 2, 6)
    return torch.from_numpy(np.ascontiguousarray(frames.reshape(len(pictures) * GRID * GRID, -1)))


def position_ids(ids: list[int], image_id: int) -> np.ndarray:
    """Time, row and column of every token: int64 [3, tokens]; text goes on behind the longer side of a picture."""
    positions = np.zeros((3, len(ids)), np.int64)
    side = GRID // MERGE
    next_position, token = 0, 0
    while token < len(ids):
        if ids[token] != image_id:
            positions[:, token] = next_position
            next_position, token = next_position + 1, token + 1
            continue
        span = slice(token, token + IMAGE_TOKENS)
        rows, columns = np.divmod(np.arange(IMAGE_TOKENS), side)
        positions[:, span] = next_position + np.stack([np.zeros_like(rows), rows, columns])
        next_position, token = next_position + side, token + IMAGE_TOKENS
    return positions
