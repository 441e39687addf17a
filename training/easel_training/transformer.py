"""The transformer with its text encoders: FLUX Kontext's architecture, small."""

import torch
from diffusers import FluxTransformer2DModel
from torch import nn
from transformers import CLIPTextModel, T5EncoderModel

from .latents import position_ids
from .layout import DREAMOMNI2, Layout
from .text import POOLED_WIDTH, TEXT_WIDTH
from .vae import LATENT_CHANNELS


def create_transformer() -> FluxTransformer2DModel:
    """A transformer with random weights; output and modulation start at zero, else it learns slowly."""
    model = FluxTransformer2DModel(
        patch_size=1,
        in_channels=4 * LATENT_CHANNELS,
        num_layers=2,
        num_single_layers=6,
        attention_head_dim=64,
        num_attention_heads=4,
        joint_attention_dim=TEXT_WIDTH,
        pooled_projection_dim=POOLED_WIDTH,
        guidance_embeds=False,
        axes_dims_rope=(8, 28, 28),
    )
    for name, module in model.named_modules():
        modulates = name.endswith(("norm1.linear", "norm1_context.linear", "norm.linear", "norm_out.linear"))
        if modulates or name == "proj_out":
            nn.init.zeros_(module.weight)
            nn.init.zeros_(module.bias)
    return model


class Painter(nn.Module):
    """Text encoders and transformer as one module for training; `layout` says how it gets several pictures."""

    def __init__(
        self, clip: CLIPTextModel, t5: T5EncoderModel, transformer: FluxTransformer2DModel, layout: Layout = DREAMOMNI2
    ) -> None:
        super().__init__()
        self.clip = clip
        self.t5 = t5
        self.transformer = transformer
        self.layout = layout

    def forward(
        self,
        tokens: torch.Tensor,
        time: torch.Tensor,
        clip_ids: torch.Tensor,
        t5_ids: torch.Tensor,
        references: torch.Tensor,
        count: int,
    ) -> torch.Tensor:
        """Velocity of the output tokens.

        :param tokens: [N, side^2, 64], noised.
        :param time: sigma in [0, 1], [N].
        :param references: clean, [N, count * side^2, 64] for square pictures of the output's side, or what the layout makes
            of them.
        """
        side = int(tokens.shape[1] ** 0.5)
        grids = [(side, side), *self.layout.reference_grids(side, count)]
        text = self.t5(t5_ids).last_hidden_state
        velocity = self.transformer(
            hidden_states=torch.cat([tokens, references], 1),
            encoder_hidden_states=text,
            pooled_projections=self.clip(clip_ids).pooler_output,
            timestep=time,
            img_ids=position_ids(grids, self.layout).to(tokens.device),
            txt_ids=torch.zeros(text.shape[1], 3, device=tokens.device),
            return_dict=False,
        )[0]
        return velocity[:, : tokens.shape[1]]
