"""Complete random models of a few ten thousand parameters, in the folder layout of diffusers."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, FluxTransformer2DModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, T5Config, T5EncoderModel

from tiny_tokenizers import CLIP_LENGTH, write_clip_tokenizer, write_json, write_t5_tokenizer


@dataclass(frozen=True)
class Size:
    name: str
    seed: int
    heads: int
    head_size: int
    rope_axes: tuple[int, int, int]
    double_blocks: int
    single_blocks: int
    guidance: bool
    text_size: int
    text_layers: int
    pooled_size: int
    legacy_eos: bool
    vae_channels: tuple[int, ...]
    vae_layers: int
    norm_groups: int
    space_to_depth: int
    mid_attention: bool
    quant_conv: bool
    shift: float | None
    transformer_type: torch.dtype
    other_type: torch.dtype
    sharded: bool
    # None leaves easel.json out.
    max_text_tokens: int | None


SIZES = [
    Size(
        name="small", seed=11, heads=2, head_size=16, rope_axes=(4, 6, 6), double_blocks=1, single_blocks=1,
        guidance=True, text_size=24, text_layers=1, pooled_size=16, legacy_eos=True,
        vae_channels=(8, 16), vae_layers=1, norm_groups=4, space_to_depth=1, mid_attention=True, quant_conv=False,
        shift=0.1159, transformer_type=torch.bfloat16, other_type=torch.float32, sharded=False, max_text_tokens=32,
    ),
    Size(
        name="medium", seed=12, heads=3, head_size=16, rope_axes=(4, 4, 8), double_blocks=2, single_blocks=2,
        guidance=False, text_size=32, text_layers=2, pooled_size=24, legacy_eos=False,
        vae_channels=(8, 16), vae_layers=2, norm_groups=2, space_to_depth=2, mid_attention=False, quant_conv=True,
        shift=None, transformer_type=torch.float16, other_type=torch.bfloat16, sharded=True, max_text_tokens=None,
    ),
    Size(
        name="wide", seed=13, heads=4, head_size=12, rope_axes=(2, 4, 6), double_blocks=1, single_blocks=3,
        guidance=True, text_size=40, text_layers=2, pooled_size=32, legacy_eos=True,
        vae_channels=(8, 8, 16), vae_layers=1, norm_groups=4, space_to_depth=1, mid_attention=True, quant_conv=False,
        shift=-0.05, transformer_type=torch.float32, other_type=torch.float16, sharded=False, max_text_tokens=24,
    ),
]  # fmt: skip

LATENT_CHANNELS = 4
SCALING = 0.3611


def write_model(size: Size, folder: Path) -> None:
    """Write every component of the model with random weights."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    generator = torch.Generator().manual_seed(size.seed)
    clip_vocabulary = write_clip_tokenizer(folder / "tokenizer")
    t5_vocabulary = write_t5_tokenizer(folder / "tokenizer_2", max_length=512)

    transformer = FluxTransformer2DModel(
        in_channels=4 * LATENT_CHANNELS,
        num_layers=size.double_blocks,
        num_single_layers=size.single_blocks,
        attention_head_dim=size.head_size,
        num_attention_heads=size.heads,
        joint_attention_dim=size.text_size,
        pooled_projection_dim=size.pooled_size,
        guidance_embeds=size.guidance,
        axes_dims_rope=size.rope_axes,
    )
    randomize(transformer, generator)
    shard = {"max_shard_size": "150KB"} if size.sharded else {}
    transformer.to(size.transformer_type).save_pretrained(folder / "transformer", **shard)

    levels = len(size.vae_channels)
    vae = AutoencoderKL(
        in_channels=3 * size.space_to_depth**2,
        out_channels=3 * size.space_to_depth**2,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        block_out_channels=size.vae_channels,
        layers_per_block=size.vae_layers,
        latent_channels=LATENT_CHANNELS,
        norm_num_groups=size.norm_groups,
        scaling_factor=SCALING,
        shift_factor=size.shift,
        use_quant_conv=size.quant_conv,
        use_post_quant_conv=size.quant_conv,
        mid_block_add_attention=size.mid_attention,
    )
    randomize(vae, generator)
    vae.to(size.other_type).save_pretrained(folder / "vae")

    clip = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=clip_vocabulary,
            hidden_size=size.pooled_size,
            intermediate_size=2 * size.pooled_size,
            num_hidden_layers=size.text_layers,
            num_attention_heads=2,
            max_position_embeddings=CLIP_LENGTH,
            hidden_act="quick_gelu",
            bos_token_id=0 if size.legacy_eos else clip_vocabulary - 2,
            eos_token_id=2 if size.legacy_eos else clip_vocabulary - 1,
        )
    )
    randomize(clip, generator)
    clip.to(size.other_type).save_pretrained(folder / "text_encoder")

    t5 = T5EncoderModel(
        T5Config(
            vocab_size=t5_vocabulary,
            d_model=size.text_size,
            d_kv=8,
            d_ff=2 * size.text_size,
            num_layers=size.text_layers,
            num_heads=3,
            feed_forward_proj="gated-gelu",
        )
    )
    randomize(t5, generator)
    t5.to(size.other_type).save_pretrained(folder / "text_encoder_2")

    FlowMatchEulerDiscreteScheduler(
        shift=3.0,
        use_dynamic_shifting=True,
        base_image_seq_len=16,
        max_image_seq_len=256,
        base_shift=0.5,
        max_shift=1.15,
    ).save_pretrained(folder / "scheduler")
    write_json(folder / "model_index.json", model_index())
    write_adapters(size, transformer, folder, generator)
    if size.max_text_tokens is not None:
        write_json(folder / "easel.json", manifest(size))


