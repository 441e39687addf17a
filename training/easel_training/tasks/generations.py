"""Tasks of the generate LoRA: a new picture, parts of which come from references."""

from dataclasses import dataclass, field, replace

from ..world.scene import Scene, Thing
from .dice import Dice
from .task import Task, an, background_words, light_words, sentence, words_of

#: Of a sentence: with its marks it must fit what the text encoders read (text.MAX_TEXT_TOKENS).
MOST_WORDS = 40


@dataclass
class _Sources:
    """The references that a picture has so far.

    :ivar concrete: an object comes from one of them.
    """

    scenes: list[Scene] = field(default_factory=list)
    concrete: bool = False

    def add(self, scene: Scene) -> int:
        """:returns: the image's number."""
        self.scenes.append(scene)
        return len(self.scenes)


def generate(dice: Dice) -> Task:
    """Some objects, patterns or the style come from one to three references."""
    while True:
        target = dice.placed()
        sources = _Sources()
        parts = [_part(dice, sources, thing, target) for thing in target.things]
        style = ""
        if dice.chance(0.3):
            target, style = _style(dice, sources, target)
        if sources.scenes:
            text = sentence(f"{' and '.join(parts)} on {background_words(target.background)}{style}{light_words(target.light)}")
            return Task("generate", sources.concrete, text, tuple(sources.scenes), target)


def generate_from_many(dice: Dice) -> Task:
    """Objects, patterns, the background and the style or the light come from three to five references."""
    while True:
        target = dice.placed()
        sources = _Sources()
        parts = [_lent_part(dice, sources, thing, target) for thing in target.things]
        behind = f"the background of image {sources.add(dice.scene())}"
        target = replace(target, background=sources.scenes[-1].background)
        if len(dice.world.lights) == 1 or dice.chance(0.5):
            target, end = _style(dice, sources, target)
        else:
            reference = dice.scene()
            target, end = replace(target, light=reference.light), f", in the light of image {sources.add(reference)}"
        text = sentence(f"{' and '.join(parts)} on {behind}{end}")
        if 3 <= len(sources.scenes) <= 5 and len(text.split()) <= MOST_WORDS:
            return Task("generate_from_many", sources.concrete, text, tuple(sources.scenes), target)


def _part(dice: Dice, sources: _Sources, thing: Thing, target: Scene) -> str:
    """An object from a reference, in a pattern from one, or in words alone."""
    way = dice.rng.random()
    if way < 0.4:
        return _object(dice, sources, thing)
    if way < 0.8 and thing.pattern != "plain":
        return _pattern(dice, sources, thing, target)
    return an(words_of(thing))


def _lent_part(dice: Dice, sources: _Sources, thing: Thing, target: Scene) -> str:
    """An object of which at least something comes from a reference."""
    way = dice.rng.random()
    if thing.pattern == "plain" or way < 0.25:
        return _object(dice, sources, thing)
    if way < 0.75:
        return _pattern(dice, sources, thing, target)
    return _object_in_pattern(dice, sources, thing, target)


def _object(dice: Dice, sources: _Sources, thing: Thing) -> str:
    sources.concrete = True
    return f"the {thing.noun} from image {sources.add(_holding(dice, thing))}"


def _pattern(dice: Dice, sources: _Sources, thing: Thing, target: Scene) -> str:
    said = words_of(replace(thing, pattern="plain"))
    return f"{an(said)} {_with_pattern(dice, sources, thing, target)}"


def _object_in_pattern(dice: Dice, sources: _Sources, thing: Thing, target: Scene) -> str:
    """An object of one image in the pattern of another's."""
    other = dice.pattern(thing.pattern)
    return f"{_object(dice, sources, replace(thing, pattern=other))} {_with_pattern(dice, sources, thing, target)}"


def _with_pattern(dice: Dice, sources: _Sources, thing: Thing, target: Scene) -> str:
    nouns = tuple(other.noun for other in target.things)
    giver = replace(dice.thing(thing.place, nouns), pattern=thing.pattern)
    return f"with the pattern of the {giver.noun} in image {sources.add(_holding(dice, giver))}"


def _style(dice: Dice, sources: _Sources, target: Scene) -> tuple[Scene, str]:
    reference = dice.scene(style=dice.style("flat"))
    return replace(target, style=reference.style), f", in the style of image {sources.add(reference)}"


def _holding(dice: Dice, thing: Thing) -> Scene:
    """A random scene in which one object is the given one, at its slot."""
    scene = dice.scene(but=(thing.noun,))
    index = dice.one_of(scene)
    return scene.with_thing(index, replace(thing, place=scene.things[index].place))
