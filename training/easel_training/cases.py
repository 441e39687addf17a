"""The benchmark's cases: fixed, held out of training, written once and committed."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from .judge.labels import HEADS, IGNORE, LABELS, labels_of
from .tasks import BASE_TASKS, EDIT_TASKS, GENERATE_KINDS, GENERATE_TASKS, Task, draw
from .world.render import render
from .world.scene import Background, Scene, pick
from .world.vocabulary import COLORS, NOUNS, PATTERNS, is_held_out

SEED = 20_251
#: The paper's split of edits, 41 concrete to 164 abstract, and of generations, 24 to 90.
EDIT_SHARES = {True: 41 / 205, False: 164 / 205}
GENERATE_SHARES = {True: 24 / 114, False: 90 / 114}
SINGLE_KINDS = ("change_color", "change_pattern", "change_background", "change_noun", "change_style")
#: Kinds whose target may be in another style than flat; others are drawn flat, where every attribute can be read.
STYLED_KINDS = ("change_style", "give_style", *GENERATE_KINDS, "text_to_image")
#: One concrete generation in this many has as many references as a model takes: chance alone would bring hardly one.
MOST_EVERY, MOST_REFERENCES = 3, 5
#: Groups: cases of the quick run and of the whole one.
GROUPS = {"edits": (72, 205), "generations": (32, 114), "singleEdits": (8, 50), "textToImage": (8, 50)}


def write_cases(folder: Path, size: int) -> None:
    """Write `cases.json` and one lossless WebP strip a case: inputs, target, target with an unasked change."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for group, (default, full) in GROUPS.items():
        rng = np.random.default_rng([SEED, len(rows)])
        for number in range(full):
            concrete = _is_concrete(group, number)
            task = _draw(group, concrete, number, rng)
            name = f"{group}-{number:03d}"
            changed = unasked_change(task, rng)
            strip = np.concatenate([render(scene, size) for scene in (*task.inputs, task.target, changed)], 1)
            Image.fromarray(strip).save(folder / f"{name}.webp", lossless=True, quality=100)
            rows.append(_row(name, group, task, number < default))
    assert_held_out(rows)
    card = {"size": size, "seed": SEED, "heads": list(HEADS), "cases": rows}
    (folder / "cases.json").write_text(json.dumps(card, indent=1) + "\n")


def assert_held_out(rows: list[dict]) -> None:
    """Every case's target holds a pair that training excludes; so no case can have been trained on."""
    assert all(row["heldOutPairs"] for row in rows), "a case without a held-out pair"


def unasked_change(task: Task, rng: np.random.Generator) -> Scene:
    """The target with one attribute changed that nobody asked to change."""
    target = task.target
    asked = _changed_parts(task)
    while True:
        way = int(rng.integers(4))
        index = int(rng.integers(len(target.things)))
        thing = target.things[index]
        if way == 0 and "background" not in asked and target.style in ("flat", "pixel"):
            return replace(
                target, background=Background(pick(rng, tuple(COLORS), (target.background.color,)), target.background.pattern)
            )
        if way == 1 and (index, "color") not in asked and target.style in ("flat", "pixel"):
            return target.with_thing(index, replace(thing, color=pick(rng, tuple(COLORS), (thing.color,))))
        if way == 2 and (index, "pattern") not in asked and target.style == "flat":
            return target.with_thing(index, replace(thing, pattern=pick(rng, PATTERNS, (thing.pattern,))))
        if way == 3 and (index, "noun") not in asked:
            return target.with_thing(index, replace(thing, noun=pick(rng, NOUNS, tuple(t.noun for t in target.things))))


def _changed_parts(task: Task) -> set:
    """What the task itself changes, compared with image 1; nothing for a new picture."""
    if not task.inputs or task.kind in GENERATE_KINDS:
        return set()
    source, target = task.inputs[0], task.target
    asked: set = set()
    if source.background != target.background:
        asked.add("background")
    for index, thing in enumerate(target.things):
        twin = source.things[index] if len(source.things) == len(target.things) else None
        for part in ("noun", "color", "pattern"):
            if twin is None or getattr(twin, part) != getattr(thing, part):
                asked.add((index, part))
    return asked


def _is_concrete(group: str, number: int) -> bool | None:
    """Spreads the concrete cases evenly, so that any prefix has the paper's proportions."""
    shares = {"edits": EDIT_SHARES, "generations": GENERATE_SHARES}.get(group)
    if shares is None:
        return None
    return int((number + 1) * shares[True]) > int(number * shares[True])


def _draw(group: str, concrete: bool | None, number: int, rng: np.random.Generator) -> Task:
    kinds = {
        "edits": EDIT_TASKS,
        "generations": GENERATE_TASKS,
        "singleEdits": {SINGLE_KINDS[number % len(SINGLE_KINDS)]: 1.0},
        "textToImage": {"text_to_image": BASE_TASKS["text_to_image"]},
    }[group]
    has_most = group == "generations" and concrete and number % MOST_EVERY == 0
    while True:
        task = draw(kinds, rng, held_out=True)
        if has_most and len(task.inputs) < MOST_REFERENCES:
            continue
        readable = task.target.style == "flat" or task.kind in STYLED_KINDS
        if readable and concrete in (None, task.concrete):
            return task


def _row(name: str, group: str, task: Task, default: bool) -> dict:
    pairs = [
        f"{thing.noun}|{attribute}"
        for thing in task.target.things
        for attribute in (thing.color, thing.pattern)
        if is_held_out(thing.noun, attribute)
    ]
    return {
        "id": name,
        "group": group,
        "kind": task.kind,
        "concrete": task.concrete,
        "default": default,
        "mode": "generate" if group in ("generations", "textToImage") else "edit",
        "instruction": task.instruction,
        "description": task.description(),
        "inputs": len(task.inputs),
        "style": task.target.style,
        "source": _labels(task.inputs[0]) if group in ("edits", "singleEdits") else None,
        "expected": _labels(task.target),
        "heldOutPairs": pairs,
    }


def _labels(scene: Scene) -> dict[str, str | None]:
    """Word of every head; None where nothing stands."""
    return {head: None if label == IGNORE else LABELS[HEADS[head]][label] for head, label in zip(HEADS, labels_of(scene))}
