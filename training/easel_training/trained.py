"""Parameters in training, as a checkpoint holds them."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from .average import Average
from .muon import moments_of, restore_moments


@dataclass(frozen=True)
class Trained:
    """Parameters with their average and what their optimizers keep of them."""

    parameters: Mapping[str, torch.nn.Parameter]
    average: Average
    optimizers: list[torch.optim.Optimizer]

    def tensors(self) -> dict[str, torch.Tensor]:
        """Weights in float32; average and moments in bfloat16, which keeps the checkpoint of the base under 128 MB."""
        tensors: dict[str, torch.Tensor] = {f"model.{name}": parameter for name, parameter in self.parameters.items()}
        tensors |= {f"average.{name}": value.bfloat16() for name, value in self.average.values.items()}
        return tensors | moments_of(self.optimizers, self.parameters)

    @torch.no_grad()
    def restore(self, tensors: Mapping[str, torch.Tensor], step: int) -> None:
        """Give back what `tensors` took after so many steps."""
        for name, parameter in self.parameters.items():
            parameter.copy_(tensors[f"model.{name}"])
        for name, value in self.average.values.items():
            value.copy_(tensors[f"average.{name}"])
        restore_moments(self.optimizers, self.parameters, tensors, step)
