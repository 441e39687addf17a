"""Checkpoints: a folder of safetensors shards of at most 16 MB and a state file, replaced as a whole."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

SHARD_BYTES = 16 * 1000 * 1000


def save_checkpoint(folder: Path, tensors: dict[str, torch.Tensor], state: dict[str, Any]) -> None:
    """Write a checkpoint beside the old one, then put it in its place: a kill at any moment leaves one whole."""
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    shard: dict[str, torch.Tensor] = {}
    shards, size = 0, 0
    for name, tensor in tensors.items():
        data = tensor.detach().cpu().contiguous().clone()
        if shard and size + data.nbytes > SHARD_BYTES:
            save_file(shard, fresh / f"{shards:02d}.safetensors")
            shard, size, shards = {}, 0, shards + 1
        shard[name] = data
        size += data.nbytes
    save_file(shard, fresh / f"{shards:02d}.safetensors")
    (fresh / "state.json").write_text(json.dumps(state))
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(fresh, folder)
    shutil.rmtree(old, ignore_errors=True)


def load_checkpoint(folder: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]] | None:
    """The tensors and the state of a checkpoint, or None where there is none."""
    source = folder if folder.exists() else folder.with_name(folder.name + ".old")
    if not source.exists():
        return None
    tensors: dict[str, torch.Tensor] = {}
    for shard in sorted(source.glob("*.safetensors")):
        tensors.update(load_file(shard))
    return tensors, json.loads((source / "state.json").read_text())
