"""Muon: momentum whose matrix updates are orthogonalised (Jordan et al. 2024), in float32.

torch.optim.Muon works in bfloat16, which a processor without bfloat16 units computes a hundred times slower.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import torch

from .workers import share_out

#: Newton-Schulz coefficients of the reference implementation.
COEFFICIENTS = (3.4445, -4.7750, 2.0315)
ITERATIONS = 4
#: Columns per row from which iterating on the gram is the cheaper way.
WIDE = 3
#: What Muon and AdamW keep of a matrix or vector.
MOMENTS = ("momentum_buffer", "exp_avg", "exp_avg_sq")
#: Share of its rate at which AdamW moves slow parameters.
SLOW = 0.25


class Muon(torch.optim.Optimizer):
    """Nesterov momentum; every update has singular values near 1, scaled by sqrt(max(1, rows / columns)).

    A convolution's filters count as rows.
    """

    def __init__(
        self, parameters: Iterable[torch.nn.Parameter], lr: float, momentum: float = 0.95, weight_decay: float = 0.01
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        """Update all matrices; those of one shape are orthogonalised in one batch, a part of it by each worker."""
        for group in self.param_groups:
            by_shape: dict[tuple[int, ...], list[tuple[torch.nn.Parameter, torch.Tensor]]] = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if "momentum_buffer" not in state:
                    state["momentum_buffer"] = torch.zeros_like(parameter)
                buffer = state["momentum_buffer"].lerp_(parameter.grad, 1 - group["momentum"])
                update = parameter.grad.lerp(buffer, group["momentum"]).flatten(1)
                by_shape[tuple(update.shape)].append((parameter, update))
            for (rows, columns), members in by_shape.items():
                updates = share_out(torch.stack([update for _, update in members]), orthogonalise)
                scale = group["lr"] * max(1, rows / columns) ** 0.5
                for (parameter, _), update in zip(members, updates):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"]).add_(update.view_as(parameter), alpha=-scale)


def orthogonalise(matrices: torch.Tensor) -> torch.Tensor:
    """The nearest semi-orthogonal matrices, roughly: [N, rows, columns] to the same shape."""
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    iterate = iterate_on_gram if x.shape[2] >= WIDE * x.shape[1] else iterate_on_matrix
    x = iterate(x)
    return x.mT if tall else x


def iterate_on_matrix(x: torch.Tensor) -> torch.Tensor:
    """Newton-Schulz: x, [N, rows, columns] with norms of at most 1, becomes (a + b G + c G^2) x, where G = x x^T."""
    a, b, c = COEFFICIENTS
    for _ in range(ITERATIONS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x


def iterate_on_gram(x: torch.Tensor) -> torch.Tensor:
    """The same as `iterate_on_matrix`, with two products of the matrix itself instead of eight.

    Every iterate is Q x, Q a product of polynomials in the first gram; they commute, so the next gram is P G P.
    """
    gram = x @ x.mT
    product = polynomial = _polynomial(gram)
    for _ in range(ITERATIONS - 1):
        gram = polynomial @ gram @ polynomial
        polynomial = _polynomial(gram)
        product = polynomial @ product
    return product @ x


def _polynomial(gram: torch.Tensor) -> torch.Tensor:
    """a + b G + c G^2 of grams [N, rows, rows]."""
    a, b, c = COEFFICIENTS
    polynomial = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
    polynomial.diagonal(dim1=1, dim2=2).add_(a)
    return polynomial


def create_optimizers(
    parameters: Mapping[str, torch.nn.Parameter],
    is_matrix: Callable[[str, torch.nn.Parameter], bool],
    is_slow: Callable[[str], bool] = lambda name: False,
    **adamw: object,
) -> list[torch.optim.Optimizer]:
    """Muon for the matrices and AdamW, with its settings, for the rest, if there is any; rates are set at every step.

    :param is_slow: names of parameters that AdamW moves at SLOW of its rate.
    """
    matrices = [parameter for name, parameter in parameters.items() if is_matrix(name, parameter)]
    others = {name: parameter for name, parameter in parameters.items() if not is_matrix(name, parameter)}
    groups = [
        {"params": [parameter for name, parameter in others.items() if is_slow(name) == slow], "share": SLOW if slow else 1}
        for slow in (False, True)
    ]
    groups = [group for group in groups if group["params"]]
    optimizers: list[torch.optim.Optimizer] = [Muon(matrices, lr=0.0)]
    if groups:
        optimizers.append(torch.optim.AdamW(groups, lr=0.0, **adamw))
    return optimizers


def set_rates(optimizers: list[torch.optim.Optimizer], rates: tuple[float, float], factor: float) -> None:
    """Learning rates of Muon and AdamW, times a factor."""
    for optimizer, rate in zip(optimizers, rates):
        for group in optimizer.param_groups:
            group["lr"] = rate * factor * group.get("share", 1)


def moments_of(optimizers: list[torch.optim.Optimizer], trained: Mapping[str, torch.nn.Parameter]) -> dict[str, torch.Tensor]:
    """What the optimizers keep of the trained parameters, as `moment.name`, in bfloat16."""
    return {
        f"{key}.{name}": optimizer.state[parameter][key].bfloat16()
        for optimizer in optimizers
        for name, parameter in trained.items()
        for key in MOMENTS
        if parameter in optimizer.state and key in optimizer.state[parameter]
    }


def restore_moments(
    optimizers: list[torch.optim.Optimizer],
    trained: Mapping[str, torch.nn.Parameter],
    tensors: Mapping[str, torch.Tensor],
    step: int,
) -> None:
    """Give back what `moments_of` took; a parameter without it begins anew."""
    names = {parameter: name for name, parameter in trained.items()}
    for optimizer in optimizers:
        for parameter in (parameter for group in optimizer.param_groups for parameter in group["params"]):
            kept = {key: tensors.get(f"{key}.{names[parameter]}") for key in MOMENTS}
            moments = {key: value.float().to(parameter.device) for key, value in kept.items() if value is not None}
            if "exp_avg" in moments:
                moments["step"] = torch.tensor(float(step))
            optimizer.state[parameter].update(moments)
