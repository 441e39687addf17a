"""How people really type: small letters, missing signs, slips of the finger, politeness in front and behind."""

import re

import numpy as np

from .lexicon import UNSPACED, Lexicon

SHORT = {
    "you": "u", "your": "ur", "are": "r", "please": "plz", "with": "w", "the": "da", "and": "n", "for": "4", "to": "2",
    "that": "dat", "this": "dis", "from": "frm", "because": "cuz", "want": "wanna", "background": "bg", "picture": "pic",
}  # fmt: skip
#: Languages whose letters are single keys.
TYPED = ("en", "de", "fr", "es", "pt-BR")


def polite(rng: np.random.Generator, words: Lexicon, text: str) -> str:
    """Something before and behind, sometimes."""
    if rng.random() < 0.35:
        text = words.pick(rng, "opens") + text
    if rng.random() < 0.35:
        text += words.pick(rng, "closes")
    return text


def mistype(rng: np.random.Generator, language: str, text: str) -> str:
    """The text as it might really be typed; numbers stay as they are."""
    if language in UNSPACED or language == "ko":
        return text.replace(" ", "") if rng.random() < 0.1 else text
    if rng.random() < 0.25:
        text = text[:1].upper() + text[1:]
    if rng.random() < 0.15:
        text = re.sub(r"(?<=\w)[,.](?= |$)", "", text)
    if language == "en" and rng.random() < 0.15:
        text = " ".join(SHORT.get(word, word) if rng.random() < 0.5 else word for word in text.split(" "))
    if language != "en" and rng.random() < 0.15:
        text = text.translate(str.maketrans("áàâãéèêíóôõúüçñäö", "aaaaeeeiooouucnao"))
    if rng.random() < (0.3 if language == "en" else 0.12):
        for _ in range(1 + int(rng.integers(3))):
            text = _slip(rng, text)
    return text


def _slip(rng: np.random.Generator, text: str) -> str:
    places = [match.start() for match in re.finditer(r"(?<=[a-z])[a-z](?=[a-z])", text)]
    if not places:
        return text
    at = places[int(rng.integers(len(places)))]
    match int(rng.integers(4)):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + text[at] + text[at:]
        case 2:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        case _:
            return text[:at] + "abcdefghijklmnopqrstuvwxyz"[int(rng.integers(26))] + text[at + 1 :]
