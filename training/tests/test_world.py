"""The world is deterministic, its tasks are right, and training never sees what the benchmark holds out."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from easel_training.cases import GROUPS
from easel_training.judge.labels import labels_of
from easel_training.tasks import BASE_TASKS, EDIT_TASKS, GENERATE_TASKS, TASKS, draw
from easel_training.world.patterns import pattern_mask
from easel_training.world.render import render
from easel_training.world.scene import random_scene
from easel_training.world.vocabulary import NOUNS, PATTERNS, is_held_out

CASES = Path(__file__).parents[2] / "bench" / "quality" / "cases" / "cases.json"


def test_a_scene_is_rendered_the_same_every_time() -> None:
    scene = random_scene(np.random.default_rng(1))
    assert np.array_equal(render(scene, 128), render(scene, 128))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_but_plain_shows_both_colours(pattern: str) -> None:
    mask = pattern_mask(pattern, 128)
    assert mask.min() == 0 and (mask.max() > 0.9) == (pattern != "plain")


@pytest.mark.parametrize("kind", TASKS)
def test_training_tasks_hold_no_held_out_pair_and_benchmark_tasks_do(kind: str) -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        assert not draw({kind: 1.0}, rng).holds_out()
        assert draw({kind: 1.0}, rng, held_out=True).target.holds_out()


def test_the_pairs_of_training_and_of_the_benchmark_do_not_meet() -> None:
    rng = np.random.default_rng(3)
    seen = set()
    for kinds in (BASE_TASKS, EDIT_TASKS, GENERATE_TASKS):
        for _ in range(400):
            task = draw(kinds, rng)
            for scene in (*task.inputs, task.target):
                seen |= {f"{t.noun}|{a}" for t in scene.things for a in (t.color, t.pattern)}
    held_out = {pair for row in json.loads(CASES.read_text())["cases"] for pair in row["heldOutPairs"]}
    assert held_out and not held_out & seen


def test_a_share_of_pairs_near_a_tenth_is_held_out() -> None:
    pairs = [is_held_out(noun, pattern) for noun in NOUNS for pattern in PATTERNS if pattern != "plain"]
    assert 0.05 < np.mean(pairs) < 0.16
    assert not any(is_held_out(noun, "plain") for noun in NOUNS)


@pytest.mark.parametrize("kind", [*EDIT_TASKS, "transfer_within"])
def test_an_edit_changes_the_picture_and_keeps_what_it_does_not_name(kind: str) -> None:
    rng = np.random.default_rng(4)
    for _ in range(10):
        task = draw({kind: 1.0}, rng)
        source, target = task.inputs[0], task.target
        assert not np.array_equal(render(source, 128), render(target, 128))
        if kind not in ("give_style",):
            assert source.style == target.style
        if kind != "put_background":
            assert source.background == target.background


def test_labels_follow_the_scene() -> None:
    scene = random_scene(np.random.default_rng(5), count=2, style="flat")
    other = scene.with_thing(0, replace(scene.things[0], pattern="dotted" if scene.things[0].pattern != "dotted" else "wavy"))
    assert sum(a != b for a, b in zip(labels_of(scene), labels_of(other))) == 1


def test_the_committed_cases_have_the_promised_numbers() -> None:
    rows = json.loads(CASES.read_text())["cases"]
    for group, (default, full) in GROUPS.items():
        members = [row for row in rows if row["group"] == group]
        assert len(members) == full and sum(row["default"] for row in members) == default
    edits = [row for row in rows if row["group"] == "edits"]
    assert sum(row["concrete"] for row in edits) == 41
