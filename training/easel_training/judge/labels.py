"""What the judge says of a picture: its heads, their words, and the right answers for a scene."""

from ..world.scene import CENTER, LEFT, RIGHT, Scene, Thing
from ..world.vocabulary import COLORS, NOUNS, PATTERNS, STYLES

SLOTS = {"left": LEFT, "center": CENTER, "right": RIGHT}
LABELS = {"noun": [*NOUNS, "none"], "color": list(COLORS), "pattern": PATTERNS, "style": STYLES}
THING_PARTS = ("noun", "color", "pattern")
WHOLE_HEADS = {"background.color": "color", "background.pattern": "pattern", "style": "style"}
#: Heads: name and its label set; one trio per slot.
HEADS: dict[str, str] = {f"{slot}.{part}": part for slot in SLOTS for part in THING_PARTS} | WHOLE_HEADS
IGNORE = -100


def slot_of(thing: Thing) -> str:
    """The slot an object stands in."""
    return min(SLOTS, key=lambda slot: abs(SLOTS[slot][0] - thing.place.x))


def labels_of(scene: Scene) -> list[int]:
    """Label of every head; IGNORE where nothing stands."""
    at = {slot_of(thing): thing for thing in scene.things}
    labels = []
    for slot in SLOTS:
        thing = at.get(slot)
        labels.append(LABELS["noun"].index(thing.noun if thing else "none"))
        labels.append(LABELS["color"].index(thing.color) if thing else IGNORE)
        labels.append(PATTERNS.index(thing.pattern) if thing else IGNORE)
    labels += [LABELS["color"].index(scene.background.color), PATTERNS.index(scene.background.pattern)]
    return [*labels, STYLES.index(scene.style)]
