"""What the architecture is worth, after the paper's table 5: an edit LoRA trained and measured a variant.

The encodings of the table (index and shift, each on or off), references stitched into one picture, and no adapter at all.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..adapter import add_adapter, load_adapter
from ..layout import DREAMOMNI2, Layout
from ..model_folder import load_painter, load_vae
from ..samples import SampleStream
from ..stages import LORA_RANKS, train_adapter
from ..tasks import EDIT_TASKS
from ..text import load_tokenizers
from ..workers import run_workers
from .held_out import held_out_tasks
from .judged import PublishedJudge, read_right
from .losses import measure_losses

#: What is trained without an adapter: nothing.
NO_ADAPTER = "no-adapter"
VARIANTS = {
    "index+shift": DREAMOMNI2,
    "index": Layout(shift=False),
    "shift": Layout(index=False),
    "none": Layout(index=False, shift=False),
    "stitched": Layout(stitched=True),
    NO_ADAPTER: DREAMOMNI2,
}
RESULT = "result.json"
LORA = "edit.safetensors"


@dataclass(frozen=True)
class Measured:
    """One held-out edit: its losses, and whether the judge read what was asked for (None where there is no judge)."""

    kind: str
    concrete: bool
    changed: float | None
    kept: float | None
    right: bool | None


@dataclass(frozen=True)
class Setting:
    """What a variant is trained and measured with; the same for all that are to be compared.

    :ivar model: folder of the base.
    :ivar judge: `judge.onnx`; where it is absent, no picture is painted.
    :ivar size: side of the pictures in pixels.
    :ivar seed: of the training.
    :ivar tasks: how many held-out edits are measured.
    """

    model: Path
    judge: Path
    size: int
    seed: int
    tasks: int


def run_variant(variant: str, run: Path, setting: Setting, minutes: float, workers: int) -> Path:
    """Train a variant for some minutes, or train it further, and measure it.

    :returns: `run/result.json`.
    :raises ValueError: for a judge of pictures of another size.
    """
    judge = PublishedJudge(setting.judge) if setting.judge.exists() else None
    if judge and judge.size != setting.size:
        raise ValueError(f"{setting.judge} reads pictures of {judge.size} pixels, not of {setting.size}")
    if variant != NO_ADAPTER:
        arguments = run, setting.model, minutes, setting.size, setting.seed, True, VARIANTS[variant], run / LORA
        run_workers(workers, train_adapter, "edit", *arguments)
    return _measure(variant, run, setting, judge)


def _measure(variant: str, run: Path, setting: Setting, judge: PublishedJudge | None) -> Path:
    """Measure a variant, whose LoRA lies in its run's folder."""
    layout = VARIANTS[variant]
    painter = load_painter(setting.model, layout)
    if variant != NO_ADAPTER:
        load_adapter(add_adapter(painter.transformer, "edit", LORA_RANKS["edit"]), "edit", run / LORA)
    painter.eval()
    stream = SampleStream(load_vae(setting.model), load_tokenizers(setting.model), EDIT_TASKS, setting.size, setting.seed, layout)
    tasks = held_out_tasks(EDIT_TASKS, setting.tasks)
    losses = measure_losses(painter, stream, tasks)
    right: list[bool] | list[None] = [None] * len(tasks)
    if judge:
        right = read_right(judge, painter, stream, tasks)
    rows = [
        asdict(Measured(task.kind, task.concrete, loss.changed, loss.kept, is_right))
        for task, loss, is_right in zip(tasks, losses, right)
    ]
    run.mkdir(parents=True, exist_ok=True)
    measured_on = {"base": _digest(setting.model), "size": setting.size, "seed": setting.seed}
    result = {"variant": variant, **_budget(run), **measured_on, "tasks": rows}
    (run / RESULT).write_text(json.dumps(result, indent=1) + "\n")
    return run / RESULT


def _digest(model: Path) -> str:
    """Which weights a model folder's transformer has, in twelve letters."""
    files = sorted((model / "transformer").glob("*.safetensors"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _budget(run: Path) -> dict[str, Any]:
    """What a variant was trained on, over all sessions."""
    state = run / "checkpoint" / "state.json"
    trained = json.loads(state.read_text()) if state.exists() else {"step": 0, "samples": 0, "seconds": 0}
    return {"steps": trained["step"], "samples": trained["samples"], "minutes": round(trained["seconds"] / 60, 1)}
