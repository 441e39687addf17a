"""The stages of training: base, then the edit and the generate LoRA on the frozen base; and the weights they publish."""

import json
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, FluxTransformer2DModel
from diffusers.pipelines.flux import FluxKontextPipeline
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict
from PIL import Image
from safetensors.torch import load_file, save_file

from .sampler import contact_sheet
from .samples import SampleStream
from .tasks import BASE_TASKS, EDIT_TASKS, GENERATE_TASKS
from .text import load_text_encoders, load_tokenizers
from .trainer import train
from .transformer import Painter, create_transformer
from .workers import rank

#: Ranks of the adapters: all weights together stay under 40 MB.
LORA_RANKS = {"edit": 40, "generate": 24}
#: Every linear of the blocks but the modulation.
LORA_TARGETS = [
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
    "proj_mlp",
    "proj_out",
]
ADAPTERS = {"edit": (EDIT_TASKS, "edit_lora"), "generate": (GENERATE_TASKS, "gen_lora")}
BASE_RATES = (0.01, 1e-3)
LORA_RATES = (0.01, 1e-3)
#: Tasks on a sheet.
SHEET_TASKS = 16


def train_base(run: Path, model: Path, minutes: float, size: int, seed: int) -> None:
    """Train the base on text to image and single-image edits.

    :param run: holds the checkpoint; where it is absent, training starts from `model`'s weights, or from a random transformer.
    :param model: model folder; needs `vae`, tokenizers and text encoders. Receives text encoders, transformer and scheduler in
        bfloat16.
    """
    torch.manual_seed(seed)
    tokenizers = load_tokenizers(model)
    published = (model / "transformer").exists()
    painter = load_painter(model) if published else Painter(*load_text_encoders(model), create_transformer())
    painter.to(_device())
    stream = SampleStream(_vae(model), tokenizers, BASE_TASKS, size, seed + rank())
    torch.manual_seed(seed + rank())
    trained = dict(painter.named_parameters())
    train(run, painter, stream, trained, minutes, BASE_RATES, lambda: _sheet(painter, stream))
    if rank() == 0:
        _publish_base(model, painter)


def train_adapter(name: str, run: Path, model: Path, minutes: float, size: int, seed: int, fresh: bool) -> None:
    """Train the LoRA `edit` or `generate` on the frozen base of a model folder and write it there.

    :param fresh: do not begin with the published LoRA; right when the base has changed much since.
    """
    torch.manual_seed(seed)
    tasks, folder = ADAPTERS[name]
    lora_rank = LORA_RANKS[name]
    painter = load_painter(model).to(_device()).requires_grad_(False)
    config = LoraConfig(r=lora_rank, lora_alpha=lora_rank, init_lora_weights="gaussian", target_modules=LORA_TARGETS)
    painter.transformer.add_adapter(config, adapter_name=name)
    published = model / folder / "pytorch_lora_weights.safetensors"
    trained = {key: p for key, p in painter.named_parameters() if "lora_" in key}
    if published.exists() and not fresh and not (run / "checkpoint").exists():
        _load_adapter(trained, published, name)
    stream = SampleStream(_vae(model), load_tokenizers(model), tasks, size, seed + rank())
    torch.manual_seed(seed + rank())
    train(run, painter, stream, trained, minutes, LORA_RATES, lambda: _sheet(painter, stream))
    if rank():
        return
    state = get_peft_model_state_dict(painter.transformer, adapter_name=name)
    published.parent.mkdir(parents=True, exist_ok=True)
    save_file({f"transformer.{key}": value.cpu().bfloat16().contiguous() for key, value in state.items()}, published)


def load_painter(model: Path) -> Painter:
    """Text encoders and transformer of a model folder, in float32."""
    encoders = load_text_encoders(model)
    return Painter(*encoders, FluxTransformer2DModel.from_pretrained(model / "transformer", torch_dtype=torch.float32))


def publish_vae(run: Path, model: Path) -> None:
    """Write a trained VAE into the model folder, in bfloat16."""
    AutoencoderKL.from_pretrained(run / "vae").bfloat16().save_pretrained(model / "vae")


def _sheet(painter: Painter, stream: SampleStream) -> Image.Image:
    kinds = list(stream.kinds)
    return contact_sheet(painter, stream, [kinds[i % len(kinds)] for i in range(SHEET_TASKS)], seed=7)


def _device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _vae(model: Path) -> AutoencoderKL:
    vae = AutoencoderKL.from_pretrained(model / "vae", torch_dtype=torch.float32)
    return vae.to(_device(), memory_format=torch.channels_last).eval().requires_grad_(False)


def _publish_base(model: Path, painter: Painter) -> None:
    for name in ("text_encoder", "text_encoder_2", "transformer", "scheduler"):
        shutil.rmtree(model / name, ignore_errors=True)
    state = {name: value.detach().clone() for name, value in painter.state_dict().items()}
    painter.clip.bfloat16().save_pretrained(model / "text_encoder")
    painter.t5.bfloat16().save_pretrained(model / "text_encoder_2")
    painter.transformer.bfloat16().save_pretrained(model / "transformer")
    painter.float().load_state_dict(state)
    FlowMatchEulerDiscreteScheduler(
        base_image_seq_len=256,
        base_shift=0.5,
        max_image_seq_len=4096,
        max_shift=1.15,
        shift=3.0,
        use_dynamic_shifting=True,
    ).save_pretrained(model / "scheduler")
    index = {
        "_class_name": FluxKontextPipeline.__name__,
        "_diffusers_version": "0.35.2",
        "feature_extractor": [None, None],
        "image_encoder": [None, None],
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "text_encoder_2": ["transformers", "T5EncoderModel"],
        "tokenizer": ["transformers", "CLIPTokenizerFast"],
        "tokenizer_2": ["transformers", "PreTrainedTokenizerFast"],
        "transformer": ["diffusers", "FluxTransformer2DModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    }
    (model / "model_index.json").write_text(json.dumps(index, indent=2) + "\n")


def _load_adapter(trained: dict[str, torch.nn.Parameter], published: Path, name: str) -> None:
    tensors = load_file(published)
    with torch.no_grad():
        for key, parameter in trained.items():
            parameter.copy_(tensors[key.replace(f".{name}.", ".")])
