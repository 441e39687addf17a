"""Scenes as short texts and back: "blue bag and red striped hat on yellow dotted, pixel"."""

import re

from ..world.scene import CENTER, LEFT, RIGHT, Background, Place, Scene, Thing
from ..world.vocabulary import COLORS, NOUNS, PATTERNS, STYLES

_COLOR, _NOUN = "|".join(COLORS), "|".join(NOUNS)
_PATTERN, _STYLE = "|".join(PATTERNS), "|".join(STYLES)
_THING = re.compile(rf"({_COLOR})(?: ({_PATTERN}))? ({_NOUN})")
_SCENE = re.compile(rf"(.+) on ({_COLOR})(?: ({_PATTERN}))?(?:, ({_STYLE}))?")


def scene_text(scene: Scene) -> str:
    """The scene in words; plain and flat are left out, places too."""
    things = " and ".join(_words(thing.color, thing.pattern, thing.noun) for thing in scene.things)
    style = "" if scene.style == "flat" else f", {scene.style}"
    return f"{things} on {_words(scene.background.color, scene.background.pattern)}{style}"


def parse_scene(text: str) -> Scene:
    """The scene of a text, its objects at the usual places.

    :raises ValueError: when the text names something that the world does not have.
    """
    scene = _SCENE.fullmatch(text)
    things = [_THING.fullmatch(words) for words in (scene[1] if scene else "").split(" and ")]
    if scene is None or not all(things) or len(things) > 2:
        raise ValueError(f"no scene: {text}")
    slots = (CENTER,) if len(things) == 1 else (LEFT, RIGHT)
    drawn = tuple(Thing(thing[3], thing[1], thing[2] or "plain", Place(*slot)) for thing, slot in zip(things, slots) if thing)
    return Scene(drawn, Background(scene[2], scene[3] or "plain"), scene[4] or "flat")


def _words(color: str, pattern: str, *noun: str) -> str:
    return " ".join((color, *(() if pattern == "plain" else (pattern,)), *noun))
