"""Pictures of edits as the benchmark's judge reads them."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

from ..judge.labels import IGNORE, labels_of
from ..judge.network import split_logits
from ..latents import tokens_to_pixels
from ..layout import TOKEN_SIDE
from ..sampler import sample
from ..samples import SampleStream, stack
from ..tasks import Task
from ..transformer import Painter
from ..vae import to_images, to_pixels
from .held_out import SEED

#: Tasks painted together.
BATCH = 16


class Resize(OpRun):
    """ONNX Resize for whole factors to the nearest; the reference's own computes every number in Python."""

    def _run(self, x, roi=None, scales=None, sizes=None, **attributes):
        factors = scales if scales is not None and len(scales) else np.asarray(sizes) / x.shape
        for axis, factor in enumerate(factors):
            x = x.repeat(round(float(factor)), axis)
        return (x,)


class PublishedJudge:
    """`judge.onnx`, run by onnx's own evaluator: a picture at a time.

    :ivar size: side of the pictures that it reads, in pixels.
    """

    def __init__(self, file: Path) -> None:
        model = onnx.load(file)
        self.size = model.graph.input[0].type.tensor_type.shape.dim[-1].dim_value
        self.graph = ReferenceEvaluator(model, new_ops=[Resize])

    def read(self, image: np.ndarray) -> list[int]:
        """The label of every head for a picture, uint8 [S, S, 3]."""
        (logits,) = self.graph.run(None, {"pixels": to_pixels(image[None]).numpy()})
        heads, _ = split_logits(torch.from_numpy(logits))
        return [int(head[0].argmax()) for head in heads]


def read_right(judge: PublishedJudge, painter: Painter, stream: SampleStream, tasks: list[Task]) -> list[bool]:
    """Paint edits in the words of their instruction alone; whether the judge reads all that was asked for.

    :param tasks: with equally many inputs.
    """
    side = stream.size // TOKEN_SIDE
    right: list[bool] = []
    for start in range(0, len(tasks), BATCH):
        some = tasks[start : start + BATCH]
        samples = stream.encode_prompts(some, [task.instruction for task in some])
        tokens = sample(painter, stack(samples, len(some[0].inputs)), seed=SEED + start)
        images = to_images(tokens_to_pixels(stream.vae, tokens, side, side))
        right += [_answers(judge.read(image), task) for image, task in zip(images, some)]
    return right


def _answers(read: list[int], task: Task) -> bool:
    """Whether every head is right in which the target differs from image 1."""
    before, wanted = labels_of(task.inputs[0]), labels_of(task.target)
    return all(label == target for label, source, target in zip(read, before, wanted) if target not in (source, IGNORE))
