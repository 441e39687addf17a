"""What the words of a canonical sentence say of each other: which colour is whose, which object comes first, from which image.

The labels by which the text encoders learn to read before any picture is painted.
"""

from .world.vocabulary import FULL, NOUNS

IGNORE = -100
BACKGROUND = "background"
#: The core world's nouns first; the full world's other words all follow the core's.
_HOLDERS = {word: i for i, word in enumerate(dict.fromkeys([BACKGROUND, *NOUNS, *FULL.nouns]))}
_COLORS = {word: i + 1 for i, word in enumerate(FULL.colors)}
_PATTERNS = {word: i + 1 for i, word in enumerate(FULL.patterns)}
_MATERIALS = {word: i + 1 for i, word in enumerate(FULL.materials)}
_SETTINGS = {word: i for i, word in enumerate(FULL.settings) if word}
_STYLES = {word: i + 1 for i, word in enumerate(FULL.styles)}
_LIGHTS = {word: i + 1 for i, word in enumerate(FULL.lights)}
#: How an instruction begins, and the word for what it gives or changes; a description has neither.
_VERBS = {word: i + 1 for i, word in enumerate(("give", "change", "replace", "put", "add", "make", "tilt", "flip", "move"))}
_ASKED = {word: i + 1 for i, word in enumerate(("pattern", "color", "look", "style", "material", "light"))}
_ATTRIBUTES = {word: i for i, word in enumerate([*_COLORS, *_PATTERNS, *_STYLES, *_MATERIALS, *_LIGHTS, *_SETTINGS])}
#: Attributes of a picture as a whole.
_OF_ALL = _STYLES | _LIGHTS
#: Objects of one sentence that are told apart by their order.
ORDERS = 4
#: Images that a sentence may name.
IMAGES = 5

#: What every object's word (and `background`) tells: name and number of labels; 0 is none.
HOLDER_HEADS = {
    "holder": len(_HOLDERS),
    "color": len(_COLORS) + 1,
    "pattern": len(_PATTERNS) + 1,
    "material": len(_MATERIALS) + 1,
    "image": IMAGES + 1,
    "order": ORDERS + 1,
    "sentence": 2,
}
#: What every word of an attribute tells; its holder counts from 1, 0 is none.
ATTRIBUTE_HEADS = {"attribute": len(_ATTRIBUTES), "of": len(_HOLDERS) + 1, "of_order": ORDERS + 1, "of_sentence": 2}
TOKEN_HEADS = HOLDER_HEADS | ATTRIBUTE_HEADS
_PART_HEADS = {
    "holder": len(_HOLDERS) + 1,
    "color": len(_COLORS) + 1,
    "pattern": len(_PATTERNS) + 1,
    "material": len(_MATERIALS) + 1,
    "image": IMAGES + 1,
}
#: What a sentence as a whole tells: what it asks for, its first two objects, its background, its style and its light.
WHOLE_HEADS = {f"{part}.{name}": size for part in ("first", "second", "background") for name, size in _PART_HEADS.items()} | {
    "background.setting": len(_SETTINGS) + 1,
    "style": len(_STYLES) + 1,
    "light": len(_LIGHTS) + 1,
    "verb": len(_VERBS) + 1,
    "asked": len(_ASKED) + 1,
}


class _Holder:
    """An object's word, or `background`, with what the sentence says of it."""

    def __init__(self, word: str, at: int, order: int, sentence: int) -> None:
        self.word, self.at, self.order, self.sentence = word, at, order, sentence
        self.color = self.pattern = self.material = self.setting = self.image = 0

    def labels(self) -> dict[str, int]:
        order = min(self.order, ORDERS)
        named = {"color": self.color, "pattern": self.pattern, "material": self.material, "image": self.image, "order": order}
        return {"holder": _HOLDERS[self.word], "sentence": self.sentence, **named}


def read_sentences(words: list[str]) -> tuple[list[dict[str, int]], dict[str, int]]:
    """Labels of every word, by TOKEN_HEADS (empty for words that tell nothing), and of the whole, by WHOLE_HEADS.

    :param words: lower-case words and full stops, as the T5 tokenizer cuts them.
    """
    holders = _holders(words)
    labels: list[dict[str, int]] = [{} for _ in words]
    sentence = 0
    style = light = 0
    for at, word in enumerate(words):
        sentence += word == "."
        if word not in _ATTRIBUTES:
            continue
        owner = None if word in _OF_ALL else _owner(holders, at, min(sentence, 1))
        style, light = _STYLES.get(word, style), _LIGHTS.get(word, light)
        if owner:
            owner.color = _COLORS.get(word, owner.color)
            owner.pattern = _PATTERNS.get(word, owner.pattern)
            owner.material = _MATERIALS.get(word, owner.material)
            owner.setting = _SETTINGS.get(word, owner.setting)
        labels[at] = {
            "attribute": _ATTRIBUTES[word],
            "of": _HOLDERS[owner.word] + 1 if owner else 0,
            "of_order": min(owner.order, ORDERS) if owner else 0,
            "of_sentence": min(sentence, 1),
        }
    for holder in holders:
        labels[holder.at] = holder.labels()
    asked = next((_ASKED[word] for word in words if word in _ASKED), 0)
    verb = _VERBS.get(words[0], 0) if words else 0
    return labels, _whole(holders) | {"style": style, "light": light, "verb": verb, "asked": asked}


def _holders(words: list[str]) -> list[_Holder]:
    holders: list[_Holder] = []
    sentence = order = 0
    for at, word in enumerate(words):
        if word == ".":
            sentence, order = sentence + 1, 0
        elif word in _HOLDERS:
            order += word != BACKGROUND
            holders.append(_Holder(word, at, 0 if word == BACKGROUND else order, min(sentence, 1)))
        elif word.isdigit() and words[at - 1] == "image" and holders and at - holders[-1].at <= 3:
            holders[-1].image = min(int(word), IMAGES)
    return holders


def _owner(holders: list[_Holder], at: int, sentence: int) -> _Holder | None:
    """Whose an attribute at a place is: of what comes next in its sentence, else of what came last."""
    own = [holder for holder in holders if holder.sentence == sentence]
    after = [holder for holder in own if holder.at > at]
    return after[0] if after else own[-1] if own else None


def _whole(holders: list[_Holder]) -> dict[str, int]:
    last = [holder for holder in holders if holder.sentence == holders[-1].sentence] if holders else []
    things = [holder for holder in last if holder.word != BACKGROUND]
    parts = {
        "first": things[0] if things else None,
        "second": things[1] if len(things) > 1 else None,
        "background": next((holder for holder in last if holder.word == BACKGROUND), None),
    }
    labels: dict[str, int] = {}
    for part, holder in parts.items():
        labels[f"{part}.holder"] = _HOLDERS[holder.word] + 1 if holder else 0
        labels[f"{part}.color"] = holder.color if holder else 0
        labels[f"{part}.pattern"] = holder.pattern if holder else 0
        labels[f"{part}.material"] = holder.material if holder else 0
        labels[f"{part}.image"] = holder.image if holder else 0
    labels["background.setting"] = parts["background"].setting if parts["background"] else 0
    return labels
