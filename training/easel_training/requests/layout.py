"""Who sent which picture when: conversations around the pictures that a request is about."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..world.scene import Background, Scene, pick
from ..world.vocabulary import COLORS, PATTERNS, STYLES
from .conversation import Shown

#: Draws a scene.
Draw = Callable[[], Scene]

_PAIRS = {"together": 0.42, "before": 0.12, "goes_on": 0.2, "brought": 0.12, "people": 0.09, "reply": 0.05}
_ALONE = {"alone": 0.34, "among": 0.26, "goes_on": 0.3, "people": 0.06, "before": 0.04}
#: Order of the origins within a conversation.
_RANK = {"earlier": 0, "other": 0, "result": 1, "reply": 2, "message": 3}


def arrange(
    rng: np.random.Generator, draw: Draw, roles: dict[str, Scene], layout: str | None = None
) -> tuple[tuple[Shown, ...], dict[str, int]]:
    """A conversation that shows the scenes of all roles ("base" first, where there is one).

    :param layout: one of the layouts' names; drawn when absent.
    :returns: the pictures in order, and the number of each role's.
    """
    shares = _PAIRS if len(roles) > 1 else _ALONE
    layout = layout or str(rng.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))
    names = list(roles)
    origins = dict.fromkeys(names, "message")
    extras: list[tuple[str, Scene]] = []
    if layout == "before":
        origins = dict.fromkeys(names, "earlier")
    elif layout == "goes_on":
        late = "message" if rng.random() < 0.5 else "earlier"
        origins = {name: "result" if name == names[0] else late for name in names}
        extras += [("earlier", varied(rng, roles[names[0]]))]
        if rng.random() < 0.3:
            extras += [("result", varied(rng, roles[names[0]]))]
    elif layout == "brought":
        late = int(rng.integers(len(names)))
        origins = {name: "message" if i == late else "earlier" for i, name in enumerate(names)}
    elif layout == "people":
        whose = int(rng.integers(len(names))) if len(names) > 1 else 9
        mine = "message" if rng.random() < 0.6 else "earlier"
        origins = {name: "other" if i == whose else mine for i, name in enumerate(names)}
        if len(names) == 1:
            extras += [("other", draw())]
    elif layout == "reply":
        origins = {name: "reply" if i == 0 else "message" for i, name in enumerate(names)}
    elif layout == "among":
        origin = "message" if rng.random() < 0.6 else "earlier"
        origins = {names[0]: origin}
        extras += [(origin, draw()) for _ in range(1 + int(rng.integers(2)))]
    elif layout == "alone":
        origins = {names[0]: "message" if rng.random() < 0.75 else "reply"}
    if layout in ("together", "alone") and rng.random() < 0.1:
        extras += [("earlier", draw())] + ([("result", draw())] if rng.random() < 0.5 else [])
    if layout in ("together", "before") and rng.random() < 0.15:
        extras += [(origins[names[0]], draw())]
    shown = [(name, Shown(origins[name], roles[name])) for name in names]
    shown += [("", Shown(origin, scene)) for origin, scene in extras]
    order = [shown[i] for i in rng.permutation(len(shown))]
    # The newest result is the one that the request goes on from.
    order.sort(key=lambda item: (_RANK[item[1].origin], item[1].origin == "result" and item[0] != ""))
    numbers = {name: number for number, (name, _) in enumerate(order, 1) if name}
    return tuple(image for _, image in order), numbers


def varied(rng: np.random.Generator, scene: Scene) -> Scene:
    """The scene before or after one edit."""
    while True:
        index = int(rng.integers(len(scene.things)))
        thing = scene.things[index]
        options = [
            scene.with_thing(index, replace(thing, color=pick(rng, tuple(COLORS), (thing.color,)))),
            scene.with_thing(index, replace(thing, pattern=pick(rng, PATTERNS, (thing.pattern,)))),
            replace(scene, background=Background(pick(rng, tuple(COLORS), (scene.background.color,)), "plain")),
            replace(scene, style=pick(rng, STYLES, (scene.style,))),
        ]
        changed = options[int(rng.integers(len(options)))]
        if not changed.holds_out():
            return changed
