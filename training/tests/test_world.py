"""The world is deterministic, its tasks are right, and training never sees what the benchmark holds out."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from easel_training.cases import GROUPS
from easel_training.judge.labels import labels_of
from easel_training.tasks import BASE_TASKS, CURRICULA, EDIT_TASKS, GENERATE_KINDS, GENERATE_TASKS, TASKS, Dice, draw
from easel_training.world.patterns import pattern_mask
from easel_training.world.render import render
from easel_training.world.scene import Background, Place, Scene, Thing, random_scene
from easel_training.world.vocabulary import CORE, FULL, NOUNS, is_held_out

CASES = Path(__file__).parents[2] / "bench" / "quality" / "cases" / "cases.json"


def test_a_scene_is_rendered_the_same_every_time() -> None:
    scene = random_scene(np.random.default_rng(1))
    assert np.array_equal(render(scene, 128), render(scene, 128))


@pytest.mark.parametrize("pattern", FULL.patterns)
def test_every_pattern_but_plain_shows_both_colours(pattern: str) -> None:
    mask = pattern_mask(pattern, 128)
    assert mask.min() == 0 and (mask.max() > 0.9) == (pattern != "plain")


@pytest.mark.parametrize("kind", TASKS)
def test_training_tasks_hold_no_held_out_pair_and_benchmark_tasks_do(kind: str) -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        assert not draw({kind: 1.0}, rng, world=FULL).holds_out()
        assert draw({kind: 1.0}, rng, held_out=True, world=FULL).target.holds_out()


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
    pairs = [is_held_out(noun, pattern) for noun in NOUNS for pattern in FULL.patterns if pattern != "plain"]
    assert 0.05 < np.mean(pairs) < 0.16
    assert not any(is_held_out(noun, "plain") for noun in NOUNS)


@pytest.mark.parametrize("kind", [kind for kind in TASKS if kind not in GENERATE_KINDS and kind != "text_to_image"])
def test_an_edit_changes_the_picture_and_keeps_what_it_does_not_name(kind: str) -> None:
    rng = np.random.default_rng(4)
    for _ in range(10):
        task = draw({kind: 1.0}, rng, world=FULL)
        source, target = task.inputs[0], task.target
        assert not np.array_equal(render(source, 128), render(target, 128))
        assert (source.style == target.style) == (kind not in ("give_style", "change_style"))
        assert (source.light == target.light) == (kind not in ("give_light", "change_light"))
        if kind not in ("put_background", "change_background", "change_setting"):
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


def test_the_full_world_has_what_it_promises() -> None:
    assert len(FULL.nouns) >= 70 and len(FULL.colors) == 13 and len(FULL.patterns) == 12
    assert (len(FULL.materials), len(FULL.styles), len(FULL.lights)) == (5, 6, 5)
    for words in ("nouns", "colors", "patterns", "materials", "styles", "lights", "settings"):
        assert set(getattr(CORE, words)) <= set(getattr(FULL, words))


@pytest.mark.parametrize("size", [128, 256, 512])
def test_every_word_of_the_full_world_shows_and_is_drawn_the_same_every_time(size: int) -> None:
    rng = np.random.default_rng(6)
    scene = replace(Dice(rng).scene(count=1), background=Background("teal", "plain"))
    (thing,) = scene.things
    variants = [replace(scene, style=style) for style in FULL.styles]
    variants += [replace(scene, light=light) for light in FULL.lights[1:]]
    variants += [replace(scene, background=Background("teal", "plain", setting)) for setting in FULL.settings[1:]]
    variants += [scene.with_thing(0, replace(thing, material=material)) for material in FULL.materials[1:]]
    variants += [scene.with_thing(0, replace(thing, tilt=25)), scene.with_thing(0, replace(thing, mirrored=True))]
    pictures = [render(variant, size) for variant in variants]
    assert all(picture.shape == (size, size, 3) for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) == len(variants)
    assert all(np.array_equal(render(variant, size), picture) for variant, picture in zip(variants, pictures))


def test_objects_have_crisp_edges_at_512() -> None:
    """A picture that is drawn small and scaled up spreads an edge over several pixels."""
    scene = Scene((Thing("balloon", "black", "plain", Place(0.5, 0.5, 0.7)),), Background("white", "plain"))
    small = Image.fromarray(render(scene, 256)).resize((512, 512), Image.Resampling.LANCZOS)
    drawn, scaled = (abs(np.diff(np.asarray(image)[230].mean(-1))).max() for image in (render(scene, 512), small))
    assert drawn > 1.15 * scaled


def test_as_many_objects_as_references_as_the_full_world_allows() -> None:
    rng = np.random.default_rng(7)
    curriculum = CURRICULA["full"]
    tasks = [draw(curriculum.generate | curriculum.edit, rng, world=FULL) for _ in range(300)]
    assert {len(task.target.things) for task in tasks} == {1, 2, 3}
    assert {len(task.inputs) for task in tasks} == {1, 2, 3, 4, 5}
