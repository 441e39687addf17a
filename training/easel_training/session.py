"""One session of a stage: where its run stopped before, its clock, its log and its checkpoints."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from .checkpoint import load_checkpoint, save_checkpoint
from .clock import Clock
from .workers import agree, rank


class Session:
    """Goes on from the run's checkpoint, if there is one.

    :ivar restored: the checkpoint's tensors, or None where training begins.
    :ivar first_step: steps of the sessions before.
    :ivar step: steps of all sessions.
    :ivar samples: of all sessions and workers; 0 where a stage does not count them.
    """

    def __init__(self, run: Path, minutes: float) -> None:
        run.mkdir(parents=True, exist_ok=True)
        self.run = run
        self.minutes = minutes
        self.restored, state = load_checkpoint(run / "checkpoint") or (None, {})
        self.first_step = self.step = state.get("step", 0)
        self.samples = state.get("samples", 0)
        self._seconds_before = state.get("seconds", 0.0)
        self._log = (run / "log.jsonl").open("a")

    @cached_property
    def clock(self) -> Clock:
        """Starts when it is first asked: the minutes are for training, not for what comes before."""
        return Clock(self.minutes, self._seconds_before)

    def progress(self) -> float:
        """Share of the session's minutes that has passed, the same for all workers."""
        return agree(self.clock.progress())

    def advance(self, samples: int = 0) -> None:
        """Count a step, and what all workers have seen in it."""
        self.step += 1
        self.samples += samples

    def is_due(self, name: str, seconds: float) -> bool:
        """True once per interval and name, for the first worker only: it is the one that writes."""
        return rank() == 0 and self.clock.every(name, seconds)

    def write(self, **row: Any) -> None:
        """Append a row to `log.jsonl`."""
        samples = {"samples": self.samples} if self.samples else {}
        self._log.write(json.dumps({"step": self.step, **samples, "seconds": round(self.clock.total()), **row}) + "\n")
        self._log.flush()

    def save(self, tensors: dict[str, torch.Tensor]) -> None:
        """Replace the run's checkpoint; the first worker does it."""
        if rank() == 0:
            state = {"step": self.step, "samples": self.samples, "seconds": self.clock.total()}
            save_checkpoint(self.run / "checkpoint", tensors, state)
