"""Layers as an ONNX graph whose weights stay one byte each."""

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from .tfjs_layers import Layer, LayersModel, Weight

#: Of the operators below; everything that runs ONNX today reads it.
OPSET = 17
#: What TensorFlow adds to a variance where a layer says nothing else.
EPSILON = 1e-3


def build_graph(model: LayersModel) -> onnx.ModelProto:
    """The model as one graph: `pixels` float32 [n, 224, 224, 3] in [0, 1] -> `probabilities` float32 [n, 5].

    Weights are stored as bytes and turned into float32 by Cast, Mul and Add, which a runtime folds when it opens the file.
    """
    graph = _Graph(model)
    for layer in model.layers:
        graph.add(layer)
    return graph.finish(model.layers[-1].name)


class _Graph:
    def __init__(self, model: LayersModel) -> None:
        self.model = model
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.side = 224

    def add(self, layer: Layer) -> None:
        """Add the nodes of a layer; its output is called as the layer is."""
        write = {
            "InputLayer": self._input,
            "ZeroPadding2D": self._pad,
            "Conv2D": self._convolution,
            "DepthwiseConv2D": self._convolution,
            "BatchNormalization": self._normalization,
            "ReLU": self._relu,
            "Add": self._sum,
            "AveragePooling2D": self._average,
            "Flatten": self._flatten,
            "Dense": self._dense,
            "Dropout": self._identity,
        }.get(layer.kind)
        if write is None:
            raise ValueError(f"{layer.name} is a {layer.kind}, which has no counterpart here")
        write(layer)

    def finish(self, last: str) -> onnx.ModelProto:
        self.node("Identity", [last], "probabilities")
        graph = helper.make_graph(
            self.nodes,
            "nsfwjs-mobilenet-v2",
            [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", self.side, self.side, 3])],
            [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 5])],
            self.constants,
        )
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="easel")
        made.ir_version = 8
        onnx.checker.check_model(made, full_check=True)
        return made

    def node(self, kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str, axes: tuple[int, ...] | None = None) -> str:
        """A weight in float32, with its axes in another order where that is asked for."""
        weight: Weight = self.model.weights[name]
        values = weight.values if axes is None else weight.values.transpose(axes)
        byte = self.constant(f"{name}/byte", values)
        number = self.node("Cast", [byte], f"{name}/number", to=TensorProto.FLOAT)
        scaled = self.node("Mul", [number, self.constant(f"{name}/scale", np.asarray(weight.scale))], f"{name}/scaled")
        return self.node("Add", [scaled, self.constant(f"{name}/minimum", np.asarray(weight.minimum))], name)

    def _input(self, layer: Layer) -> None:
        self.node("Transpose", ["pixels"], layer.name, perm=[0, 3, 1, 2])

    def _pad(self, layer: Layer) -> None:
        (top, bottom), (left, right) = layer.config["padding"]
        pads = self.constant(f"{layer.name}/pads", np.array([0, 0, top, left, 0, 0, bottom, right], np.int64))
        self.node("Pad", [layer.inputs[0], pads], layer.name)

    def _convolution(self, layer: Layer) -> None:
        config = layer.config
        depthwise = layer.kind == "DepthwiseConv2D"
        # Height, width, in, out; a depthwise kernel counts its channels where the other counts what comes in.
        axes = (2, 3, 0, 1) if depthwise else (3, 2, 0, 1)
        kernel = f"{layer.name}/{'depthwise_kernel' if depthwise else 'kernel'}"
        if config["use_bias"] or config["activation"] != "linear":
            raise ValueError(f"{layer.name} has a bias or an activation of its own")
        self.node(
            "Conv",
            [layer.inputs[0], self.weight(kernel, axes)],
            layer.name,
            strides=config["strides"],
            auto_pad="VALID" if config["padding"] == "valid" else "SAME_UPPER",
            group=self.model.weights[kernel].values.shape[2] if depthwise else 1,
        )

    def _normalization(self, layer: Layer) -> None:
        parts = [self.weight(f"{layer.name}/{part}") for part in ("gamma", "beta", "moving_mean", "moving_variance")]
        self.node("BatchNormalization", [layer.inputs[0], *parts], layer.name, epsilon=layer.config.get("epsilon", EPSILON))

    def _relu(self, layer: Layer) -> None:
        bounds = [
            self.constant(f"{layer.name}/least", np.asarray(np.float32(0))),
            self.constant(f"{layer.name}/most", np.asarray(np.float32(layer.config["max_value"]))),
        ]
        self.node("Clip", [layer.inputs[0], *bounds], layer.name)

    def _sum(self, layer: Layer) -> None:
        self.node("Add", layer.inputs, layer.name)

    def _average(self, layer: Layer) -> None:
        config = layer.config
        if config["padding"] != "valid":
            raise ValueError(f"{layer.name} averages beyond the edge")
        self.node("AveragePool", [layer.inputs[0]], layer.name, kernel_shape=config["pool_size"], strides=config["strides"])

    def _flatten(self, layer: Layer) -> None:
        # In the order of the layers, which count channels last.
        last = self.node("Transpose", [layer.inputs[0]], f"{layer.name}/last", perm=[0, 2, 3, 1])
        self.node("Flatten", [last], layer.name)

    def _dense(self, layer: Layer) -> None:
        product = self.node("MatMul", [layer.inputs[0], self.weight(f"{layer.name}/kernel")], f"{layer.name}/product")
        biased = self.node("Add", [product, self.weight(f"{layer.name}/bias")], f"{layer.name}/biased")
        activation = {"relu": "Relu", "softmax": "Softmax"}[layer.config["activation"]]
        self.node(activation, [biased], layer.name)

    def _identity(self, layer: Layer) -> None:
        self.node("Identity", [layer.inputs[0]], layer.name)
