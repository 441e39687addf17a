"""Exponential moving average of weights."""

from collections.abc import Iterator
from contextlib import contextmanager

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

    def copy_to(self, parameters: dict[str, torch.nn.Parameter]) -> None:
        """Overwrite the parameters with the average."""
        _overwrite(parameters, self.values)

    @contextmanager
    def standing_in(self, parameters: dict[str, torch.nn.Parameter]) -> Iterator[None]:
        """The parameters hold the average while the block runs, and what they held before when it ends."""
        kept = {name: parameters[name].detach().clone() for name in self.values}
        self.copy_to(parameters)
        try:
            yield
        finally:
            _overwrite(parameters, kept)


@torch.no_grad()
def _overwrite(parameters: dict[str, torch.nn.Parameter], values: dict[str, torch.Tensor]) -> None:
    for name, value in values.items():
        parameters[name].copy_(value)
