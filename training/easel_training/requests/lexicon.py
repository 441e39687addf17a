"""What people say, as data of one language: words of the world, ways to point at pictures, sentences."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

LANGUAGES = ("en", "de", "fr", "es", "pt-BR", "ja", "ko", "zh-CN")
#: Languages that write without spaces between words.
UNSPACED = ("ja", "zh-CN")
#: Definite article -> indefinite article; for German the accusative.
_INDEFINITE = {
    "de": {"der": "einen", "die": "eine", "das": "ein"},
    "fr": {"le": "un", "la": "une"},
    "es": {"el": "un", "la": "una"},
    "pt-BR": {"o": "um", "a": "uma"},
}
#: German articles by case.
_CASES = {"": {"der": "den", "die": "die", "das": "das"}, "d": {"der": "dem", "die": "der", "das": "dem"}}
_CONTRACTIONS = {
    "fr": [
        (r"\bde le (?=[^aeiouyéèêh\W])", "du "),
        (r"\bà le (?=[^aeiouyéèêh\W])", "au "),
        (r"\b([ldLD])[ea] (?=[aeiouyéèê])", r"\1'"),
    ],
    "es": [(r"\bde el ", "del "), (r"\ba el ", "al ")],
    "pt-BR": [
        (r"\bde ([oa]) ", r"d\1 "),
        (r"\bem ([oa]) ", r"n\1 "),
        (r"\bem um", "num"),
        (r"\ba o ", "ao "),
        (r"\ba a ", "à "),
        (r"\bde (?=(?:est|ess)[ae]\b|iss?t?o\b)", "d"),
    ],
    "de": [(r"\bin dem ", "im "), (r"\bvon dem ", "vom ")],
}


@dataclass(frozen=True)
class Noun:
    """A word for a thing; `article` is empty where the language has none that matters."""

    word: str
    article: str = ""

    def is_feminine(self) -> bool:
        """Which form of an adjective it takes, where there are two."""
        return self.article in ("la", "a")


class Lexicon:
    """The words and sentences of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.data = json.loads((Path(__file__).parent / "languages" / f"{language}.json").read_text())

    def has(self, key: str) -> bool:
        """Whether this language has sentences of a kind."""
        return key in self.data

    def pick(self, rng: np.random.Generator, key: str) -> str:
        """One of the sentences of a kind."""
        options = self.data[key]
        return options[int(rng.integers(len(options)))]

    def noun(self, rng: np.random.Generator, noun: str) -> Noun:
        """A word for a thing of the world; the usual one half of the time."""
        text = _alternative(rng, self.data["nouns"][noun])
        article, _, word = text.partition(" ")
        if self.language in _INDEFINITE and word:
            return Noun(word, article)
        return Noun(text)

    def word(self, rng: np.random.Generator, key: str, name: str, feminine: bool = False) -> str:
        """A word for a colour, pattern, style or attribute."""
        forms = _alternative(rng, self.data[key][name]).split("/")
        return forms[-1] if feminine else forms[0]

    def ordinal(self, rng: np.random.Generator, number: int) -> str:
        """First, second, ...; the number itself where the language's list ends."""
        words = self.data["ordinals"]
        return _alternative(rng, words[number - 1]) if number <= len(words) else str(number)

    def definite(self, noun: Noun, case: str = "") -> str:
        """The article of a noun with a space behind it, or nothing. `case`: n, d, or accusative."""
        if self.language == "de" and case != "n":
            return f"{_CASES[case][noun.article]} "
        return f"{noun.article} " if noun.article else ""

    def indefinite(self, noun: Noun) -> str:
        """The same for an article such as "a"."""
        return f"{_INDEFINITE[self.language][noun.article]} " if noun.article else ""

    def finish(self, text: str) -> str:
        """Contractions, and Korean particles that depend on the letter before them."""
        for pattern, replacement in _CONTRACTIONS.get(self.language, []):
            text = re.sub(pattern, replacement, text)
        if self.language == "ko":
            text = re.sub(r"(.)(를/을|는/은)", _particle, text)
            text = re.sub(r"(.)(으로|로)(?=[ ,.!?]|$|\s)", _towards, text)
        return text

    def words(self) -> dict[str, str]:
        """Every word of the world in this language -> the kind of word it is, for comparing sentences without them."""
        found: dict[str, str] = {}
        for key, sign in (("nouns", "N"), ("colors", "C"), ("patterns", "P"), ("pattern_nouns", "P"), ("styles", "S")):
            for forms in self.data[key].values():
                for form in forms.replace("/", "|").split("|"):
                    word = form.partition(" ")[2] if key == "nouns" and self.language in _INDEFINITE else form
                    found[word or form] = sign
        return found


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of a language, read once."""
    return Lexicon(language)


def _alternative(rng: np.random.Generator, options: str) -> str:
    words = options.split("|")
    return words[0] if rng.random() < 0.5 else words[int(rng.integers(len(words)))]


def _has_final(letter: str) -> bool:
    return "가" <= letter <= "힣" and (ord(letter) - ord("가")) % 28 > 0


def _particle(match: re.Match[str]) -> str:
    with_final, without = ("을", "를") if match[2] == "를/을" else ("은", "는")
    return match[1] + (with_final if _has_final(match[1]) else without)


def _towards(match: re.Match[str]) -> str:
    letter = match[1]
    if not "가" <= letter <= "힣":
        return match[0]
    final = (ord(letter) - ord("가")) % 28
    return letter + ("로" if final in (0, 8) else "으로")
