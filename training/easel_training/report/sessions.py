"""What the sessions of a run were started with: `sessions.jsonl`, one row a session."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch


def record_session(run: Path, settings: dict[str, Any]) -> None:
    """Note that a session begins now, on which kind of device and with which settings."""
    run.mkdir(parents=True, exist_ok=True)
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "processor"
    row = {"started": datetime.now(UTC).isoformat(timespec="seconds"), "device": device, **settings}
    with (run / "sessions.jsonl").open("a") as file:
        file.write(json.dumps(row) + "\n")


def read_sessions(run: Path) -> list[dict[str, Any]]:
    """The rows in order; none where none was recorded."""
    file = run / "sessions.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
