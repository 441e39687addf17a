"""How several pictures reach the transformer: DreamOmni2's encoding, and what it is measured against."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

#: Pixels of a token's side.
TOKEN_SIDE = 16


@dataclass(frozen=True)
class Layout:
    """What the ids of references say.

    :ivar index: reference i has index i; else every reference has index 1, as the base's only one.
    :ivar shift: a reference is shifted right by the widths of those before it; else all begin at 0.
    :ivar stitched: the references stand side by side in one picture of the area that one picture has.
    """

    index: bool = True
    shift: bool = True
    stitched: bool = False

    def reference_grids(self, side: int, count: int) -> list[tuple[int, int]]:
        """(height, width) in tokens of the references that the transformer gets for `count` square pictures.

        :param side: of one picture, in tokens.
        """
        if not self.stitched or count < 2:
            return [(side, side)] * count
        return [(max(1, round(side / count**0.5)), max(1, round(side * count**0.5)))]

    def arrange(self, pictures: np.ndarray) -> list[np.ndarray]:
        """The references as pictures, uint8 [height, width, 3] each.

        :param pictures: uint8 [count, S, S, 3].
        """
        if not self.stitched or len(pictures) < 2:
            return list(pictures)
        ((height, width),) = self.reference_grids(pictures.shape[1] // TOKEN_SIDE, len(pictures))
        stitched = Image.fromarray(np.concatenate(list(pictures), 1))
        return [np.asarray(stitched.resize((width * TOKEN_SIDE, height * TOKEN_SIDE), Image.Resampling.LANCZOS))]


#: The released model's: every reference has its own index and stands right of those before it.
DREAMOMNI2 = Layout()
