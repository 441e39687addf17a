"""Training on Kontext, tried on a small random pipeline of the same classes: examples in, a LoRA that diffusers opens out."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, FluxKontextPipeline, FluxTransformer2DModel
from peft.utils import get_peft_model_state_dict
from PIL import Image
from safetensors.torch import load_file
from transformers import CLIPTextConfig, CLIPTextModel, T5Config, T5EncoderModel

from easel_training.adapter import FILE_NAME
from easel_training.kontext.encoded import read_encoded
from easel_training.kontext.examples import read_examples, sticker_examples
from easel_training.kontext.resolution import preferred_size
from easel_training.kontext.train import KontextSettings, open_transformer, train_kontext, velocity_loss
from easel_training.latents import position_ids
from easel_training.text import load_tokenizers

MODEL = Path(__file__).parents[2] / "models" / "easel-stickers"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder as diffusers writes FLUX.1 Kontext, a few thousand times smaller."""
    torch.manual_seed(0)
    clip, t5 = load_tokenizers(MODEL)
    clip_model = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(clip),
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            max_position_embeddings=clip.model_max_length,
            bos_token_id=clip.bos_token_id,
            eos_token_id=clip.eos_token_id,
            pad_token_id=clip.pad_token_id,
        )
    )
    t5_model = T5EncoderModel(
        T5Config(vocab_size=len(t5), d_model=24, d_kv=8, num_heads=2, d_ff=32, num_layers=1, feed_forward_proj="gated-gelu")
    )
    vae = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(8, 8, 8, 8),
        latent_channels=4,
        norm_num_groups=4,
        use_quant_conv=False,
        use_post_quant_conv=False,
        scaling_factor=0.3611,
        shift_factor=0.1159,
    )
    transformer = FluxTransformer2DModel(
        patch_size=1,
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=24,
        pooled_projection_dim=16,
        guidance_embeds=True,
        axes_dims_rope=(4, 6, 6),
    )
    pipeline = FluxKontextPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=vae,
        text_encoder=clip_model,
        tokenizer=clip,
        text_encoder_2=t5_model,
        tokenizer_2=t5,
        transformer=transformer,
    )
    folder = tmp_path_factory.mktemp("kontext")
    pipeline.save_pretrained(folder)
    return str(folder)


def settings(base: str, **changes: object) -> KontextSettings:
    small = {"adapter": "edit", "data": "stickers", "steps": 2, "batch": 2, "rank": 4, "rate": 1e-2}
    return KontextSettings(base=base, side=64, text_tokens=16, tasks=4, **(small | changes))


@pytest.mark.parametrize("adapter", ["edit", "generate"])
def test_two_steps_on_sticker_tasks_write_a_lora_that_diffusers_opens(adapter: str, base: str, tmp_path: Path) -> None:
    file = train_kontext(tmp_path, settings(base, adapter=adapter))
    assert file == tmp_path / FILE_NAME
    written = load_file(file)
    assert all(value.abs().max() > 0 for value in written.values())
    pipeline = FluxKontextPipeline.from_pretrained(base)
    pipeline.load_lora_weights(tmp_path, adapter_name=adapter)
    opened = get_peft_model_state_dict(pipeline.transformer, adapter_name=adapter)
    assert {f"transformer.{key}" for key in opened} == set(written)
    assert all(torch.equal(value, written[f"transformer.{key}"]) for key, value in opened.items())
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [(row["step"], row["samples"]) for row in rows] == [(1, 2), (2, 4)]


def test_a_second_session_goes_on_from_the_lora(base: str, tmp_path: Path) -> None:
    first = load_file(train_kontext(tmp_path, settings(base)))
    second = load_file(train_kontext(tmp_path, settings(base, steps=1, rate=0.0)))
    assert all(torch.equal(value, second[key]) for key, value in first.items())
    assert json.loads((tmp_path / "log.jsonl").read_text().splitlines()[-1])["step"] == 3


