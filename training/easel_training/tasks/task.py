"""A task: an instruction, the scenes it starts from and the scene that is right, in the canonical wording."""

from dataclasses import dataclass, replace

import numpy as np

from ..world.scene import Background, Scene, Thing

#: Kinds of generations: what image 1 shows is a source like any other.
GENERATE_KINDS = ("generate", "generate_from_many")


@dataclass(frozen=True)
class Task:
    """One task of the world, exact by construction.

    :ivar kind: key of `kinds.TASKS`.
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
        if self.kind in GENERATE_KINDS:
            return self.instruction
        instruction = self.instruction.replace("Make it ", "Make image 1 ") if rng.random() < 0.5 else self.instruction
        return f"{instruction} {self.description()}" if rng.random() < 0.5 else instruction

    def holds_out(self) -> bool:
        """Whether any scene holds a held-out pair."""
        return self.target.holds_out() or any(scene.holds_out() for scene in self.inputs)


def given(attribute: str, thing: Thing, giver: Thing) -> Thing:
    """An object with the pattern, color, material or look of another; the look is all three."""
    attributes = ("pattern", "color", "material") if attribute == "look" else (attribute,)
    return replace(thing, **{name: getattr(giver, name) for name in attributes})


def describe(scene: Scene) -> str:
    """A scene as a caption; what goes without saying is left out, and so is how objects stand."""
    things = " and ".join(an(words_of(thing)) for thing in scene.things)
    return sentence(f"{things} on {background_words(scene.background)}{style_words(scene.style)}{light_words(scene.light)}")


def words_of(thing: Thing) -> str:
    """An object without an article."""
    said = (thing.color, *(word for word in (thing.pattern, thing.material) if word not in ("plain", "matte")), thing.noun)
    return " ".join(said)


def background_words(background: Background) -> str:
    """A background with its article."""
    if background.setting:
        return f"{an(background.setting)} background"
    pattern = "" if background.pattern == "plain" else f"{background.pattern} "
    return f"{an(background.color)} {pattern}background"


def style_words(style: str) -> str:
    """What follows a caption in a style."""
    return "" if style == "flat" else f", {style} style"


def light_words(light: str) -> str:
    """What follows a caption in a light."""
    return "" if light == "day" else f", {light} light"


def an(words: str) -> str:
    """Words with the indefinite article."""
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def sentence(text: str) -> str:
    """Text as a sentence."""
    return text[0].upper() + text[1:] + "."
