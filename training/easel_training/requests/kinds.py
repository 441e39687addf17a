"""The kinds of requests: what is asked, in a conversation where it can be asked, and what it means."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..world.scene import Scene, Thing, pick
from ..world.vocabulary import COLORS, NOUNS, PATTERNS, STYLES
from .conversation import Reading, Request, Shown
from .layout import Draw, arrange, varied
from .lexicon import Lexicon
from .speaker import Phrase, Speaker

ATTRIBUTES = ("pattern", "color", "look")
#: Two pictures: an attribute, the style, the background or an object of one goes into the other.
PAIR_SHARES = {"pattern": 0.25, "color": 0.17, "look": 0.14, "style": 0.12, "background": 0.11, "replace": 0.1, "add": 0.11}
SINGLE_SHARES = {"color": 0.25, "pattern": 0.17, "background": 0.19, "replace": 0.13, "style": 0.16, "add": 0.1}


@dataclass(frozen=True)
class Asked:
    """A change in words and as the canonical instruction."""

    text: str
    instruction: str
    attribute: str


class Asker:
    """Draws requests of one language."""

    def __init__(self, rng: np.random.Generator, words: Lexicon, draw: Draw) -> None:
        self.rng, self.words, self.draw = rng, words, draw

    def pair(self) -> Request:
        """An edit with one reference."""
        kind = _drawn(self.rng, PAIR_SHARES)
        images, numbers = self._scenes(kind, arrange_as=None)
        speaker = Speaker(self.rng, self.words, images)
        asked = self._pair_words(speaker, kind, numbers["base"], numbers["ref"])
        return self._request(speaker, asked, numbers["base"], (numbers["ref"],))

    def single(self) -> Request:
        """An edit of one picture, alone or among others."""
        images, numbers = arrange(self.rng, self.draw, {"base": self.draw()})
        speaker = Speaker(self.rng, self.words, images)
        asked = self._single_words(speaker, numbers["base"])
        name = "single" if len(images) == 1 else None
        return self._request(speaker, asked, numbers["base"], (), name)

    def several(self) -> Request:
        """An edit with two references."""
        first, second = (_drawn(self.rng, PAIR_SHARES) for _ in range(2))
        while second == first or {first, second} in ({"look", "color"}, {"look", "pattern"}):
            second = _drawn(self.rng, PAIR_SHARES)
        base, ref = self._fitting(first)
        other = self._fitting(second, base)[1]
        layout = "together" if self.rng.random() < 0.8 else "before"
        images, numbers = arrange(self.rng, self.draw, {"base": base, "ref": ref, "ref2": other}, layout)
        speaker = Speaker(self.rng, self.words, images)
        one = self._pair_words(speaker, first, numbers["base"], numbers["ref"])
        two = self._pair_words(speaker, second, numbers["base"], numbers["ref2"])
        text = self._joined("joins", one.text, two.text)
        both = "+".join(sorted({one.attribute, two.attribute}))
        asked = Asked(text, f"{one.instruction} {two.instruction}", both)
        return self._request(speaker, asked, numbers["base"], (numbers["ref"], numbers["ref2"]), "several-references")

    def corrected(self) -> Request:
        """An edit that is said wrong first."""
        kind = _drawn(self.rng, PAIR_SHARES)
        images, numbers = self._scenes(kind, "together")
        speaker = Speaker(self.rng, self.words, images)
        base, ref = numbers["base"], numbers["ref"]
        way = self.rng.random()
        if way < 0.25 and kind in ATTRIBUTES:
            # Said the wrong way round: both scenes can give and take.
            asked = self._pair_words(speaker, kind, base, ref)
            wrong = self._pair_words(speaker, kind, ref, base)
            return self._request(
                speaker, Asked(self._joined("swapped", wrong.text), asked.instruction, kind), base, (ref,), "contradiction"
            )
        if way < 0.45 and len(images) == 2:
            ways = ("number", "attachment", "showing", "styled")
            wrong = self._whole_words(speaker, ref, ways)
            value = wrong.instruction
            asked = Asked(self._joined("not_that", wrong.text), value, wrong.attribute)
            return self._request(speaker, asked, base, (), "contradiction")
        if way < 0.75:
            asked = self._pair_words(speaker, kind, base, ref)
            wrong = self._pair_words(
                speaker, _drawn(self.rng, PAIR_SHARES), *((base, ref) if self.rng.random() < 0.5 else (ref, base))
            )
            text = self._joined("corrections", wrong.text, asked.text)
            return self._request(speaker, Asked(text, asked.instruction, asked.attribute), base, (ref,), "contradiction")
        if self.rng.random() < 0.4:
            return self._other_value(speaker, base)
        asked = self._single_words(speaker, base)
        wrong = self._single_words(speaker, base if self.rng.random() < 0.5 else ref)
        text = self._joined("corrections", wrong.text, asked.text)
        return self._request(speaker, Asked(text, asked.instruction, asked.attribute), base, (), "contradiction")

    def follow_up(self) -> Request:
        """Goes on from the reading before: the same for more, or something else in its place."""
        way = self.rng.random()
        if way < 0.4:
            return self._also()
        base = self.draw()
        images = (Shown("earlier", base), Shown("earlier", self.draw()), Shown("result", varied(self.rng, base)))
        if way < 0.7:
            images = (images[0], images[2])
        elif self.rng.random() < 0.5:
            images = (images[1], images[0], images[2])
        number = 1 + [image.scene for image in images].index(base)
        speaker = Speaker(self.rng, self.words, images)
        before = self._whole_words(Speaker(self.rng, self.words, (Shown("message", base),)), 1)
        previous = Reading("edit", number, (), before.instruction)
        if way < 0.7:
            value, instruction = self._value(before.attribute)
            asked = Asked(speaker.say("rather", v=value), instruction, before.attribute)
            return self._request(speaker, asked, number, (), "follow-up", previous)
        other = 3 - number
        asked = Asked(speaker.say("again", I=speaker.image(other)), before.instruction, before.attribute)
        return self._request(speaker, asked, other, (), "follow-up", previous)

    def generation(self) -> Request:
        """A new picture, with or without references."""
        way = self.rng.random()
        if way < 0.3:
            return self._new()
        kind = "noun" if way < 0.6 else "pattern" if way < 0.8 else "style"
        giver = self._scene(lambda scene: kind != "style" or scene.style != "flat")
        roles = {"ref": giver}
        if kind == "noun" and self.rng.random() < 0.45:
            roles["ref2"] = self._scene(lambda scene: not _nouns(scene) & _nouns(giver))
        layout = None if len(roles) == 1 else "together" if self.rng.random() < 0.7 else "before"
        images, numbers = arrange(self.rng, self.draw, roles, layout)
        speaker = Speaker(self.rng, self.words, images)
        return self._from_references(speaker, kind, list(numbers.values()))

    def chat(self) -> Request:
        """Nothing to make."""
        images: tuple[Shown, ...] = ()
        if self.rng.random() < 0.5:
            images, _ = arrange(self.rng, self.draw, {"base": self.draw()})
        speaker = Speaker(self.rng, self.words, images)
        noun, color = pick(self.rng, NOUNS), pick(self.rng, tuple(COLORS))
        text = speaker.say("chats", n=self.words.noun(self.rng, noun).word, c=speaker.value("colors", color))
        reading = Reading("chat", question=self.words.data["chat"])
        return Request("out-of-scope", self.words.language, images, text, reading)

    def unclear(self) -> Request:
        """An edit of one of several pictures that nothing speaks for."""
        scene = self._scene(lambda scene: len(scene.things) == 1)
        noun = scene.things[0].noun
        same = self.rng.random() < 0.5
        scenes = [scene]
        while len(scenes) < 3 + int(self.rng.integers(2)):
            scenes.append(varied(self.rng, scenes[-1]) if same else self._scene(lambda other: noun not in _nouns(other)))
        origin = "message" if self.rng.random() < 0.6 else "earlier"
        images = tuple(Shown(origin, each) for each in scenes)
        # Said as if there were one picture only.
        speaker = Speaker(self.rng, self.words, (Shown("message", scene),))
        asked = self._single_words(speaker, 1, ("bare",)) if same else self._whole_words(speaker, 1, ("current",))
        reading = Reading("clarify", question=self.words.data["clarify"])
        return Request("unclear", self.words.language, images, asked.text, reading)

    def quoting(self) -> Request:
        """A request beside words that must not be obeyed."""
        request = self.pair() if self.rng.random() < 0.5 else self.single()
        if not self.words.has("quotes"):
            return request
        color = pick(self.rng, tuple(COLORS))
        command = self.words.pick(self.rng, "commands").replace("{c}", color)
        template = self.words.pick(self.rng, "quotes")
        text = template.replace("{q}", command).replace("{1}", request.text)
        return Request("injection", request.language, request.images, text, request.reading, request.previous)

    def _scenes(self, kind: str, arrange_as: str | None) -> tuple[tuple[Shown, ...], dict[str, int]]:
        base, ref = self._fitting(kind)
        return arrange(self.rng, self.draw, {"base": base, "ref": ref}, arrange_as)

    def _fitting(self, kind: str, base: Scene | None = None) -> tuple[Scene, Scene]:
        """A base and a reference that differ in what is asked for."""
        while True:
            source = base or self.draw()
            ref = self.draw()
            ours, theirs = source.things[0], ref.things[0]
            fits = {
                "pattern": theirs.pattern not in ("plain", ours.pattern),
                "color": theirs.color != ours.color,
                "look": theirs.color != ours.color and theirs.pattern not in ("plain", ours.pattern),
                "style": ref.style not in ("flat", source.style),
                "background": ref.background != source.background,
                "replace": not _nouns(source) & _nouns(ref),
                "add": not _nouns(source) & _nouns(ref),
            }[kind]
            if fits:
                return source, ref

    def _pair_words(self, speaker: Speaker, kind: str, base: int, ref: int) -> Asked:
        rng = self.rng
        mine, theirs = speaker.images[base - 1].scene, speaker.images[ref - 1].scene
        a = int(rng.integers(len(mine.things)))
        # An attribute comes from the first object, which was drawn to differ.
        b = 0 if kind in ATTRIBUTES else int(rng.integers(len(theirs.things)))
        a = 0 if kind in ATTRIBUTES else a
        A, B = mine.things[a], theirs.things[b]
        match kind:
            case "style":
                text = speaker.say("style", I=speaker.image(base), J=speaker.image(ref))
                return Asked(text, f"Give image {base} the style of image {ref}.", kind)
            case "background":
                text = speaker.say("background", A=speaker.thing(base, a), J=speaker.image(ref))
                return Asked(text, f"Put the {A.noun} of image {base} on the background of image {ref}.", kind)
            case "replace":
                text = speaker.say("replace", A=speaker.thing(base, a), B=speaker.thing(ref, b))
                return Asked(text, f"Replace the {A.noun} in image {base} with the {B.noun} from image {ref}.", kind)
            case "add":
                giver = speaker.thing(ref, b)
                if rng.random() < 0.45:
                    text = speaker.say("add_beside", A=speaker.thing(base, a), B=giver)
                else:
                    text = speaker.say("add", I=speaker.image(base), B=giver)
                return Asked(text, f"Add the {B.noun} from image {ref} to image {base}.", kind)
        special = f"give_{kind}"
        key = special if rng.random() < 0.25 else "give"
        x = speaker.value("attributes", kind)
        if kind != "look" and rng.random() < 0.3:
            x = speaker.value("pattern_nouns", B.pattern) if kind == "pattern" else speaker.value("colors", B.color)
        words = {
            "c": speaker.value("colors", B.color),
            "p": speaker.value("patterns", B.pattern),
            "q": speaker.value("pattern_nouns", B.pattern),
        }
        text = speaker.say(key, A=speaker.thing(base, a), B=speaker.thing(ref, b), x=x, **words)
        return Asked(text, f"Give the {A.noun} in image {base} the {kind} of the {B.noun} in image {ref}.", kind)

    def _single_words(self, speaker: Speaker, base: int, ways: tuple[str, ...] | None = None) -> Asked:
        rng = self.rng
        scene = speaker.images[base - 1].scene
        kind = _drawn(rng, SINGLE_SHARES)
        if kind in ("background", "style") and ways is None:
            return self._whole_words(speaker, base, kind=kind)
        if kind in ("background", "style"):
            kind = "color"
        index = int(rng.integers(len(scene.things)))
        thing = scene.things[index]

        def named() -> Phrase:
            return speaker.thing(base, index, ways) if ways else speaker.thing(base, index)

        match kind:
            case "color":
                color = pick(rng, tuple(COLORS), (thing.color,))
                text = speaker.say("color", A=named(), v=speaker.value("colors", color))
                return Asked(text, f"Change the color of the {thing.noun} to {color}.", "color")
            case "pattern":
                pattern = pick(rng, PATTERNS, (thing.pattern, "plain"))
                words = {"v": speaker.value("patterns", pattern), "w": speaker.value("pattern_nouns", pattern)}
                return Asked(
                    speaker.say("pattern", A=named(), **words), f"Change the pattern of the {thing.noun} to {pattern}.", "pattern"
                )
            case "replace":
                noun = pick(rng, NOUNS, tuple(_nouns(scene)))
                text = speaker.say("noun", A=named(), n=speaker.new_noun(noun))
                return Asked(text, f"Replace the {thing.noun} with {_an(noun)}.", "replace")
        noun = pick(rng, NOUNS, tuple(_nouns(scene)))
        fresh = speaker.new_noun(noun)
        if ways or rng.random() < 0.5:
            text = speaker.say("plus_beside", A=named(), n=fresh)
        else:
            text = speaker.say("plus", I=speaker.image(base), n=fresh)
        return Asked(text, f"Add {_an(noun)} to image {base}.", "add")

    def _whole_words(self, speaker: Speaker, base: int, ways: tuple[str, ...] | None = None, kind: str | None = None) -> Asked:
        """A change of a whole picture: its background or its style."""
        kind = kind or ("background" if self.rng.random() < 0.5 else "style")
        value, instruction = self._value(kind)
        whole = speaker.image(base, ways) if ways else speaker.image(base)
        if kind == "style":
            return Asked(speaker.say("restyle", I=whole, v=value), instruction, kind)
        is_plain = "current" in speaker.ways[-1:] and self.rng.random() < 0.8
        return Asked(speaker.say("bg", v=value) if is_plain else speaker.say("bg_of", I=whole, v=value), instruction, kind)

    def _value(self, kind: str) -> tuple[str, str]:
        """A new background or style, in words and as the instruction."""
        speaker = Speaker(self.rng, self.words, ())
        if kind == "style":
            style = pick(self.rng, STYLES, ("flat",))
            return speaker.value("styles", style), f"Make it {style}."
        color = pick(self.rng, tuple(COLORS))
        pattern = pick(self.rng, PATTERNS, ("plain",)) if self.rng.random() < 0.3 else "plain"
        said = speaker.value("colors", color)
        if pattern != "plain":
            said = speaker.spaced(said, speaker.value("patterns", pattern))
        return said, f"Change the background to {color} {pattern}."

    def _other_value(self, speaker: Speaker, base: int) -> Request:
        """A value and at once another one in its place."""
        scene = speaker.images[base - 1].scene
        thing = scene.things[0]
        kind = pick(self.rng, ("color", "style", "background"))
        if kind == "color":
            wrong, right = (pick(self.rng, tuple(COLORS), (thing.color,)) for _ in range(2))
            said, instead = speaker.value("colors", wrong), speaker.value("colors", right)
            text, instruction = (
                speaker.say("color", A=speaker.thing(base, 0), v=said),
                f"Change the color of the {thing.noun} to {right}.",
            )
        else:
            (said, _), (instead, instruction) = self._value(kind), self._value(kind)
            text = speaker.say("restyle" if kind == "style" else "bg_of", I=speaker.image(base), v=said)
        return self._request(
            speaker, Asked(self._joined("corrections", text, instead), instruction, kind), base, (), "contradiction"
        )

    def _also(self) -> Request:
        """First one attribute of a reference, now another."""
        first = pick(self.rng, ATTRIBUTES[:2])
        second = pick(self.rng, ATTRIBUTES[:2], (first,))
        base, ref = self._fitting("look")
        b, r = (1, 2) if self.rng.random() < 0.5 else (2, 1)
        shown = {b: Shown("earlier", base), r: Shown("earlier", ref)}
        thing, giver = base.things[0], ref.things[0]
        result = Shown("result", base.with_thing(0, _taking(thing, first, giver)))
        speaker = Speaker(self.rng, self.words, (shown[1], shown[2], result))

        def instruction(attribute: str, number: int) -> str:
            return f"Give the {thing.noun} in image {number} the {attribute} of the {giver.noun} in image {r}."

        text = speaker.say("also", x=speaker.value("attributes", second))
        asked = Asked(text, instruction(second, 3), second)
        return self._request(speaker, asked, 3, (r,), "follow-up", Reading("edit", b, (r,), instruction(first, b)))

    def _new(self) -> Request:
        images: tuple[Shown, ...] = ()
        if self.rng.random() < 0.25:
            images, _ = arrange(self.rng, self.draw, {"base": self.draw()}, "goes_on")
        speaker = Speaker(self.rng, self.words, images)
        said, canonical = self._description(speaker, self.draw())
        reading = Reading("generate", None, (), f"{canonical[0].upper()}{canonical[1:]}.", attribute="new")
        return Request("generation", self.words.language, images, speaker.say("new", d=said), reading)

    def _from_references(self, speaker: Speaker, kind: str, numbers: list[int]) -> Request:
        rng = self.rng
        first = numbers[0]
        scene = speaker.images[first - 1].scene
        index = 0 if kind == "pattern" else int(rng.integers(len(scene.things)))
        noun = pick(rng, NOUNS, tuple(_nouns(scene)))
        if kind == "style":
            said, canonical = self._description(speaker, self.draw(), whole=False)
            text = speaker.say("new_style", d=said, J=speaker.image(first))
            canonical = f"{canonical}, in the style of image {first}"
        elif kind == "pattern":
            attribute = "pattern" if scene.things[0].pattern != "plain" else "color"
            words = {"n": speaker.new_noun(noun), "x": speaker.value("attributes", attribute)}
            text = speaker.say("new_pattern", B=speaker.thing(first, index), **words)
            canonical = f"{_an(noun)} with the {attribute} of the {scene.things[0].noun} in image {first}"
            kind = attribute
        else:
            parts = [f"the {scene.things[index].noun} from image {first}"]
            said_parts = [speaker.thing(first, index)]
            for number in numbers[1:]:
                said_parts.append(speaker.thing(number, 0))
                parts.append(f"the {speaker.images[number - 1].scene.things[0].noun} from image {number}")
            if len(parts) == 1 and rng.random() < 0.3:
                said_parts.append(_said(speaker.new_noun(noun)))
                parts.append(_an(noun))

            def together(case: str) -> str:
                joined = said_parts[0](case)
                return joined if len(said_parts) == 1 else speaker.say("and", **{"1": joined, "2": said_parts[1](case)})

            text = speaker.say("new_noun", B=together)
            canonical = " and ".join(parts)
        reading = Reading("generate", None, tuple(numbers), f"{canonical[0].upper()}{canonical[1:]}.", attribute=kind)
        name = "several-references" if len(numbers) > 1 else "generation"
        return Request(name, self.words.language, speaker.images, text, reading)

    def _description(self, speaker: Speaker, scene: Scene, whole: bool = True) -> tuple[str, str]:
        """A scene as people describe it, and the same facts in canonical words."""
        said, canonical = [], []
        for thing in scene.things:
            noun = self.words.noun(self.rng, thing.noun)
            feminine = noun.is_feminine()
            template = self.words.pick(self.rng, "descriptions")
            article = self.words.indefinite(noun).strip()
            words = {
                "a": "einen" if article == "einen" else article,
                "n": noun.word,
                "c": speaker.value("colors", thing.color, feminine),
                "p": speaker.value("patterns", thing.pattern, feminine),
                "q": speaker.value("pattern_nouns", thing.pattern),
            }
            if thing.pattern == "plain":
                template = self.words.data["descriptions"][0]
            has_pattern = thing.pattern != "plain" and ("{p}" in template or "{q}" in template)
            has_color = "{c}" in template
            said.append(speaker.fill(template, **words))
            pattern = f"{thing.pattern} " if has_pattern else ""
            canonical.append(_an(f"{thing.color if has_color else ''} {pattern}{thing.noun}".strip()))
        text = said[0] if len(said) == 1 else speaker.say("and", **{"1": said[0], "2": said[1]})
        meaning = " and ".join(canonical)
        if self.rng.random() < 0.6:
            background = scene.background
            color = speaker.value("colors", background.color)
            plain = background.pattern == "plain"
            b = color if plain else speaker.spaced(color, speaker.value("patterns", background.pattern))
            text = speaker.say("on", **{"1": text, "b": b})
            meaning += f" on {_an(background.color)} {'' if plain else background.pattern + ' '}background"
        if whole and scene.style != "flat":
            text = speaker.say("in_style", **{"1": text, "s": speaker.value("styles", scene.style)})
            meaning += f", {scene.style} style"
        return text, meaning

    def _joined(self, key: str, *texts: str) -> str:
        template = self.words.pick(self.rng, key)
        for i, text in enumerate(texts, 1):
            template = template.replace(f"{{{i}}}", text)
        return template

    def _request(
        self,
        speaker: Speaker,
        asked: Asked,
        base: int,
        references: tuple[int, ...],
        name: str | None = None,
        previous: Reading | None = None,
    ) -> Request:
        reading = Reading("edit", base, references, asked.instruction, attribute=asked.attribute)
        named = name or ("reversed" if references and base > references[0] else speaker.phenomenon())
        if named == "reversed" and speaker.phenomenon() in ("several-people", "by-look"):
            named = speaker.phenomenon()
        return Request(named, self.words.language, tuple(speaker.images), asked.text, reading, previous)

    def _scene(self, fits: Callable[[Scene], bool]) -> Scene:
        while True:
            scene = self.draw()
            if fits(scene):
                return scene


#: Kinds and their shares.
KINDS: dict[str, tuple[float, Callable[[Asker], Request]]] = {
    "pair": (0.37, Asker.pair),
    "single": (0.21, Asker.single),
    "generation": (0.12, Asker.generation),
    "follow_up": (0.07, Asker.follow_up),
    "corrected": (0.08, Asker.corrected),
    "several": (0.05, Asker.several),
    "chat": (0.05, Asker.chat),
    "unclear": (0.03, Asker.unclear),
    "quoting": (0.02, Asker.quoting),
}


def _drawn(rng: np.random.Generator, shares: dict[str, float]) -> str:
    names = list(shares)
    weights = np.array([shares[name] for name in names])
    return names[int(rng.choice(len(names), p=weights / weights.sum()))]


def _taking(thing: Thing, attribute: str, giver: Thing) -> Thing:
    return replace(thing, color=giver.color) if attribute == "color" else replace(thing, pattern=giver.pattern)


def _nouns(scene: Scene) -> set[str]:
    return {thing.noun for thing in scene.things}


def _an(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _said(text: str) -> Phrase:
    return lambda case: text