def test_a_folder_of_examples_is_encoded_at_kontexts_sizes(base: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    rng = np.random.default_rng(1)
    for name, (width, height) in {"base": (60, 40), "reference": (40, 60), "target": (64, 64)}.items():
        Image.fromarray(rng.integers(0, 256, (height, width, 3), np.uint8)).save(data / f"{name}.png")
    row = {"inputs": ["base.png", "reference.png"], "instruction": "Give image 1 the style of image 2.", "target": "target.png"}
    (data / "cases.jsonl").write_text(json.dumps(row) + "\n")
    train_kontext(tmp_path / "run", settings(base, data=str(data), steps=1))
    encoded = read_encoded(tmp_path / "run" / "encoded" / "000000.safetensors")
    assert encoded.grids == [(3, 4), (3, 4), (4, 3)]
    assert encoded.target.shape == (12, 16) and encoded.references.shape == (24, 16)
    assert encoded.text.shape == (16, 24) and encoded.pooled.shape == (16,)


def test_the_transformer_gets_the_released_models_ids_and_guidance(base: str, tmp_path: Path) -> None:
    train_kontext(tmp_path, settings(base, steps=1))
    encoded = read_encoded(tmp_path / "encoded" / "000000.safetensors")
    transformer = FluxTransformer2DModel.from_pretrained(base, subfolder="transformer")
    seen: dict[str, torch.Tensor] = {}
    transformer.register_forward_pre_hook(lambda module, args, kwargs: seen.update(kwargs), with_kwargs=True)
    velocity_loss(transformer, encoded, torch.Generator().manual_seed(1))
    assert torch.equal(seen["img_ids"], position_ids(encoded.grids))
    assert seen["img_ids"][-1].tolist() == [2, 3, 7] and not seen["txt_ids"].any()
    assert seen["guidance"].tolist() == [3.5] and seen["hidden_states"].shape == (1, 48, 16)


def test_in_bfloat16_the_lora_still_learns_in_float32(base: str, tmp_path: Path) -> None:
    train_kontext(tmp_path, settings(base, steps=1))
    encoded = read_encoded(tmp_path / "encoded" / "000000.safetensors")
    transformer, trained = open_transformer(settings(base), torch.bfloat16)
    assert transformer.dtype == torch.bfloat16 and transformer.gradient_checkpointing
    velocity_loss(transformer, encoded, torch.Generator().manual_seed(1)).backward()
    gradients = {name: parameter.grad for name, parameter in trained.items()}
    assert all(gradient is not None and gradient.dtype == torch.float32 for gradient in gradients.values())
    assert all(gradients[name].abs().max() > 0 for name in gradients if "lora_B" in name)


def test_a_description_follows_the_instruction_half_of_the_time(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    row = {"inputs": ["a.png"], "instruction": "Do.", "description": "Done.", "target": "a.png"}
    (tmp_path / "cases.jsonl").write_text((json.dumps(row) + "\n") * 40)
    prompts = [example.prompt for example in read_examples(tmp_path, seed=1)]
    assert set(prompts) == {"Do.", "Do. Done."} and 10 < prompts.count("Do.") < 30
    (tmp_path / "cases.jsonl").write_text(json.dumps(row | {"inputs": []}) + "\n")
    with pytest.raises(ValueError, match="without inputs"):
        list(read_examples(tmp_path, seed=1))


def test_sticker_examples_are_the_same_for_a_seed() -> None:
    one, other = (list(sticker_examples("generate", 3, 32, seed=2)) for _ in range(2))
    assert [example.prompt for example in one] == [example.prompt for example in other]
    assert all(example.inputs and example.target.size == (32, 32) for example in one)


def test_sizes_are_kontexts_own_or_smaller_ones_of_the_same_ratio() -> None:
    assert preferred_size(3000, 2000, 1024, 16) == (1248, 832)
    assert preferred_size(500, 500, 1024, 16) == (1024, 1024)
    assert preferred_size(600, 400, 512, 16) == (624, 416)
    assert preferred_size(10, 1000, 64, 16) == (32, 96)
