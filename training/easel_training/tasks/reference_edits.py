"""Tasks of the edit LoRA: image 1 changes after what other images show."""

from collections.abc import Callable
from dataclasses import replace

from ..world.scene import LEFT, RIGHT, Place, Scene, Thing, random_place
from .dice import Dice
from .task import Task, given


def give(attribute: str) -> Callable[[Dice], Task]:
    """Tasks that give an object the pattern, color, material or look of another, and change nothing else."""

    def task(dice: Dice) -> Task:
        while True:
            scene = dice.scene(style=dice.source_style() if attribute == "pattern" else "flat")
            reference, giver = _reference(dice)
            index = dice.one_of(scene)
            thing = scene.things[index]
            changed = given(attribute, thing, giver)
            differs = (changed.color != thing.color) + (changed.pattern != thing.pattern) + (changed.material != thing.material)
            if differs >= 2 if attribute == "look" else differs == 1:
                text = f"Give the {thing.noun} in image 1 the {attribute} of the {giver.noun} in image 2."
                return Task(f"give_{attribute}", False, text, (scene, reference), scene.with_thing(index, changed))

    return task


def give_two(dice: Dice) -> Task:
    """Two attributes, each from an image of its own; of at most two objects, or the text encoders could not read it all."""
    while True:
        scene = dice.scene(count=int(dice.rng.integers(1, 3)))
        index = dice.one_of(scene)
        thing = scene.things[index]
        (one, patterned), (other, colored) = _reference(dice), _reference(dice)
        changed = replace(thing, pattern=patterned.pattern, color=colored.color)
        if changed.pattern != thing.pattern and changed.color != thing.color:
            text = (
                f"Give the {thing.noun} in image 1 the pattern of the {patterned.noun} in image 2 "
                f"and the color of the {colored.noun} in image 3."
            )
            return Task("give_two", False, text, (scene, one, other), scene.with_thing(index, changed))


def give_style(dice: Dice) -> Task:
    scene = dice.scene()
    reference = dice.scene(style=dice.style("flat"))
    target = replace(scene, style=reference.style)
    return Task("give_style", False, "Give image 1 the style of image 2.", (scene, reference), target)


def give_light(dice: Dice) -> Task:
    scene = dice.scene()
    reference = dice.scene()
    while reference.light == scene.light:
        reference = dice.scene()
    target = replace(scene, light=reference.light)
    return Task("give_light", False, "Give image 1 the light of image 2.", (scene, reference), target)


def give_pose(dice: Dice) -> Task:
    """An object is tilted or flipped as another is."""
    while True:
        scene = dice.scene()
        reference, giver = _reference(dice)
        index = dice.one_of(scene)
        thing = scene.things[index]
        if thing.mirrored != giver.mirrored and thing.tilt == giver.tilt:
            verb, posed = "Flip", replace(thing, mirrored=giver.mirrored)
        elif thing.tilt != giver.tilt and giver.tilt:
            verb, posed = "Tilt", replace(thing, tilt=giver.tilt)
        else:
            continue
        text = f"{verb} the {thing.noun} in image 1 like the {giver.noun} in image 2."
        return Task("give_pose", False, text, (scene, reference), scene.with_thing(index, posed))


def put_background(dice: Dice) -> Task:
    scene = dice.scene(count=1)
    reference = dice.scene()
    while reference.background == scene.background:
        reference = dice.scene()
    text = f"Put the {scene.things[0].noun} of image 1 on the background of image 2."
    return Task("put_background", True, text, (scene, reference), replace(scene, background=reference.background))


def replace_from(dice: Dice) -> Task:
    scene = dice.scene()
    nouns = tuple(thing.noun for thing in scene.things)
    reference = dice.scene(but=nouns)
    giver = reference.things[dice.one_of(reference)]
    index = dice.one_of(scene)
    thing = scene.things[index]
    text = f"Replace the {thing.noun} in image 1 with the {giver.noun} from image 2."
    return Task("replace_from", True, text, (scene, reference), scene.with_thing(index, replace(giver, place=thing.place)))


def add_from(dice: Dice) -> Task:
    left = bool(dice.rng.integers(2))
    thing = dice.thing(random_place(dice.rng, LEFT if left else RIGHT))
    scene = Scene((thing,), dice.background())
    reference = dice.scene(but=(thing.noun,))
    added = replace(reference.things[dice.one_of(reference)], place=Place(*(RIGHT if left else LEFT)))
    things = (thing, added) if left else (added, thing)
    text = f"Add the {added.noun} from image 2 to image 1."
    return Task("add_from", True, text, (scene, reference), replace(scene, things=things))


def _reference(dice: Dice) -> tuple[Scene, Thing]:
    """A scene and one of its objects."""
    scene = dice.scene()
    return scene, scene.things[dice.one_of(scene)]
