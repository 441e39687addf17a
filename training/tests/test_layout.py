"""How several pictures reach the transformer: ids and grids of every variant."""

import numpy as np
import pytest
import torch

from easel_training.latents import position_ids
from easel_training.layout import DREAMOMNI2, Layout
from easel_training.measures.ablation import VARIANTS

#: An output of 2 x 2 tokens, references of 2 x 3, 1 x 2 and 1 x 1.
GRIDS = [(2, 2), (2, 3), (1, 2), (1, 1)]
#: Where the references' tokens begin.
STARTS = (4, 10, 12)


def starts(layout: Layout) -> list[list[float]]:
    ids = position_ids(GRIDS, layout)
    return [ids[i].tolist() for i in STARTS]


def test_index_and_shift_are_switched_each_by_itself() -> None:
    assert starts(VARIANTS["index+shift"]) == [[1, 0, 0], [2, 0, 3], [3, 0, 5]]
    assert starts(VARIANTS["index"]) == [[1, 0, 0], [2, 0, 0], [3, 0, 0]]
    assert starts(VARIANTS["shift"]) == [[1, 0, 0], [1, 0, 3], [1, 0, 5]]
    assert starts(VARIANTS["none"]) == [[1, 0, 0], [1, 0, 0], [1, 0, 0]]


def test_the_layout_is_the_released_models_unless_another_is_given() -> None:
    assert torch.equal(position_ids(GRIDS), position_ids(GRIDS, DREAMOMNI2))
    assert torch.equal(position_ids(GRIDS), position_ids(GRIDS, VARIANTS["index+shift"]))


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_output_and_a_single_reference_have_the_same_ids_in_every_variant(variant: str) -> None:
    layout = VARIANTS[variant]
    assert layout.reference_grids(8, 1) == [(8, 8)]
    assert torch.equal(position_ids([(8, 8), (8, 8)], layout), position_ids([(8, 8), (8, 8)]))


def test_stitched_pictures_are_one_of_about_the_area_of_one() -> None:
    layout = VARIANTS["stitched"]
    assert layout.reference_grids(8, 2) == [(6, 11)] and layout.reference_grids(8, 3) == [(5, 14)]
    red, blue = (np.full((128, 128, 3), color, np.uint8) for color in ((255, 0, 0), (0, 0, 255)))
    (picture,) = layout.arrange(np.stack([red, blue]))
    assert picture.shape == (96, 176, 3)
    assert (picture[:, :80] == (255, 0, 0)).all() and (picture[:, 96:] == (0, 0, 255)).all()


def test_separate_pictures_stay_as_they_are() -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (2, 32, 32, 3), np.uint8)
    assert DREAMOMNI2.reference_grids(2, 2) == [(2, 2), (2, 2)]
    assert all(np.array_equal(one, other) for one, other in zip(DREAMOMNI2.arrange(pictures), pictures, strict=True))
