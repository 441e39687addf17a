"""The stages of training: base, then the edit and the generate LoRA on the frozen base; and the weights they publish."""

import json
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler
from diffusers.pipelines.flux import FluxKontextPipeline
from PIL import Image

from .adapter import FILE_NAME, add_adapter, load_adapter, save_adapter
from .layout import DREAMOMNI2, Layout
from .model_folder import device, load_painter, load_vae
from .sampler import contact_sheet
from .samples import SampleStream
from .tasks import CURRICULA, Curriculum
from .text import load_text_encoders, load_tokenizers
from .trainer import train
from .transformer import Painter, create_transformer
from .workers import rank

#: Ranks of the adapters: all weights together stay under 40 MB.
LORA_RANKS = {"edit": 40, "generate": 24}
#: Their folders in a model folder.
ADAPTERS = {"edit": "edit_lora", "generate": "gen_lora"}
BASE_RATES = (0.01, 1e-3)
LORA_RATES = (0.01, 1e-3)
#: Tasks on a sheet.
SHEET_TASKS = 16


def train_base(run: Path, model: Path, minutes: float, size: int, seed: int, curriculum: Curriculum = CURRICULA["core"]) -> None:
    """Train the base on text to image and single-image edits.

    :param run: holds the checkpoint; where it is absent, training starts from `model`'s weights, or from a random transformer.
    :param model: model folder; needs `vae`, tokenizers and text encoders. Receives text encoders, transformer and scheduler in
        bfloat16.
    """
    torch.manual_seed(seed)
    tokenizers = load_tokenizers(model)
    published = (model / "transformer").exists()
    painter = load_painter(model) if published else Painter(*load_text_encoders(model), create_transformer()).to(device())
    world = curriculum.world
    stream = SampleStream(load_vae(model), tokenizers, curriculum.base, size, seed + rank(), world=world)
    torch.manual_seed(seed + rank())
    trained = dict(painter.named_parameters())
    train(run, painter, stream, trained, minutes, BASE_RATES, lambda: _sheet(painter, stream))
    if rank() == 0:
        _publish_base(model, painter)


def train_adapter(
    name: str,
    run: Path,
    model: Path,
    minutes: float,
    size: int,
    seed: int,
    fresh: bool,
    layout: Layout = DREAMOMNI2,
    out: Path | None = None,
    curriculum: Curriculum = CURRICULA["core"],
) -> None:
    """Train the LoRA `edit` or `generate` on the frozen base of a model folder and write it there.

    :param fresh: do not begin with the published LoRA; right when the base has changed much since.
    :param out: the file to write in place of the model folder's.
    """
    torch.manual_seed(seed)
    tasks = {"edit": curriculum.edit, "generate": curriculum.generate}[name]
    painter = load_painter(model, layout).requires_grad_(False)
    trained = add_adapter(painter.transformer, name, LORA_RANKS[name])
    published = model / ADAPTERS[name] / FILE_NAME
    if published.exists() and not fresh and not (run / "checkpoint").exists():
        load_adapter(trained, name, published)
    tokenizers, world = load_tokenizers(model), curriculum.world
    stream = SampleStream(load_vae(model), tokenizers, tasks, size, seed + rank(), layout, world)
    torch.manual_seed(seed + rank())
    train(run, painter, stream, trained, minutes, LORA_RATES, lambda: _sheet(painter, stream))
    if rank() == 0:
        save_adapter(painter.transformer, name, out or published)


def publish_vae(run: Path, model: Path) -> None:
    """Write a trained VAE into the model folder, in bfloat16."""
    AutoencoderKL.from_pretrained(run / "vae").bfloat16().save_pretrained(model / "vae")


def _sheet(painter: Painter, stream: SampleStream) -> Image.Image:
    kinds = list(stream.kinds)
    return contact_sheet(painter, stream, [kinds[i % len(kinds)] for i in range(SHEET_TASKS)], seed=7)


def _forget_path(config: Path) -> None:
    """Drop the folder that diffusers says a network was opened from: it means nothing elsewhere."""
    described = json.loads(config.read_text())
    described.pop("_name_or_path", None)
    config.write_text(json.dumps(described, indent=2, sort_keys=True) + "\n")


def _publish_base(model: Path, painter: Painter) -> None:
    for name in ("text_encoder", "text_encoder_2", "transformer", "scheduler"):
        shutil.rmtree(model / name, ignore_errors=True)
    state = {name: value.detach().clone() for name, value in painter.state_dict().items()}
    painter.clip.bfloat16().save_pretrained(model / "text_encoder")
    painter.t5.bfloat16().save_pretrained(model / "text_encoder_2")
    painter.transformer.bfloat16().save_pretrained(model / "transformer")
    _forget_path(model / "transformer" / "config.json")
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
