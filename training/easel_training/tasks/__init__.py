"""Tasks: training draws those in which no scene holds a held-out noun-attribute pair, the benchmark those whose target does."""

from .dice import Dice
from .kinds import BASE_TASKS, CURRICULA, EDIT_TASKS, GENERATE_TASKS, TASKS, Curriculum, draw
from .task import GENERATE_KINDS, Task, describe

__all__ = [
    "BASE_TASKS",
    "CURRICULA",
    "EDIT_TASKS",
    "GENERATE_KINDS",
    "GENERATE_TASKS",
    "TASKS",
    "Curriculum",
    "Dice",
    "Task",
    "describe",
    "draw",
]
