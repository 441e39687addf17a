"""What chance brings: words, objects and scenes of a world."""

from dataclasses import dataclass, replace

import numpy as np

from ..world.scene import CENTER, LEFT, RIGHT, Background, Place, Scene, Thing, pick, random_place
from ..world.vocabulary import CORE, World

#: Where objects stand, by how many there are.
SLOTS = {1: (CENTER,), 2: (LEFT, RIGHT), 3: ((0.19, 0.5, 0.35), (0.5, 0.5, 0.35), (0.81, 0.5, 0.35))}
#: Degrees of a tilt.
TILT = 25
#: A small object's side, as a share of a normal one's.
SMALL = 0.66


@dataclass(frozen=True)
class Dice:
    """Draws from one world. What a world does not have costs no draw, so that worlds grow without changing what is drawn."""

    rng: np.random.Generator
    world: World = CORE

    def chance(self, share: float) -> bool:
        """True in this share of the draws."""
        return self.rng.random() < share

    def noun(self, *but: str) -> str:
        """A noun."""
        return pick(self.rng, self.world.nouns, but)

    def color(self, *but: str) -> str:
        """A colour."""
        return pick(self.rng, self.world.colors, but)

    def pattern(self, *but: str) -> str:
        """A pattern."""
        return pick(self.rng, self.world.patterns, but)

    def style(self, *but: str) -> str:
        """A style."""
        return pick(self.rng, self.world.styles, but)

    def source_style(self) -> str:
        """Mostly flat: what an edit starts from."""
        return "flat" if self.chance(0.85) else self.style("flat")

    def thing(self, place: Place, but: tuple[str, ...] = ()) -> Thing:
        """An object at a place; its noun is none of `but`."""
        pattern = "plain" if self.chance(0.3) else self.pattern("plain")
        thing = Thing(self.noun(*but), self.color(), pattern, place)
        if len(self.world.materials) > 1 and self.chance(0.4):
            thing = replace(thing, material=pick(self.rng, self.world.materials))
        return self._posed(thing) if self.world.has_poses else thing

    def background(self) -> Background:
        """Six in ten are plain; where the world has settings, a third are settings."""
        color = self.color()
        background = Background(color, self.pattern() if self.chance(0.4) else "plain")
        if len(self.world.settings) > 1 and self.chance(0.33):
            return replace(background, setting=pick(self.rng, self.world.settings[1:]))
        return background

    def scene(self, count: int | None = None, style: str = "flat", but: tuple[str, ...] = ()) -> Scene:
        """A scene of different objects, none of `but`, around their slots.

        :param count: of objects; 1 to as many as the world has when absent.
        """
        count = count or int(self.rng.integers(1, self.world.most_things + 1))
        things: list[Thing] = []
        for slot in SLOTS[count]:
            things.append(self.thing(random_place(self.rng, slot), (*but, *(thing.noun for thing in things))))
        scene = Scene(tuple(things), self.background(), style)
        if len(self.world.lights) > 1 and self.chance(0.2):
            return replace(scene, light=pick(self.rng, self.world.lights))
        return scene

    def seen_scene(self) -> Scene:
        """A scene that training may see; three in ten are not flat."""
        while True:
            scene = self.scene(style="flat" if self.chance(0.7) else self.style("flat"))
            if not scene.holds_out():
                return scene

    def placed(self, style: str = "flat") -> Scene:
        """A scene at the slots exactly, without poses: what a caption alone can determine."""
        scene = self.scene(style=style)
        slots = SLOTS[len(scene.things)]
        upright = (replace(t, place=Place(*s), tilt=0, mirrored=False) for t, s in zip(scene.things, slots))
        return replace(scene, things=tuple(upright))

    def one_of(self, scene: Scene) -> int:
        """The index of one object."""
        return int(self.rng.integers(len(scene.things)))

    def _posed(self, thing: Thing) -> Thing:
        if self.chance(0.2):
            thing = replace(thing, tilt=TILT if self.chance(0.5) else -TILT)
        if self.chance(0.2):
            thing = replace(thing, mirrored=True)
        if self.chance(0.2):
            thing = replace(thing, place=replace(thing.place, side=thing.place.side * SMALL))
        return thing
