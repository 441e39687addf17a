"""The same layers computed by PyTorch, one by one: what the ONNX graph is held against."""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from .tfjs_layers import Layer, LayersModel


def run_layers(model: LayersModel, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities [n, 5] of `pixels` [n, 224, 224, 3] in [0, 1]."""
    weights = {name: torch.from_numpy(weight.dequantized()) for name, weight in model.weights.items()}
    made: dict[str, torch.Tensor] = {}
    with torch.no_grad():
        for layer in model.layers:
            inputs = [made[name] for name in layer.inputs] or [torch.from_numpy(pixels).permute(0, 3, 1, 2)]
            made[layer.name] = _run(layer, inputs, weights)
    return made[model.layers[-1].name].numpy()


def _run(layer: Layer, inputs: list[torch.Tensor], weights: dict[str, torch.Tensor]) -> torch.Tensor:
    x, config, name = inputs[0], layer.config, layer.name
    match layer.kind:
        case "InputLayer" | "Dropout":
            return x
        case "ZeroPadding2D":
            (top, bottom), (left, right) = config["padding"]
            return F.pad(x, (left, right, top, bottom))
        case "Conv2D":
            return _convolve(x, weights[f"{name}/kernel"].permute(3, 2, 0, 1), config)
        case "DepthwiseConv2D":
            kernel = weights[f"{name}/depthwise_kernel"].permute(2, 3, 0, 1)
            return _convolve(x, kernel, config, groups=kernel.shape[0])
        case "BatchNormalization":
            mean, variance = weights[f"{name}/moving_mean"], weights[f"{name}/moving_variance"]
            gamma, beta = weights[f"{name}/gamma"], weights[f"{name}/beta"]
            return F.batch_norm(x, mean, variance, gamma, beta, eps=config["epsilon"])
        case "ReLU":
            return x.clamp(0, config["max_value"])
        case "Add":
            return inputs[0] + inputs[1]
        case "AveragePooling2D":
            return F.avg_pool2d(x, config["pool_size"], config["strides"])
        case "Flatten":
            return x.permute(0, 2, 3, 1).flatten(1)
        case "Dense":
            made = x @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]
            return made.softmax(1) if config["activation"] == "softmax" else made.relu()
    raise ValueError(f"{name} is a {layer.kind}, which has no counterpart here")


def _convolve(x: torch.Tensor, kernel: torch.Tensor, config: dict, groups: int = 1) -> torch.Tensor:
    if config["padding"] == "same":
        # TensorFlow puts the odd pixel behind; strides of one need none.
        for axis, (size, stride) in enumerate(zip(kernel.shape[2:], config["strides"], strict=True)):
            length = x.shape[2 + axis]
            missing = max(0, (-(-length // stride) - 1) * stride + size - length)
            before, after = missing // 2, missing - missing // 2
            x = F.pad(x, (0, 0, before, after) if axis == 0 else (before, after, 0, 0))
    return F.conv2d(x, kernel, stride=config["strides"], groups=groups)
