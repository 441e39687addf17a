"""How somebody points at pictures and at what they show: by number, by order, by look, by name, or with a word like "it"."""

import re
from collections.abc import Callable, Sequence

import numpy as np

from ..world.scene import Thing
from .conversation import Shown
from .lexicon import UNSPACED, Lexicon, Noun

#: A phrase by grammatical case ("" accusative, "n", "d"); languages without cases ignore it.
Phrase = Callable[[str], str]

#: Ways to point, by how often they are chosen where they are possible.
IMAGE_WAYS = {
    "number": 6, "attachment": 2, "last": 2, "current": 5, "fresh": 4, "original": 2, "previous": 3, "other": 0,
    "own": 3, "theirs": 3, "showing": 2, "styled": 2,
}  # fmt: skip
THING_WAYS = {"in": 5, "bare": 7, "colored": 3, "patterned": 3, "current": 6, "own": 3, "theirs": 3}
#: What a benchmark calls the ways.
PHENOMENA = {
    "number": "numbered", "in": "numbered", "attachment": "ordinal", "last": "ordinal", "original": "ordinal",
    "previous": "ordinal", "current": "pronoun", "fresh": "pronoun", "own": "several-people", "theirs": "several-people",
    "showing": "unnumbered", "bare": "unnumbered", "styled": "by-look", "colored": "by-look", "patterned": "by-look",
}  # fmt: skip


