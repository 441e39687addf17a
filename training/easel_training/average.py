"""Exponential moving average of weights."""

import torch


class Average:
    """Keeps the moving average of a module's parameters; decay rises from 0.1 to `decay` with the steps."""

    def __init__(self, parameters: dict[str, torch.nn.Parameter], decay: float) -> None:
        self.decay = decay
        self.values = {name: parameter.detach().clone() for name, parameter in parameters.items()}

    @torch.no_grad()
    def update(self, parameters: dict[str, torch.nn.Parameter], step: int) -> None:
        """Move the average towards the parameters."""
        weight = 1 - min(self.decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(list(self.values.values()), [parameters[name].detach() for name in self.values], weight)

    @torch.no_grad()
    def copy_to(self, parameters: dict[str, torch.nn.Parameter]) -> None:
        """Overwrite the parameters with the average."""
        for name, value in self.values.items():
            parameters[name].copy_(value)