def randomize(module: torch.nn.Module, generator: torch.Generator) -> None:
    """Keep activations of order one, and every bias, norm and table away from its trivial value."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.dim() == 1:
                parameter.copy_((1 if name.endswith("weight") else 0) + 0.2 * noise)
            elif "shared" in name or "embed" in name and "embedder" not in name or "relative" in name:
                parameter.copy_(noise)
            else:
                parameter.copy_(noise / parameter[0].numel() ** 0.5)


def write_adapters(
    size: Size, transformer: FluxTransformer2DModel, folder: Path, generator: torch.Generator
) -> None:
    """Two LoRAs that cover other modules with other ranks and say their alpha in other ways."""
    linears = {name: m for name, m in transformer.named_modules() if isinstance(m, torch.nn.Linear)}
    edit_ranks = {
        name: 6 if ".to_q" in name else 2 if "ff" in name else 4
        for name in linears
        if any(part in name for part in (".attn.", ".ff.", "proj_mlp", "proj_out", "x_embedder"))
    }
    generate_ranks = {
        name: 3
        for name in linears
        if any(part in name for part in ("to_v", "add_", "ff_context", "norm1.linear", ".proj_out", "linear_2"))
    }
    metadata = {
        "transformer.r": 4,
        "transformer.lora_alpha": 2,
        "transformer.target_modules": sorted(edit_ranks),
        "transformer.rank_pattern": {name: rank for name, rank in edit_ranks.items() if rank != 4},
        "transformer.alpha_pattern": {name: 9 for name, rank in edit_ranks.items() if rank == 6},
        "transformer.use_rslora": False,
        "transformer.use_dora": False,
        "transformer.lora_bias": False,
    }
    edit = lora_factors(linears, edit_ranks, generator)
    write_lora(folder / "edit_lora", edit, torch.float32, {"lora_adapter_metadata": json.dumps(metadata)})

    generate = lora_factors(linears, generate_ranks, generator)
    for name in generate_ranks if size.name == "medium" else []:
        generate[f"transformer.{name}.alpha"] = torch.tensor(1.5)
    write_lora(folder / "gen_lora", generate, torch.bfloat16, {"format": "pt"})


def lora_factors(linears, ranks, generator: torch.Generator) -> dict[str, torch.Tensor]:
    factors = {}
    for name, rank in ranks.items():
        rows, columns = linears[name].weight.shape
        down = torch.randn(rank, columns, generator=generator) / columns**0.5
        factors[f"transformer.{name}.lora_A.weight"] = down
        factors[f"transformer.{name}.lora_B.weight"] = torch.randn(rows, rank, generator=generator) * 0.3
    return factors


def write_lora(folder: Path, factors: dict[str, torch.Tensor], dtype: torch.dtype, metadata: dict[str, str]) -> None:
    folder.mkdir(parents=True)
    tensors = {name: factor.to(dtype).contiguous() for name, factor in factors.items()}
    save_file(tensors, folder / "pytorch_lora_weights.safetensors", metadata)


def model_index() -> dict[str, object]:
    return {
        "_class_name": "FluxKontextPipeline",
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "text_encoder_2": ["transformers", "T5EncoderModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "tokenizer_2": ["transformers", "T5TokenizerFast"],
        "transformer": ["diffusers", "FluxTransformer2DModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    }


def manifest(size: Size) -> dict[str, object]:
    multiple = 2 * size.space_to_depth * 2 ** (len(size.vae_channels) - 1)
    return {
        "name": f"tiny-{size.name}",
        "version": "0.0.1",
        "family": "flux-kontext",
        "licence": "Apache-2.0",
        "attribution": ["random weights"],
        "maxImages": 4,
        "trainedImages": 1,
        "maxTextTokens": size.max_text_tokens,
        "steps": 4,
        "guidance": 3.5,
        "trueCfgScale": 1.0,
        "size": {"multiple": multiple, "rule": "native", "native": [[8 * multiple, 8 * multiple]]},
        "adapters": {"edit": "edit_lora", "generate": "gen_lora"},
    }
