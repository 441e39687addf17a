"""The judge's file."""

from pathlib import Path

from easel_training.judge.network import Judge
from easel_training.judge.train import export_graph


def test_a_judge_is_measured_after_its_export_in_the_mode_it_was_exported_in(tmp_path: Path) -> None:
    judge = Judge().eval()
    export_graph(judge, 128, tmp_path / "judge.onnx")
    assert not any(module.training for module in judge.modules())
