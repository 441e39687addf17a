"""`python -m easel_training.safety --package FOLDER`: convert, compare, and write what the engine loads and the test reads."""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx.reference import ReferenceEvaluator

from .onnx_graph import build_graph
from .reference import run_layers
from .tfjs_layers import read_model

#: Largest difference of a probability between the graph and the reference; float32 sums in another order differ by less.
TOLERANCE = 1e-4
#: In the order of the model's outputs, as nsfwjs names them.
CLASSES = ["drawing", "hentai", "neutral", "porn", "sexy"]


def example_pixels() -> NDArray[np.float32]:
    """Three pictures without any content: a ramp, blocks of colour, noise. float32 [3, 224, 224, 3] in [0, 1], of bytes.

    Computed, not stored: test/parity/picture-classifier.test.ts computes the same ones.
    """
    rows, columns, channels = np.meshgrid(np.arange(224), np.arange(224), np.arange(3), indexing="ij")
    ramp = np.choose(channels, [rows, columns, (rows + columns) // 2])
    blocks = (rows // 32 * 40 + columns // 32 * 90 + channels * 60) % 256
    noise = ((rows * 7919 + columns * 104729 + channels * 1299709) * 2654435761 % 2**32) >> 24
    return np.stack([ramp, blocks, noise]).astype(np.float32) / np.float32(255)


def main() -> None:
    """Convert the model; end with an error, and write nothing, where graph and reference differ."""
    parser = argparse.ArgumentParser(prog="python -m easel_training.safety", description=__doc__)
    parser.add_argument("--package", type=Path, required=True, help="the unpacked npm package nsfwjs 4.4.0")
    parser.add_argument("--model", type=Path, default=Path("../models/safety"), help="folder of the converted model")
    parser.add_argument("--goldens", type=Path, default=Path("../test/parity/goldens/safety"), help="folder of the test's golden")
    options = parser.parse_args()

    model = read_model(options.package)
    graph = build_graph(model)
    pixels = example_pixels()
    expected = run_layers(model, pixels)
    (found,) = ReferenceEvaluator(graph).run(None, {"pixels": pixels})
    difference = float(np.abs(found - expected).max())
    print(f"weights {model.sha256}")
    print(f"largest difference of a probability: {difference:.1e}")
    if difference > TOLERANCE:
        raise SystemExit("graph and reference differ; nothing was written")

    options.model.mkdir(parents=True, exist_ok=True)
    onnx.save(graph, options.model / "nsfw-mobilenet-v2.onnx")
    options.goldens.mkdir(parents=True, exist_ok=True)
    golden = {"madeBy": "training/easel_training/safety", "classes": CLASSES, "probabilities": expected.tolist()}
    (options.goldens / "expected.json").write_text(json.dumps(golden, indent=2) + "\n")
    print(f"written: {options.model}, {options.goldens}")


if __name__ == "__main__":
    main()
