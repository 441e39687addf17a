"""Kinds of tasks and their shares in training."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..world.vocabulary import CORE, FULL, World
from .dice import Dice
from .generations import generate, generate_from_many
from .reference_edits import add_from, give, give_light, give_pose, give_style, give_two, put_background, replace_from
from .single_edits import (
    change_background,
    change_color,
    change_light,
    change_material,
    change_noun,
    change_pattern,
    change_pose,
    change_setting,
    change_style,
    copy_within,
    text_to_image,
    transfer_within,
)
from .task import Task

BASE_TASKS = {
    "text_to_image": 0.28,
    "change_color": 0.07,
    "change_pattern": 0.14,
    "change_background": 0.05,
    "change_noun": 0.13,
    "change_style": 0.06,
    "transfer_within": 0.19,
    "copy_within": 0.08,
}
EDIT_TASKS = {
    "give_pattern": 0.19,
    "give_color": 0.13,
    "give_look": 0.17,
    "give_style": 0.13,
    "put_background": 0.12,
    "replace_from": 0.14,
    "add_from": 0.12,
}
GENERATE_TASKS = {"generate": 0.75, "generate_from_many": 0.25}
#: The full world's: the core's and what only its words can say.
FULL_BASE_TASKS = BASE_TASKS | {"change_material": 0.08, "change_setting": 0.04, "change_light": 0.06, "change_pose": 0.12}
FULL_EDIT_TASKS = EDIT_TASKS | {"give_material": 0.10, "give_light": 0.10, "give_pose": 0.10, "give_two": 0.10}


@dataclass(frozen=True)
class Curriculum:
    """A world, and what the base and the two LoRAs learn of it: kinds of tasks with their shares."""

    world: World
    base: dict[str, float]
    edit: dict[str, float]
    generate: dict[str, float]


#: By the name of the world on the command line.
CURRICULA = {
    "core": Curriculum(CORE, BASE_TASKS, EDIT_TASKS, GENERATE_TASKS),
    "full": Curriculum(FULL, FULL_BASE_TASKS, FULL_EDIT_TASKS, GENERATE_TASKS),
}

TASKS: dict[str, Callable[[Dice], Task]] = {
    "text_to_image": text_to_image,
    "change_color": change_color,
    "change_pattern": change_pattern,
    "change_background": change_background,
    "change_noun": change_noun,
    "change_style": change_style,
    "transfer_within": transfer_within,
    "copy_within": copy_within,
    "give_pattern": give("pattern"),
    "give_color": give("color"),
    "give_look": give("look"),
    "give_style": give_style,
    "put_background": put_background,
    "replace_from": replace_from,
    "add_from": add_from,
    "generate": generate,
    "change_material": change_material,
    "change_setting": change_setting,
    "change_light": change_light,
    "change_pose": change_pose,
    "give_material": give("material"),
    "give_light": give_light,
    "give_pose": give_pose,
    "give_two": give_two,
    "generate_from_many": generate_from_many,
}


def draw(kinds: dict[str, float], rng: np.random.Generator, held_out: bool = False, world: World = CORE) -> Task:
    """A task of one of the kinds, by their shares.

    :param held_out: the target must hold a held-out pair (benchmark); else no scene may (training).
    :param world: must have what the kinds change: the full kinds need the full world.
    """
    names = list(kinds)
    shares = np.array([kinds[name] for name in names])
    kind = names[int(rng.choice(len(names), p=shares / shares.sum()))]
    dice = Dice(rng, world)
    while True:
        task = TASKS[kind](dice)
        if task.target.holds_out() if held_out else not task.holds_out():
            return task
