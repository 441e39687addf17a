"""The sizes in which Kontext sees pictures: about one area, seventeen ratios."""

from diffusers.pipelines.flux.pipeline_flux_kontext import PREFERRED_KONTEXT_RESOLUTIONS
from PIL import Image

#: Side of the square among the preferred sizes, in pixels.
NATIVE_SIDE = 1024


def preferred_size(width: int, height: int, side: int, multiple: int) -> tuple[int, int]:
    """(width, height) of the preferred size whose ratio is nearest, in pixels.

    :param side: of the square size; 1024 gives Kontext's own sizes.
    :param multiple: both are multiples of it.
    """
    ratio = width / height
    _, *size = min((abs(ratio - w / h), w, h) for w, h in PREFERRED_KONTEXT_RESOLUTIONS)
    chosen = (max(multiple, edge * side // NATIVE_SIDE // multiple * multiple) for edge in size)
    return tuple(chosen)


def resize(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """A picture stretched to a size, as the released model does; the same picture where it has it already."""
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)
