"""The moving average of weights."""

import pytest
import torch

from easel_training.average import Average


def test_an_average_stands_in_for_a_moment_even_when_the_block_fails() -> None:
    weight = torch.nn.Parameter(torch.zeros(3))
    average = Average({"weight": weight}, 0.9)
    with torch.no_grad():
        weight.fill_(2)
    with pytest.raises(RuntimeError), average.standing_in({"weight": weight}):
        assert weight.tolist() == [0, 0, 0]
        raise RuntimeError
    assert weight.tolist() == [2, 2, 2]
