"""The float weights that stand behind a pack: its 8-bit codes times their scales, under the names the weights came with."""
import os

import numpy as np
import onnx
from onnx import numpy_helper

from . import backbones, text_encoder


def _constants(path):
    return {constant.name: numpy_helper.to_array(constant) for constant in onnx.load(path).graph.initializer}


def _unfolded(constants, stem):
    """What Graph.compact_linear stored: matrix [in, out]."""
    return constants[stem + ".codes"].astype(np.float32) * constants[stem + ".columns"] * constants[stem + ".rows"]


def _head(constants):
    """The map into the caption space as a head that leaves its input as it is: mean, deviation, matrix, bias."""
    matrix = _unfolded(constants, "captions")
    return np.zeros(len(matrix), np.float32), np.ones(len(matrix), np.float32), matrix, constants["captions.bias"]


def _backbone(constants):
    """Convolutions under the published weights' normalisation; what differs in a bias goes to the normalisation's. Frozen blocks as published."""
    weights = backbones.load_weights(backbones.STARTER)
    _, blocks, head = backbones.layout(weights)
    out = dict(weights)
    for layer in [*(layer for block in blocks[backbones.FROZEN_BLOCKS:] for layer in block.layers), head]:
        name = backbones.graph_name(layer)
        folded = constants[name + ".weight_quantized"].astype(np.float32) * constants[name + ".weight_scale"][:, None, None, None]
        bias = constants[name + ".bias_quantized"].astype(np.float32) * constants[name + ".bias_quantized_scale"]
        gain = weights[layer.norm + ".weight"] / np.sqrt(weights[layer.norm + ".running_var"] + backbones.BATCH_NORM_EPSILON)
        out[layer.conv + ".weight"] = folded / gain[:, None, None, None]
        out[layer.norm + ".bias"] = bias + weights[layer.norm + ".running_mean"] * gain
    return out


def _encoder(constants):
    weights = text_encoder.load_weights()
    out = dict(weights)
    for name in weights:
        if not name.startswith("encoder.layer."):
            continue
        stem = name.removesuffix(".weight")
        if name in constants:
            value = constants[name]
        elif stem + ".codes" in constants:
            value = _unfolded(constants, stem)
        else:
            value = (constants[name + "_quantized"].astype(np.float32) - constants[name + "_zero_point"].astype(np.float32)) * constants[name + "_scale"]
        out[name] = value.T if value.ndim == 2 else value
    return out


def parts(pack):
    """Tuned weights and heads of the pack in folder `pack`, as tune.tune returns them."""
    image, text = (_constants(os.path.join(pack, f"{tower}.int8.onnx")) for tower in ("image", "text"))
    return {"backbone": _backbone(image), "encoder": _encoder(text), "image": _head(image), "text": _head(text)}