class Speaker:
    """Points at the pictures of one conversation so that nothing else can be meant."""

    def __init__(self, rng: np.random.Generator, words: Lexicon, images: Sequence[Shown]) -> None:
        self.rng, self.words, self.images = rng, words, images
        results = [n for n, image in enumerate(images, 1) if image.origin == "result"]
        self.results, self.current = results, results[-1] if results else None
        self.attached = [n for n, image in enumerate(images, 1) if image.origin in ("message", "reply")]
        # A message with its own pictures may count them from 1.
        counts_own = len(self.attached) > 1 and min(self.attached) > 1
        self.counts_own = counts_own and rng.random() < 0.6
        self.plain_numbers = not counts_own or self.counts_own
        #: Names of the ways that were used.
        self.ways: list[str] = []

    def say(self, key: str, **slots: Phrase | str) -> str:
        """A sentence of a kind with its slots filled."""
        return self.fill(self.words.pick(self.rng, key), **slots)

    def fill(self, template: str, **slots: Phrase | str) -> str:
        """A template with its slots filled, `{A}` or, with a case, `{A.d}`."""

        def value(match: re.Match[str]) -> str:
            name, _, case = match[1].partition(".")
            slot = slots[name]
            return slot if isinstance(slot, str) else slot(case)

        return re.sub(r"\{(\w+(?:\.\w)?)\}", value, template)

    def thing(self, number: int, index: int, ways: Sequence[str] = tuple(THING_WAYS)) -> Phrase:
        """A phrase for one object of a picture."""
        thing = self.images[number - 1].scene.things[index]
        options = [way for way in ways if self._can_name(way, number, thing)]
        way = self._choose(options or ["in"], THING_WAYS)
        self.ways.append(way)
        noun = self.words.noun(self.rng, thing.noun)
        if way == "current":
            return _fixed(self.words.pick(self.rng, "current" if self.current == number else "fresh"))
        if way in ("own", "theirs"):
            return _fixed(self.fill(self.words.pick(self.rng, way), n=noun.word))
        template = self.words.pick(
            self.rng, {"in": "things_in", "bare": "things", "colored": "things_looking"}.get(way, "things_patterned")
        )
        image = self.image(number, ("number", "attachment", "last", "original"), quiet=True)("") if "{i}" in template else ""
        return self._phrase(template, noun, thing, image)

    def image(self, number: int, ways: Sequence[str] = tuple(IMAGE_WAYS), quiet: bool = False) -> Phrase:
        """A phrase for a whole picture."""
        options = [way for way in ways if self._can_point(way, number)]
        way = self._choose(options or ["number"], IMAGE_WAYS)
        if way != "number" or not quiet:
            self.ways.append(way)
        if way == "number":
            return _fixed(self.number(number))
        if way == "attachment":
            n = self.attached.index(number) + 1
            return _fixed(self.say("attachments", n=str(n), o=self.words.ordinal(self.rng, n)))
        if way in ("own", "theirs"):
            return _fixed(self.words.pick(self.rng, f"{way}_image"))
        scene = self.images[number - 1].scene
        if way == "styled":
            return _fixed(self.say("images_styled", s=self.words.word(self.rng, "styles", scene.style)))
        if way == "showing":
            thing = next(thing for thing in scene.things if self._is_only(number, "noun", thing.noun))
            noun = self.words.noun(self.rng, thing.noun)
            return self._phrase(self.words.pick(self.rng, "images_showing"), noun, thing, "")
        return _fixed(self.words.pick(self.rng, way))

    def number(self, number: int) -> str:
        """A picture by its number, as people would count it."""
        n = self.attached.index(number) + 1 if self.counts_own and number in self.attached else number
        return self.say("images", n=str(n), o=self.words.ordinal(self.rng, n))

    def value(self, kind: str, name: str, feminine: bool = False) -> str:
        """A word for a colour, pattern or style."""
        return self.words.word(self.rng, kind, name, feminine)

    def new_noun(self, noun: str) -> str:
        """A thing that is in no picture yet, with an article."""
        word = self.words.noun(self.rng, noun)
        return self.say("indefinite", n=word.word, a=self.words.indefinite(word).strip()).strip()

    def spaced(self, *parts: str) -> str:
        """Words one behind another."""
        return ("" if self.words.language in UNSPACED else " ").join(part for part in parts if part)

    def phenomenon(self) -> str:
        """What is special about how it was said: the rarest of the ways that were used."""
        order = ["several-people", "by-look", "pronoun", "ordinal", "numbered", "unnumbered"]
        found = {PHENOMENA[way] for way in self.ways}
        return next((name for name in order if name in found), "unnumbered")

    def _phrase(self, template: str, noun: Noun, thing: Thing, image: str) -> Phrase:
        feminine = noun.is_feminine()
        slots = {
            "n": noun.word,
            "i": image,
            "c": self.value("colors", thing.color, feminine),
            "p": self.value("patterns", thing.pattern, feminine),
            "q": self.value("pattern_nouns", thing.pattern),
        }

        def in_case(case: str) -> str:
            definite = self.words.definite(noun, case).strip()
            dative = self.words.definite(noun, "d").strip()
            return re.sub(" +", " ", self.fill(template, a=definite, d=dative, **slots)).strip()

        return in_case

    def _choose(self, options: Sequence[str], weights: dict[str, int]) -> str:
        shares = np.array([weights[option] + 1e-6 for option in options])
        return options[int(self.rng.choice(len(options), p=shares / shares.sum()))]

    def _can_name(self, way: str, number: int, thing: Thing) -> bool:
        image = self.images[number - 1]
        match way:
            case "in":
                return len(self.images) > 1
            case "bare":
                return self._is_only(number, "noun", thing.noun)
            case "colored":
                return len(self.images) > 1 and self._is_only(number, "color", thing.color)
            case "patterned":
                return len(self.images) > 1 and thing.pattern != "plain" and self._is_only(number, "pattern", thing.pattern)
            case "current":
                return len(image.scene.things) == 1 and (self._can_point("current", number) or self._can_point("fresh", number))
            case _:
                return self._is_only(number, "noun", thing.noun, of=way) and self._owner(number) == way and self._mixed()

    def _can_point(self, way: str, number: int) -> bool:
        match way:
            case "number":
                return len(self.images) > 1 and (self.plain_numbers or number > len(self.attached) + 1)
            case "attachment":
                return number in self.attached and len(self.images) > 1
            case "last":
                return number == (self.current or (self.attached or [len(self.images)])[-1]) and len(self.images) > 1
            case "current":
                return number == self.current or len(self.images) == 1
            case "fresh":
                return self.attached == [number] and len(self.images) > 1
            case "original":
                return number == 1 and self.current is not None
            case "previous":
                return len(self.results) > 1 and number == self.results[-2]
            case "own" | "theirs":
                return self._owner(number) == way and self._mixed() and self._count(way) == 1
            case "showing":
                things = self.images[number - 1].scene.things
                return len(self.images) > 1 and any(self._is_only(number, "noun", thing.noun) for thing in things)
            case "styled":
                style = self.images[number - 1].scene.style
                return style != "flat" and sum(image.scene.style == style for image in self.images) == 1
        return False

    def _is_only(self, number: int, part: str, value: str, of: str | None = None) -> bool:
        """Whether no other object could be meant; a result may share it with the pictures that it was made from."""
        holders = [
            n
            for n, image in enumerate(self.images, 1)
            for thing in image.scene.things
            if getattr(thing, part) == value and (of is None or self._owner(n) == of)
        ]
        if number == self.current and part == "noun":
            return not any(n in self.attached for n in holders) and holders.count(number) == 1
        return holders == [number]

    def _owner(self, number: int) -> str:
        return {"other": "theirs", "message": "own", "earlier": "own"}.get(self.images[number - 1].origin, "")

    def _count(self, owner: str) -> int:
        return sum(self._owner(n) == owner for n in range(1, len(self.images) + 1))

    def _mixed(self) -> bool:
        return self._count("theirs") > 0


def _fixed(text: str) -> Phrase:
    return lambda case: text
