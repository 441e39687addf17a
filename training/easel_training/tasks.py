"""Tasks: an instruction, the scenes it starts from and the scene that is right, in the canonical wording.

Every task is exact by construction. Training draws tasks in which no scene holds a held-out noun-attribute pair;
the benchmark draws tasks whose target holds one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .world.scene import CENTER, LEFT, RIGHT, Background, Place, Scene, Thing, pick, random_background, random_place
from .world.vocabulary import COLORS, NOUNS, PATTERNS, STYLES

COLOR_WORDS = tuple(COLORS)


@dataclass(frozen=True)
class Task:
    """One task of the world.

    :ivar kind: key of BASE_TASKS, EDIT_TASKS or GENERATE_TASKS.
    :ivar concrete: an object is carried over (the paper's split); else an attribute.
    :ivar inputs: scenes in the model's order.
    """

    kind: str
    concrete: bool
    instruction: str
    inputs: tuple[Scene, ...]
    target: Scene

    def description(self) -> str:
        """The target in words."""
        return describe(self.target)

    def prompt(self, rng: np.random.Generator) -> str:
        """What the transformer reads: both forms of an edit's instruction, half and half; a generation's only form.

        "it" stands as "image 1" half of the time: so it is rewritten where people say it.
        """
        if not self.instruction:
            return self.description()
        if self.kind in GENERATE_TASKS:
            return self.instruction
        instruction = self.instruction.replace("Make it ", "Make image 1 ") if rng.random() < 0.5 else self.instruction
        return f"{instruction} {self.description()}" if rng.random() < 0.5 else instruction

    def holds_out(self) -> bool:
        """Whether any scene holds a held-out pair."""
        return self.target.holds_out() or any(scene.holds_out() for scene in self.inputs)


def describe(scene: Scene) -> str:
    """A scene as a caption; plain and flat are left out."""
    things = " and ".join(_an(_words(thing)) for thing in scene.things)
    return _sentence(f"{things} on {_background(scene.background)}{_style(scene.style)}")


def draw(kinds: dict[str, float], rng: np.random.Generator, held_out: bool = False) -> Task:
    """A task of one of the kinds, by their shares.

    :param held_out: the target must hold a held-out pair (benchmark); else no scene may (training).
    """
    names = list(kinds)
    shares = np.array([kinds[name] for name in names])
    kind = names[int(rng.choice(len(names), p=shares / shares.sum()))]
    while True:
        task = TASKS[kind](rng)
        if task.target.holds_out() if held_out else not task.holds_out():
            return task


def _words(thing: Thing) -> str:
    pattern = "" if thing.pattern == "plain" else f"{thing.pattern} "
    return f"{thing.color} {pattern}{thing.noun}"


def _background(background: Background) -> str:
    pattern = "" if background.pattern == "plain" else f"{background.pattern} "
    return f"{_an(background.color)} {pattern}background"


def _style(style: str) -> str:
    return "" if style == "flat" else f", {style} style"


def _an(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _slot(slot: tuple[float, float, float]) -> Place:
    return Place(*slot)


def _thing(rng: np.random.Generator, place: Place, but: tuple[str, ...] = (), plain: float = 0.3) -> Thing:
    pattern = "plain" if rng.random() < plain else pick(rng, PATTERNS, ("plain",))
    return Thing(pick(rng, NOUNS, but), pick(rng, COLOR_WORDS), pattern, place)


def _scene(rng: np.random.Generator, count: int | None = None, style: str = "flat", but: tuple[str, ...] = ()) -> Scene:
    count = count or int(rng.integers(1, 3))
    slots = (CENTER,) if count == 1 else (LEFT, RIGHT)
    things: list[Thing] = []
    for slot in slots:
        things.append(_thing(rng, random_place(rng, slot), (*but, *(thing.noun for thing in things))))
    return Scene(tuple(things), random_background(rng), style)


def _source_style(rng: np.random.Generator) -> str:
    return "flat" if rng.random() < 0.85 else pick(rng, STYLES, ("flat",))


def _choose(rng: np.random.Generator, scene: Scene) -> int:
    return int(rng.integers(len(scene.things)))


def _placed(rng: np.random.Generator, style: str = "flat") -> Scene:
    """A scene at the slots exactly: what a caption alone can determine."""
    scene = _scene(rng, style=style)
    slots = (CENTER,) if len(scene.things) == 1 else (LEFT, RIGHT)
    return replace(scene, things=tuple(replace(t, place=_slot(s)) for t, s in zip(scene.things, slots)))


def text_to_image(rng: np.random.Generator) -> Task:
    style = "flat" if rng.random() < 0.6 else pick(rng, STYLES, ("flat",))
    return Task("text_to_image", True, "", (), _placed(rng, style))


def change_color(rng: np.random.Generator) -> Task:
    scene = _scene(rng)
    index = _choose(rng, scene)
    thing = scene.things[index]
    color = pick(rng, COLOR_WORDS, (thing.color,))
    target = scene.with_thing(index, replace(thing, color=color))
    return Task("change_color", False, f"Change the color of the {thing.noun} to {color}.", (scene,), target)


def change_pattern(rng: np.random.Generator) -> Task:
    scene = _scene(rng, style=_source_style(rng))
    index = _choose(rng, scene)
    thing = scene.things[index]
    pattern = pick(rng, PATTERNS, (thing.pattern,))
    target = scene.with_thing(index, replace(thing, pattern=pattern))
    return Task("change_pattern", False, f"Change the pattern of the {thing.noun} to {pattern}.", (scene,), target)


def change_background(rng: np.random.Generator) -> Task:
    scene = _scene(rng)
    background = Background(pick(rng, COLOR_WORDS, (scene.background.color,)), pick(rng, PATTERNS))
    words = f"{background.color} {background.pattern}"
    return Task("change_background", False, f"Change the background to {words}.", (scene,), replace(scene, background=background))


def change_noun(rng: np.random.Generator) -> Task:
    scene = _scene(rng)
    index = _choose(rng, scene)
    thing = scene.things[index]
    noun = pick(rng, NOUNS, tuple(t.noun for t in scene.things))
    target = scene.with_thing(index, replace(thing, noun=noun))
    return Task("change_noun", True, f"Replace the {thing.noun} with {_an(noun)}.", (scene,), target)


def change_style(rng: np.random.Generator) -> Task:
    scene = _scene(rng)
    style = pick(rng, STYLES, ("flat",))
    return Task("change_style", False, f"Make it {style}.", (scene,), replace(scene, style=style))


def transfer_within(rng: np.random.Generator) -> Task:
    """An attribute goes from one object to the other of the same picture: teaches looking, not a second picture."""
    scene = _scene(rng, count=2, style=_source_style(rng))
    index = _choose(rng, scene)
    thing, giver = scene.things[index], scene.things[1 - index]
    attribute, given = _given(rng, thing, giver)
    text = f"Give the {thing.noun} in image 1 the {attribute} of the {giver.noun} in image 1."
    return Task("transfer_within", False, text, (scene,), scene.with_thing(index, given))


def copy_within(rng: np.random.Generator) -> Task:
    scene = _scene(rng, count=2)
    index = _choose(rng, scene)
    thing, other = scene.things[index], scene.things[1 - index]
    text = f"Replace the {thing.noun} in image 1 with the {other.noun} from image 1."
    return Task("copy_within", True, text, (scene,), scene.with_thing(index, replace(other, place=thing.place)))


def _given(rng: np.random.Generator, thing: Thing, giver: Thing) -> tuple[str, Thing]:
    """An attribute that differs, and the object after receiving it."""
    options = {
        "pattern": replace(thing, pattern=giver.pattern),
        "color": replace(thing, color=giver.color),
        "look": replace(thing, pattern=giver.pattern, color=giver.color),
    }
    changing = tuple(name for name, given in options.items() if given != thing)
    attribute = pick(rng, changing or ("look",))
    return attribute, options[attribute]


def _reference(rng: np.random.Generator, style: str = "flat") -> tuple[Scene, Thing]:
    scene = _scene(rng, style=style)
    return scene, scene.things[_choose(rng, scene)]


def _give(attribute: str) -> Callable[[np.random.Generator], Task]:
    def task(rng: np.random.Generator) -> Task:
        while True:
            scene = _scene(rng, style=_source_style(rng) if attribute == "pattern" else "flat")
            reference, giver = _reference(rng)
            index = _choose(rng, scene)
            thing = scene.things[index]
            given = {
                "pattern": replace(thing, pattern=giver.pattern),
                "color": replace(thing, color=giver.color),
                "look": replace(thing, pattern=giver.pattern, color=giver.color),
            }[attribute]
            differs = (given.color != thing.color) + (given.pattern != thing.pattern)
            if differs == (2 if attribute == "look" else 1):
                text = f"Give the {thing.noun} in image 1 the {attribute} of the {giver.noun} in image 2."
                return Task(f"give_{attribute}", False, text, (scene, reference), scene.with_thing(index, given))

    return task


def give_style(rng: np.random.Generator) -> Task:
    scene = _scene(rng)
    reference = _scene(rng, style=pick(rng, STYLES, ("flat",)))
    target = replace(scene, style=reference.style)
    return Task("give_style", False, "Give image 1 the style of image 2.", (scene, reference), target)


def put_background(rng: np.random.Generator) -> Task:
    scene = _scene(rng, count=1)
    reference = _scene(rng)
    while reference.background == scene.background:
        reference = _scene(rng)
    text = f"Put the {scene.things[0].noun} of image 1 on the background of image 2."
    return Task("put_background", True, text, (scene, reference), replace(scene, background=reference.background))


def replace_from(rng: np.random.Generator) -> Task:
    scene = _scene(rng)
    nouns = tuple(thing.noun for thing in scene.things)
    reference = _scene(rng, but=nouns)
    giver = reference.things[_choose(rng, reference)]
    index = _choose(rng, scene)
    thing = scene.things[index]
    text = f"Replace the {thing.noun} in image 1 with the {giver.noun} from image 2."
    return Task("replace_from", True, text, (scene, reference), scene.with_thing(index, replace(giver, place=thing.place)))


def add_from(rng: np.random.Generator) -> Task:
    left = bool(rng.integers(2))
    thing = _thing(rng, random_place(rng, LEFT if left else RIGHT))
    scene = Scene((thing,), random_background(rng))
    reference = _scene(rng, but=(thing.noun,))
    added = replace(reference.things[_choose(rng, reference)], place=_slot(RIGHT if left else LEFT))
    things = (thing, added) if left else (added, thing)
    text = f"Add the {added.noun} from image 2 to image 1."
    return Task("add_from", True, text, (scene, reference), replace(scene, things=things))


def generate(rng: np.random.Generator) -> Task:
    """A new picture: some objects, patterns or the style come from one to three references."""
    while True:
        target = _placed(rng)
        nouns = tuple(thing.noun for thing in target.things)
        references: list[Scene] = []
        parts: list[str] = []
        concrete = False
        for thing in target.things:
            way = rng.random()
            if way < 0.4:
                references.append(_holding(rng, thing))
                parts.append(f"the {thing.noun} from image {len(references)}")
                concrete = True
            elif way < 0.8 and thing.pattern != "plain":
                giver = replace(_thing(rng, thing.place, nouns), pattern=thing.pattern)
                references.append(_holding(rng, giver))
                pattern = f"with the pattern of the {giver.noun} in image {len(references)}"
                parts.append(f"{_an(thing.color)} {thing.noun} {pattern}")
            else:
                parts.append(_an(_words(thing)))
        style = ""
        if rng.random() < 0.3:
            reference = _scene(rng, style=pick(rng, STYLES, ("flat",)))
            references.append(reference)
            target = replace(target, style=reference.style)
            style = f", in the style of image {len(references)}"
        if references:
            text = _sentence(f"{' and '.join(parts)} on {_background(target.background)}{style}")
            return Task("generate", concrete, text, tuple(references), target)


def _holding(rng: np.random.Generator, thing: Thing) -> Scene:
    """A random scene in which one object is the given one, at its slot."""
    scene = _scene(rng, but=(thing.noun,))
    index = _choose(rng, scene)
    return scene.with_thing(index, replace(thing, place=scene.things[index].place))


#: Kinds and their shares in training.
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
GENERATE_TASKS = {"generate": 1.0}

TASKS: dict[str, Callable[[np.random.Generator], Task]] = {
    "text_to_image": text_to_image,
    "change_color": change_color,
    "change_pattern": change_pattern,
    "change_background": change_background,
    "change_noun": change_noun,
    "change_style": change_style,
    "transfer_within": transfer_within,
    "copy_within": copy_within,
    "give_pattern": _give("pattern"),
    "give_color": _give("color"),
    "give_look": _give("look"),
    "give_style": give_style,
    "put_background": put_background,
    "replace_from": replace_from,
    "add_from": add_from,
    "generate": generate,
}
