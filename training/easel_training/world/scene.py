"""Scenes: what is in a picture, in words and numbers, and how a scene is drawn at random."""

from dataclasses import dataclass, replace

import numpy as np

from .vocabulary import COLORS, NOUNS, PATTERNS, STYLES, is_held_out

#: Places of the objects as shares of the picture's side: x, y, side.
CENTER, LEFT, RIGHT = (0.5, 0.5, 0.7), (0.26, 0.5, 0.46), (0.74, 0.5, 0.46)


@dataclass(frozen=True)
class Place:
    """Centre and side of an object, as shares of the picture's side."""

    x: float
    y: float
    side: float


@dataclass(frozen=True)
class Thing:
    """One object of a scene.

    :ivar tilt: degrees clockwise.
    :ivar mirrored: left and right exchanged, before the tilt.
    """

    noun: str
    color: str
    pattern: str
    place: Place
    material: str = "matte"
    tilt: float = 0
    mirrored: bool = False

    def holds_out(self) -> bool:
        """Whether training must not see this object."""
        return any(is_held_out(self.noun, attribute) for attribute in (self.color, self.pattern, self.material))


@dataclass(frozen=True)
class Background:
    """A plain or patterned background, or a setting, which hides both.

    :ivar setting: word of World.settings.
    """

    color: str
    pattern: str
    setting: str = ""


@dataclass(frozen=True)
class Scene:
    """A picture in words and numbers."""

    things: tuple[Thing, ...]
    background: Background
    style: str = "flat"
    light: str = "day"

    def holds_out(self) -> bool:
        """Whether training must not see this scene."""
        return any(thing.holds_out() for thing in self.things)

    def with_thing(self, index: int, thing: Thing) -> "Scene":
        """The scene with one object exchanged."""
        return replace(self, things=self.things[:index] + (thing,) + self.things[index + 1 :])


def pick(rng: np.random.Generator, options: list[str] | tuple[str, ...], but: tuple[str, ...] = ()) -> str:
    """One of the options that is not in `but`."""
    allowed = [option for option in options if option not in but]
    return allowed[int(rng.integers(len(allowed)))]


def random_place(rng: np.random.Generator, slot: tuple[float, float, float]) -> Place:
    """A slot with a little jitter."""
    x, y, side = slot
    return Place(x + rng.uniform(-0.02, 0.02), y + rng.uniform(-0.04, 0.04), side * rng.uniform(0.92, 1.06))


def random_thing(rng: np.random.Generator, slot: tuple[float, float, float], but_nouns: tuple[str, ...] = ()) -> Thing:
    """An object training may see."""
    while True:
        pattern = pick(rng, PATTERNS) if rng.random() < 0.7 else "plain"
        thing = Thing(pick(rng, NOUNS, but_nouns), pick(rng, COLORS), pattern, random_place(rng, slot))
        if not thing.holds_out():
            return thing


def random_background(rng: np.random.Generator) -> Background:
    """A background: six in ten are plain."""
    return Background(pick(rng, COLORS), pick(rng, PATTERNS) if rng.random() < 0.4 else "plain")


def random_scene(
    rng: np.random.Generator, count: int | None = None, style: str | None = None, but_nouns: tuple[str, ...] = ()
) -> Scene:
    """A scene training may see.

    :param count: 1 or 2 objects; both equally often when absent.
    :param style: three in ten are not flat when absent.
    :param but_nouns: nouns that must not occur.
    """
    count = count or int(rng.integers(1, 3))
    if count == 1:
        things: tuple[Thing, ...] = (random_thing(rng, CENTER, but_nouns),)
    else:
        left = random_thing(rng, LEFT, but_nouns)
        things = (left, random_thing(rng, RIGHT, (*but_nouns, left.noun)))
    chosen = style or (pick(rng, STYLES, ("flat",)) if rng.random() < 0.3 else "flat")
    return Scene(things, random_background(rng), chosen)
