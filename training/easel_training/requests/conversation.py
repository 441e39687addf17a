"""A request as the interpreter sees it, and what it means."""

from dataclasses import dataclass

from ..world.scene import Scene
from .scene_text import scene_text

#: Where a picture comes from: with this message, with the message that is answered, earlier from the same person, earlier
#: from somebody else, made before.
ORIGINS = ("message", "reply", "earlier", "other", "result")


@dataclass(frozen=True)
class Shown:
    """A picture of the conversation; its number is its place in the list, from 1."""

    origin: str
    scene: Scene


@dataclass(frozen=True)
class Reading:
    """What a request means, in people's numbers; `question` is what is answered where nothing is made."""

    mode: str
    base: int | None = None
    references: tuple[int, ...] = ()
    instruction: str = ""
    question: str = ""
    attribute: str = "none"


@dataclass(frozen=True)
class Request:
    """One request with its conversation and its reading."""

    phenomenon: str
    language: str
    images: tuple[Shown, ...]
    text: str
    reading: Reading
    previous: Reading | None = None

    def current(self) -> int | None:
        """The last result: what "it" means."""
        results = [number for number, image in enumerate(self.images, 1) if image.origin == "result"]
        return results[-1] if results else None

    def attached(self) -> list[int]:
        """Numbers of the pictures that came with the message."""
        return [number for number, image in enumerate(self.images, 1) if image.origin in ("message", "reply")]

    def row(self, name: str) -> dict:
        """The request as a case of the benchmark."""
        reading, previous = self.reading, self.previous
        gold = {
            "mode": reading.mode,
            "base": reading.base,
            "references": list(reading.references),
            "attribute": reading.attribute,
        }
        said = (
            {
                "previous": {
                    "mode": previous.mode,
                    "base": previous.base,
                    "references": list(previous.references),
                    "instruction": previous.instruction,
                }
            }
            if previous
            else {}
        )
        images = [f"{image.origin}: {scene_text(image.scene)}" for image in self.images]
        head = {"id": name, "phenomenon": self.phenomenon, "language": self.language, "images": images, "text": self.text}
        return head | said | {"gold": gold}
