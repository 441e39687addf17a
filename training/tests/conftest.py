"""What several tests start from."""

from pathlib import Path

import pytest
import torch
from diffusers import FluxTransformer2DModel

from easel_training.text import create_text_encoders, load_tokenizers, write_tokenizers
from easel_training.vae import create_vae


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder of random weights, smaller than the published one."""
    folder = tmp_path_factory.mktemp("model")
    torch.manual_seed(0)
    write_tokenizers(folder)
    clip, t5 = create_text_encoders(*load_tokenizers(folder))
    transformer = FluxTransformer2DModel(
        patch_size=1,
        in_channels=64,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=t5.config.d_model,
        pooled_projection_dim=clip.config.hidden_size,
        axes_dims_rope=(4, 6, 6),
    )
    parts = {"vae": create_vae(), "text_encoder": clip, "text_encoder_2": t5, "transformer": transformer}
    for name, part in parts.items():
        part.save_pretrained(folder / name)
    return folder
