"""Weights in 4 bits, for memory and disk: MatMulNBits of ONNX Runtime.

A matrix is cut along its inputs into blocks of 32; each block has a scale and codes 0..15 around 8. The scale is, of some
between the block's largest value and two thirds of it, the one with the least squared error: cutting one value off often
serves the other 31. Sums are made of 8-bit activations (accuracy level 4). Tables of word vectors take 8 bits.
"""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from . import tables

BLOCK = 32
CLIPS = (1.0, 0.92, 0.84, 0.76, 0.68)
FEWEST_ROWS = 64  # inputs below which a matrix is not worth it


def block_codes(weight):
    """Codes uint8 0..15 [outputs, blocks, BLOCK] and scales float32 [outputs, blocks] of weight [inputs, outputs]."""
    inputs, outputs = weight.shape
    blocks = -(-inputs // BLOCK)
    rows = np.zeros((outputs, blocks * BLOCK))
    rows[:, :inputs] = weight.T
    rows = rows.reshape(outputs, blocks, BLOCK)
    place = np.abs(rows).argmax(axis=2)[..., None]
    # Codes reach one step further below 8 than above it, so the largest value is put there.
    largest = np.take_along_axis(rows, place, axis=2)
    best = None
    for clip in CLIPS:
        scale = np.where(largest == 0, 1e-12, -clip * largest / 8)
        codes = np.clip(np.round(rows / scale) + 8, 0, 15)
        error = (((codes - 8) * scale - rows) ** 2).sum(axis=2, keepdims=True)
        best = (codes, scale, error) if best is None else tuple(np.where(error < best[2], new, old) for new, old in zip((codes, scale, error), best))
    return best[0].astype(np.uint8), best[1][..., 0].astype(np.float32)


def _matrix(node, constants):
    """The stored weight [inputs, outputs] of a product that can go to 4 bits, else None."""
    if node.op_type not in ("MatMul", "Gemm"):
        return None
    tensor, said = constants.get(node.input[1]), {entry.name: helper.get_attribute_value(entry) for entry in node.attribute}
    if tensor is None or tensor.data_type != TensorProto.FLOAT or len(tensor.dims) != 2 or said.get("transA") or said.get("alpha", 1) != 1 or said.get("beta", 1) != 1:
        return None
    weight = numpy_helper.to_array(tensor)
    weight = weight.T if said.get("transB") else weight
    return weight if len(weight) >= FEWEST_ROWS else None


def make(model):
    """The model with its matrix products' weights in 4 bits."""
    made = onnx.ModelProto()
    made.CopyFrom(model)
    tables.compact(made)
    graph = made.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    nodes = []
    for node in graph.node:
        weight = _matrix(node, constants)
        if weight is None:
            nodes.append(node)
            continue
        codes, scales = block_codes(weight)
        out, (inputs, outputs) = node.output[0], weight.shape
        graph.initializer.extend([numpy_helper.from_array(codes[..., 0::2] | codes[..., 1::2] << 4, out + ".codes"), numpy_helper.from_array(scales.reshape(-1), out + ".scales")])
        biased = len(node.input) > 2 and node.input[2]
        nodes.append(helper.make_node("MatMulNBits", [node.input[0], out + ".codes", out + ".scales"], [out + ".product" if biased else out], name=node.name,
                                      domain="com.microsoft", K=inputs, N=outputs, bits=4, block_size=BLOCK, accuracy_level=4))
        if biased:
            nodes.append(helper.make_node("Add", [out + ".product", node.input[2]], [out], name=node.name + ".bias"))
    nodes = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del graph.node[:]
    graph.node.extend(nodes)
    read = {name for node in graph.node for name in node.input}
    for tensor in [tensor for tensor in graph.initializer if tensor.name not in read]:
        graph.initializer.remove(tensor)
    if not any(entry.domain == "com.microsoft" for entry in made.opset_import):
        made.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return made
