"""A Keras model as TensorFlow.js stores it: a list of layers, and weights of one byte each with a scale and a minimum."""

import base64
import hashlib
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Of the decoded weights of `mobilenet_v2` in nsfwjs 4.4.0; another file is refused.
WEIGHTS_SHA256 = "8e7dddbb16acacc1"


@dataclass(frozen=True)
class Weight:
    """One tensor: `values * scale + minimum`, in float32."""

    values: NDArray[np.uint8]
    scale: np.float32
    minimum: np.float32

    def dequantized(self) -> NDArray[np.float32]:
        """The tensor as TensorFlow.js computes with it."""
        return self.values.astype(np.float32) * self.scale + self.minimum


@dataclass(frozen=True)
class Layer:
    """One layer, what it is called, how it is set and whose outputs it reads."""

    kind: str
    name: str
    config: dict[str, Any]
    inputs: list[str]


@dataclass(frozen=True)
class LayersModel:
    """The layers in order of computation, their weights by `layer/name`, and what the weights' bytes hash to."""

    layers: list[Layer]
    weights: dict[str, Weight]
    sha256: str


def read_model(package: Path, name: str = "mobilenet_v2") -> LayersModel:
    """Read a model out of an unpacked npm package nsfwjs.

    Raises ValueError when the weights are not the ones this was written for.
    """
    folder = package / "dist" / "models" / name
    described = _read_described(folder / "model.min.js")
    data = _read_bytes(folder / "group1-shard1of1.min.js")
    sha256 = hashlib.sha256(data).hexdigest()
    if not sha256.startswith(WEIGHTS_SHA256):
        raise ValueError(f"the weights of {folder} hash to {sha256}, not to {WEIGHTS_SHA256}…")
    layers = [
        Layer(
            kind=layer["class_name"],
            name=layer["name"],
            config=layer["config"],
            inputs=[str(node[0]) for node in layer["inbound_nodes"][0]] if layer["inbound_nodes"] else [],
        )
        for layer in described["modelTopology"]["model_config"]["config"]["layers"]
    ]
    return LayersModel(layers, _split(data, described["weightsManifest"]), sha256)


def _split(data: bytes, manifest: list[dict[str, Any]]) -> dict[str, Weight]:
    weights: dict[str, Weight] = {}
    at = 0
    for entry in (weight for group in manifest for weight in group["weights"]):
        quantization = entry["quantization"]
        if quantization["dtype"] != "uint8":
            raise ValueError(f"{entry['name']} is stored as {quantization['dtype']}")
        count = int(np.prod(entry["shape"]))
        values = np.frombuffer(data, np.uint8, count, at).reshape(entry["shape"])
        weights[entry["name"]] = Weight(values, np.float32(quantization["scale"]), np.float32(quantization["min"]))
        at += count
    if at != len(data):
        raise ValueError(f"{len(data) - at} bytes of weights belong to no tensor")
    return weights


def _read_described(file: Path) -> dict[str, Any]:
    """The description is a JavaScript object without quotes, so Node reads it."""
    script = "process.stdout.write(JSON.stringify(require(process.argv[1])))"
    done = subprocess.run(["node", "-e", script, str(file.resolve())], capture_output=True, check=True, text=True)
    return json.loads(done.stdout)


def _read_bytes(file: Path) -> bytes:
    """The longest base64 text of the file."""
    texts = re.findall(r'"([A-Za-z0-9+/=]{1000,})"', file.read_text())
    if len(texts) != 1:
        raise ValueError(f"{file} holds {len(texts)} weights instead of one")
    return base64.b64decode(texts[0])
