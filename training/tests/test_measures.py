"""Measures on held-out tasks: which tokens count, intervals, the judge, and both commands from weights to table."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from easel_training.changes import CHANGED_SHARE, changed_tokens, loss_weights
from easel_training.judge.network import Judge, split_logits
from easel_training.judge.train import export_graph
from easel_training.measures.ablation import NO_ADAPTER, VARIANTS, Setting, run_variant
from easel_training.measures.ablation_table import ablation_table
from easel_training.measures.held_out import held_out_tasks
from easel_training.measures.interval import bootstrap
from easel_training.measures.judged import PublishedJudge
from easel_training.measures.losses import EditLoss
from easel_training.measures.single import KINDS, measure_single, single_table
from easel_training.tasks import EDIT_TASKS
from easel_training.vae import to_pixels
from easel_training.world.render import render, thing_mask
from easel_training.world.scene import random_scene


def test_held_out_tasks_are_always_the_same_and_hold_what_training_excludes() -> None:
    tasks = held_out_tasks(EDIT_TASKS, 12)
    assert tasks == held_out_tasks(EDIT_TASKS, 12)
    assert all(task.target.holds_out() for task in tasks)


def test_tokens_change_where_the_pictures_differ() -> None:
    (task,) = held_out_tasks({"change_background": 1.0}, 1)
    changed = changed_tokens(task, 128)
    source, target = (render(scene, 128) for scene in (task.inputs[0], task.target))
    assert changed.shape == (64,) and changed.any()
    for token in range(64):
        rows, columns = slice(token // 8 * 16, token // 8 * 16 + 16), slice(token % 8 * 16, token % 8 * 16 + 16)
        if not changed[token]:
            assert abs(source[rows, columns].astype(int) - target[rows, columns]).max() < 8


def test_a_new_picture_changes_where_its_objects_are() -> None:
    for kinds in ({"text_to_image": 1.0}, {"generate": 1.0}):
        (task,) = held_out_tasks(kinds, 1)
        changed = changed_tokens(task, 128)
        for index in range(len(task.target.things)):
            shown = thing_mask(task.target, index, 128).reshape(8, 16, 8, 16).mean((1, 3)).reshape(-1) > 0.2
            assert shown.any() and changed[shown].all()
        assert not changed[[0, 7, 56, 63]].any()


def test_what_changes_carries_its_share_of_the_loss_and_a_sample_weighs_as_before() -> None:
    few = np.arange(64) < 8
    weights = loss_weights(few)
    assert weights.mean() == pytest.approx(1) and weights[few].sum() == pytest.approx(CHANGED_SHARE * 64)
    for all_alike in (np.ones(64, bool), np.zeros(64, bool), np.arange(64) < 50):
        assert (loss_weights(all_alike) == 1).all()


def test_the_interval_holds_the_mean_and_narrows_with_more_tasks() -> None:
    few, many = (bootstrap(np.random.default_rng(0).normal(size=count).tolist()) for count in (20, 500))
    assert few is not None and many is not None
    assert few.low < few.mean < few.high and many.high - many.low < few.high - few.low
    assert bootstrap([]) is None and bootstrap([2.0, 2.0]).write() == "2.000 (2.000 to 2.000)"


def test_the_exported_judge_reads_as_the_network_does(tmp_path: Path) -> None:
    torch.manual_seed(0)
    judge = Judge().eval()
    export_graph(judge, 128, tmp_path / "judge.onnx")
    image = render(random_scene(np.random.default_rng(1)), 128)
    heads, _ = split_logits(judge(to_pixels(image[None]))[0])
    published = PublishedJudge(tmp_path / "judge.onnx")
    assert published.size == 128 and published.read(image) == [int(head[0].argmax()) for head in heads]


@pytest.mark.parametrize(("variant", "size"), [("index+shift", 128), ("stitched", 32), (NO_ADAPTER, 32)])
def test_a_variant_is_trained_and_measured_and_has_its_row(variant: str, size: int, tiny_model: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    judge = tmp_path / "judge.onnx"
    if size == 128:
        export_graph(Judge().eval(), size, judge)
    setting = Setting(tiny_model, judge, size=size, seed=1, tasks=3)
    file = run_variant(variant, tmp_path / "ablation" / variant, setting, minutes=0.005, workers=1)
    result = json.loads(file.read_text())
    assert len(result["tasks"]) == 3 and (result["steps"] > 0) == (variant != NO_ADAPTER)
    assert all(task["changed"] > 0 and (task["right"] is None) == (size != 128) for task in result["tasks"])
    row = ablation_table(tmp_path / "ablation").splitlines()[2]
    assert row.startswith(f"| {variant} |")


def test_the_table_compares_task_by_task(tmp_path: Path) -> None:
    for variant, more in (("index+shift", 0.0), ("index", 0.25)):
        tasks = [{"kind": "give_color", "concrete": i == 0, "changed": i + more, "kept": None, "right": i < 2} for i in range(4)]
        result = {"variant": variant, "steps": 9, "samples": 1200, "minutes": 20.0, "base": "b", "size": 128, "tasks": tasks}
        (tmp_path / variant).mkdir()
        (tmp_path / variant / "result.json").write_text(json.dumps(result))
    cells = [cell.strip() for cell in ablation_table(tmp_path).splitlines()[3].split("|")[1:-1]]
    assert cells[:5] == ["index", "yes", "no", "20", "1,200"]
    assert cells[6] == "0.250 (0.250 to 0.250)" and cells[7] == "" and cells[9] == "1.000 (1.000 to 1.000)"
    assert list(VARIANTS)[:2] == ["index+shift", "index"]


def test_a_base_is_as_good_as_itself_at_single_edits(tiny_model: Path) -> None:
    measured = measure_single(tiny_model, size=32, count=2)
    assert list(measured) == KINDS and all(len(losses) == 2 for losses in measured.values())
    rows = single_table(measured, measured).splitlines()
    assert len(rows) == 2 + len(KINDS) + 1 and rows[-1].startswith("| all |")
    assert "| 0.0000 (0.0000 to 0.0000) |" in rows[-1]


def test_a_part_that_no_task_has_stays_empty() -> None:
    rows = single_table({"change_style": [EditLoss(0.5, None)]}).splitlines()
    assert rows[2] == "| change_style | 0.5000 (0.5000 to 0.5000) |  |"
