"""LoRA adapters: where they sit in the transformer, and their files, named as diffusers names them."""

import os
from pathlib import Path

import torch
from diffusers import FluxTransformer2DModel
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict
from safetensors.torch import load_file, save_file

FILE_NAME = "pytorch_lora_weights.safetensors"
#: The attention of all blocks and the feed-forward networks of the double ones.
ATTENTION_AND_FEED_FORWARD = (
    "attn.to_q",
    "attn.to_k",
    "attn.to_v",
    "attn.to_out.0",
    "attn.add_q_proj",
    "attn.add_k_proj",
    "attn.add_v_proj",
    "attn.to_add_out",
    "ff.net.0.proj",
    "ff.net.2",
    "ff_context.net.0.proj",
    "ff_context.net.2",
)
#: Every linear of the blocks but the modulation.
ALL_OF_BLOCKS = (*ATTENTION_AND_FEED_FORWARD, "proj_mlp", "proj_out")


def add_adapter(
    transformer: FluxTransformer2DModel, name: str, rank: int, targets: tuple[str, ...] = ALL_OF_BLOCKS
) -> dict[str, torch.nn.Parameter]:
    """Freeze a transformer and give it a new LoRA, which changes nothing yet.

    :returns: the LoRA's parameters, by their names in the transformer after `transformer.`.
    """
    transformer.requires_grad_(False)
    config = LoraConfig(r=rank, lora_alpha=rank, init_lora_weights="gaussian", target_modules=list(targets))
    transformer.add_adapter(config, adapter_name=name)
    return {f"transformer.{key}": parameter for key, parameter in transformer.named_parameters() if "lora_" in key}


@torch.no_grad()
def load_adapter(trained: dict[str, torch.nn.Parameter], name: str, file: Path) -> None:
    """Fill the parameters of `add_adapter` from a file of the same rank."""
    tensors = load_file(file)
    for key, parameter in trained.items():
        parameter.copy_(tensors[key.replace(f".{name}.", ".")])


def save_adapter(transformer: FluxTransformer2DModel, name: str, file: Path, dtype: torch.dtype = torch.bfloat16) -> None:
    """Write a LoRA, whole or not at all."""
    state = get_peft_model_state_dict(transformer, adapter_name=name)
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(file.name + ".new")
    save_file({f"transformer.{key}": value.cpu().to(dtype).contiguous() for key, value in state.items()}, fresh)
    os.replace(fresh, file)
