"""How good a base is at single-image edits without an adapter, so that two weights can be compared."""

from collections.abc import Sequence
from pathlib import Path

from ..model_folder import load_painter, load_vae
from ..samples import SampleStream
from ..tasks import BASE_TASKS
from ..text import load_tokenizers
from .held_out import SEED, held_out_tasks
from .interval import bootstrap
from .losses import EditLoss, measure_losses

KINDS = [kind for kind in BASE_TASKS if kind != "text_to_image"]
PARTS = ("changed", "kept")

Losses = dict[str, list[EditLoss]]


def measure_single(model: Path, size: int, count: int) -> Losses:
    """Losses of a model folder's base on held-out single-image edits, by kind.

    :param size: side of the pictures in pixels.
    :param count: tasks of every kind.
    """
    painter = load_painter(model).eval()
    stream = SampleStream(load_vae(model), load_tokenizers(model), BASE_TASKS, size, SEED)
    return {kind: measure_losses(painter, stream, held_out_tasks({kind: 1.0}, count)) for kind in KINDS}


def single_table(measured: Losses, against: Losses | None = None) -> str:
    """Markdown: one row a kind and one for all, means with 95 % bootstrap intervals over tasks.

    :param against: losses of other weights on the same tasks; adds how much higher the first ones' are, task by task.
    """
    header = ["kind", *(f"loss, {part} tokens" for part in PARTS)]
    header += [f"more than against, {part}" for part in PARTS] if against else []
    rows = [header, ["---"] * len(header)]
    for name, kinds in [*((kind, [kind]) for kind in measured), ("all", list(measured))]:
        row = [name, *(_write([getattr(loss, part) for loss in _of(measured, kinds)]) for part in PARTS)]
        if against:
            pairs = list(zip(_of(measured, kinds), _of(against, kinds), strict=True))
            row += [_write([_difference(getattr(one, part), getattr(other, part)) for one, other in pairs]) for part in PARTS]
        rows.append(row)
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def _of(measured: Losses, kinds: list[str]) -> list[EditLoss]:
    return [loss for kind in kinds for loss in measured[kind]]


def _difference(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _write(values: Sequence[float | None]) -> str:
    interval = bootstrap([value for value in values if value is not None])
    return interval.write(4) if interval else ""
