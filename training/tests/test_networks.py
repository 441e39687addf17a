"""Packing, ids, the optimiser and the checkpoints."""

from pathlib import Path

import pytest
import torch

from easel_training.checkpoint import SHARD_BYTES, load_checkpoint, save_checkpoint
from easel_training.latents import pack, position_ids, unpack
from easel_training.muon import Muon, iterate_on_gram, iterate_on_matrix, orthogonalise
from easel_training.sampler import sigmas
from easel_training.text import load_tokenizers, tokenize, world_words, write_tokenizers
from easel_training.workers import rank, run_workers


def test_unpack_undoes_pack() -> None:
    latents = torch.randn(2, 16, 8, 12)
    assert torch.equal(unpack(pack(latents), 4, 6), latents)


def test_a_reference_is_shifted_by_the_widths_before_it_but_not_by_the_output() -> None:
    ids = position_ids([(2, 2), (2, 3), (1, 2)])
    assert ids[:4, 0].tolist() == [0] * 4
    assert ids[4].tolist() == [1, 0, 0] and ids[9].tolist() == [1, 1, 2]
    assert ids[10:].tolist() == [[2, 0, 3], [2, 0, 4]]


def test_orthogonalised_updates_have_singular_values_near_one() -> None:
    for shape in ((3, 32, 64), (3, 64, 32)):
        values = torch.linalg.svdvals(orthogonalise(torch.randn(shape)))
        assert values.max() < 1.4 and values.median() > 0.6


@pytest.mark.parametrize("condition", [1.0, 1e2, 1e4, 1e6])
@pytest.mark.parametrize("columns", [96, 160])
def test_iterating_on_the_gram_gives_what_iterating_on_the_matrix_gives(columns: int, condition: float) -> None:
    generator = torch.Generator().manual_seed(1)
    left = torch.linalg.qr(torch.randn(2, 32, 32, generator=generator)).Q
    right = torch.linalg.qr(torch.randn(2, columns, 32, generator=generator)).Q
    x = left * torch.logspace(0, -torch.log10(torch.tensor(condition)).item(), 32) @ right.mT
    x = x / x.norm(dim=(1, 2), keepdim=True)
    expected = iterate_on_matrix(x)
    assert (iterate_on_gram(x) - expected).norm() < 1e-4 * expected.norm()
    assert torch.equal(orthogonalise(x), orthogonalise(x.mT).mT)


def test_muon_goes_down_a_quadratic() -> None:
    weight = torch.nn.Parameter(torch.randn(16, 16))
    optimizer = Muon([weight], lr=0.1)
    before = weight.square().sum().item()
    for _ in range(50):
        weight.square().sum().backward()
        optimizer.step()
        optimizer.zero_grad()
    assert weight.square().sum().item() < before / 4


def test_two_workers_update_as_one_does(tmp_path: Path) -> None:
    _update_matrices(tmp_path / "one.pt")
    run_workers(2, _update_matrices, tmp_path / "two.pt")
    alone, together = torch.load(tmp_path / "one.pt"), torch.load(tmp_path / "two.pt")
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(alone, together, strict=True))
    assert len(alone) == 4


def _update_matrices(path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    shapes = ((8, 8), (8, 8), (8, 8), (4, 2, 2, 2))
    weights = [torch.nn.Parameter(torch.randn(shape, generator=generator)) for shape in shapes]
    optimizer = Muon(weights, lr=0.1)
    for _ in range(3):
        for weight in weights:
            weight.grad = weight.detach().square()
        optimizer.step()
    if rank() == 0:
        torch.save([weight.detach() for weight in weights], path)


def test_a_checkpoint_comes_back_in_small_shards(tmp_path: Path) -> None:
    tensors = {f"t{i}": torch.randn(1000, 1000) for i in range(6)}
    save_checkpoint(tmp_path / "c", tensors, {"step": 1})
    save_checkpoint(tmp_path / "c", tensors, {"step": 2})
    restored = load_checkpoint(tmp_path / "c")
    assert restored is not None
    assert restored[1] == {"step": 2} and all(torch.equal(restored[0][name], t) for name, t in tensors.items())
    assert all(path.stat().st_size <= SHARD_BYTES + 10_000 for path in (tmp_path / "c").glob("*.safetensors"))
    assert load_checkpoint(tmp_path / "absent") is None


def test_the_schedule_falls_from_one_to_zero() -> None:
    levels = sigmas(16, 64)
    assert levels[0] == 1 and levels[-1] == 0 and bool((levels[1:] < levels[:-1]).all())


def test_every_word_of_the_world_is_one_token_in_both_tokenizers(tmp_path: Path) -> None:
    write_tokenizers(tmp_path)
    clip, t5 = load_tokenizers(tmp_path)
    for word in world_words():
        clip_ids, t5_ids = tokenize(clip, t5, [word])
        assert (clip_ids[0] == clip.eos_token_id).nonzero()[0].item() == 2
        assert (t5_ids[0] == t5.eos_token_id).nonzero()[0].item() == 1
