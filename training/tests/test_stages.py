"""A few steps of the stages on small pictures: what they publish opens again, and the adapter goes on from it."""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file

from easel_training.adapter import FILE_NAME
from easel_training.model_folder import load_painter
from easel_training.stages import train_adapter, train_base

#: A session of at least one step.
MINUTES = 0.001


def test_the_base_and_then_an_adapter_are_trained_and_published(tiny_model: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(tiny_model, model)
    before = load_painter(model).transformer.state_dict()
    train_base(tmp_path / "base", model, MINUTES, 32, 1)
    after = load_painter(model).transformer.state_dict()
    assert any(not torch.equal(value, before[name]) for name, value in after.items())
    assert json.loads((model / "model_index.json").read_text())["_class_name"] == "FluxKontextPipeline"
    assert "_name_or_path" not in json.loads((model / "transformer" / "config.json").read_text())

    train_adapter("edit", tmp_path / "edit", model, MINUTES, 32, 1, False)
    first = load_file(model / "edit_lora" / FILE_NAME)
    assert all(name.startswith("transformer.") and value.dtype == torch.bfloat16 for name, value in first.items())
    shutil.rmtree(tmp_path / "edit" / "checkpoint")
    train_adapter("edit", tmp_path / "edit", model, MINUTES, 32, 1, False)
    second = load_file(model / "edit_lora" / FILE_NAME)
    moved = {name: (second[name].float() - value.float()).norm() / value.float().norm() for name, value in first.items()}
    assert all(share < 0.5 for name, share in moved.items() if "lora_A" in name)
    unchanged = load_painter(model).transformer.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in unchanged.items())
