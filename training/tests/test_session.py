"""A run over several sessions: what the next one finds."""

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from easel_training.average import Average
from easel_training.muon import create_optimizers, set_rates
from easel_training.session import Session
from easel_training.trained import Trained


def test_the_next_session_goes_on_where_the_last_one_saved(tmp_path: Path) -> None:
    first = Session(tmp_path / "run", 1)
    assert first.restored is None and first.progress() < 1
    first.advance(20)
    first.advance(22)
    first.write(loss=0.5)
    first.save({"model.a": torch.ones(3)})
    second = Session(tmp_path / "run", 1)
    assert (second.first_step, second.step, second.samples) == (2, 2, 42)
    assert second.restored is not None and second.restored["model.a"].tolist() == [1, 1, 1]
    assert second.clock.total() >= first.clock.before
    second.advance(10)
    second.write(loss=0.4)
    rows = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert [(row["step"], row["samples"], row["loss"]) for row in rows] == [(2, 42, 0.5), (3, 52, 0.4)]


def test_the_minutes_begin_with_the_first_step_and_end_the_session(tmp_path: Path) -> None:
    session = Session(tmp_path / "run", 1e-9)
    assert session.progress() >= 1
    assert session.is_due("save", 0)
    assert not session.is_due("save", 100)


def test_training_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    whole, alone = _network(), _network()
    _train(alone, 6)
    _train(whole, 3)
    session = Session(tmp_path / "run", 1)
    session.save(whole.tensors())
    restored = Session(tmp_path / "run", 1).restored
    assert restored is not None
    again = _network()
    again.restore(restored, 3)
    _train(again, 3, first=3)
    for name, parameter in again.parameters.items():
        # Moments are kept in bfloat16.
        assert parameter.detach().numpy() == pytest.approx(alone.parameters[name].detach().numpy(), abs=2e-3)
        assert not torch.equal(parameter, whole.parameters[name])


def _network() -> Trained:
    torch.manual_seed(1)
    parameters = dict(nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2)).named_parameters())
    optimizers = create_optimizers(parameters, lambda _, parameter: parameter.ndim == 2)
    return Trained(parameters, Average(parameters, 0.9), optimizers)


def _train(whole: Trained, steps: int, first: int = 0) -> None:
    weights = whole.parameters
    for step in range(first, first + steps):
        x = torch.randn(16, 4, generator=torch.Generator().manual_seed(step))
        hidden = torch.tanh(x @ weights["0.weight"].T + weights["0.bias"])
        loss = (hidden @ weights["2.weight"].T + weights["2.bias"] - x[:, :2]).square().mean()
        loss.backward()
        set_rates(whole.optimizers, (0.02, 1e-2), 1)
        for optimizer in whole.optimizers:
            optimizer.step()
            optimizer.zero_grad()
        whole.average.update(dict(weights), step)
