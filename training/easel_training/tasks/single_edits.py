"""Tasks of the base: new pictures from words, and edits of one picture."""

from dataclasses import replace

from ..world.scene import Background, Scene, Thing, pick
from .dice import SLOTS, SMALL, TILT, Dice
from .task import Task, an, given

#: How far an object is moved, as a share of the picture's side.
MOVED = 0.14


def text_to_image(dice: Dice) -> Task:
    style = "flat" if dice.chance(0.6) else dice.style("flat")
    return Task("text_to_image", True, "", (), dice.placed(style))


def change_color(dice: Dice) -> Task:
    scene, index, thing = _one(dice, dice.scene())
    color = dice.color(thing.color)
    target = scene.with_thing(index, replace(thing, color=color))
    return Task("change_color", False, f"Change the color of the {thing.noun} to {color}.", (scene,), target)


def change_pattern(dice: Dice) -> Task:
    scene, index, thing = _one(dice, dice.scene(style=dice.source_style()))
    pattern = dice.pattern(thing.pattern)
    target = scene.with_thing(index, replace(thing, pattern=pattern))
    return Task("change_pattern", False, f"Change the pattern of the {thing.noun} to {pattern}.", (scene,), target)


def change_material(dice: Dice) -> Task:
    scene, index, thing = _one(dice, dice.scene())
    material = pick(dice.rng, dice.world.materials, (thing.material,))
    target = scene.with_thing(index, replace(thing, material=material))
    return Task("change_material", False, f"Change the material of the {thing.noun} to {material}.", (scene,), target)


def change_background(dice: Dice) -> Task:
    scene = dice.scene()
    background = Background(dice.color(scene.background.color), dice.pattern())
    words = f"{background.color} {background.pattern}"
    return Task("change_background", False, f"Change the background to {words}.", (scene,), replace(scene, background=background))


def change_setting(dice: Dice) -> Task:
    scene = dice.scene()
    setting = pick(dice.rng, dice.world.settings[1:], (scene.background.setting,))
    target = replace(scene, background=replace(scene.background, setting=setting))
    return Task("change_setting", False, f"Change the background to {an(setting)}.", (scene,), target)


def change_noun(dice: Dice) -> Task:
    scene, index, thing = _one(dice, dice.scene())
    noun = dice.noun(*(t.noun for t in scene.things))
    target = scene.with_thing(index, replace(thing, noun=noun))
    return Task("change_noun", True, f"Replace the {thing.noun} with {an(noun)}.", (scene,), target)


def change_style(dice: Dice) -> Task:
    scene = dice.scene()
    style = dice.style("flat")
    return Task("change_style", False, f"Make it {style}.", (scene,), replace(scene, style=style))


def change_light(dice: Dice) -> Task:
    scene = dice.scene()
    light = pick(dice.rng, dice.world.lights, (scene.light,))
    return Task("change_light", False, f"Change the light to {light}.", (scene,), replace(scene, light=light))


def change_pose(dice: Dice) -> Task:
    """An object is tilted, flipped, made smaller or larger, or, where it is alone, moved."""
    scene, index, thing = _one(dice, dice.scene())
    x, y, side = SLOTS[len(scene.things)][index]
    place = thing.place
    is_small = place.side < 0.8 * side
    size = 1 / SMALL if is_small else SMALL
    ways = {
        f"Tilt the {thing.noun} to the right.": replace(thing, tilt=TILT),
        f"Tilt the {thing.noun} to the left.": replace(thing, tilt=-TILT),
        f"Flip the {thing.noun}.": replace(thing, mirrored=not thing.mirrored),
        f"Make the {thing.noun} {'larger' if is_small else 'smaller'}.": replace(
            thing, place=replace(place, side=place.side * size)
        ),
    }
    if len(scene.things) == 1:
        moved = {"to the left": (x - MOVED, y), "to the right": (x + MOVED, y), "up": (x, y - MOVED), "down": (x, y + MOVED)}
        ways |= {
            f"Move the {thing.noun} {way}.": replace(thing, place=replace(place, x=at[0], y=at[1])) for way, at in moved.items()
        }
    text = pick(dice.rng, tuple(way for way, posed in ways.items() if posed != thing))
    return Task("change_pose", False, text, (scene,), scene.with_thing(index, ways[text]))


def transfer_within(dice: Dice) -> Task:
    """An attribute goes from one object to the other of the same picture: teaches looking, not a second picture."""
    scene, index, thing = _one(dice, dice.scene(count=2, style=dice.source_style()))
    giver = scene.things[1 - index]
    attribute, changed = _transfer(dice, thing, giver)
    text = f"Give the {thing.noun} in image 1 the {attribute} of the {giver.noun} in image 1."
    return Task("transfer_within", False, text, (scene,), scene.with_thing(index, changed))


def copy_within(dice: Dice) -> Task:
    scene, index, thing = _one(dice, dice.scene(count=2))
    other = scene.things[1 - index]
    text = f"Replace the {thing.noun} in image 1 with the {other.noun} from image 1."
    return Task("copy_within", True, text, (scene,), scene.with_thing(index, replace(other, place=thing.place)))


def _one(dice: Dice, scene: Scene) -> tuple[Scene, int, Thing]:
    """The scene, and one of its objects."""
    index = dice.one_of(scene)
    return scene, index, scene.things[index]


def _transfer(dice: Dice, thing: Thing, giver: Thing) -> tuple[str, Thing]:
    """An attribute that differs, and the object after receiving it."""
    options = {name: given(name, thing, giver) for name in ("pattern", "color", "look")}
    changing = tuple(name for name, changed in options.items() if changed != thing)
    attribute = pick(dice.rng, changing or ("look",))
    return attribute, options[attribute]
