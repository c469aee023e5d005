"""Weights in 4 bits, for memory and disk: MatMulNBits of ONNX Runtime.

A matrix is cut along its inputs into blocks of 32; each block has a scale and codes 0..15 around 8. Codes are not the nearest ones: what rounding an input's weights shifts is made good by the inputs
that are still to be rounded, as far as the two go together on calibration inputs (Frantar et al. 2022, GPTQ), for what
counts is the product and not the weights. Sums are made of 8-bit activations (accuracy level 4).

Where the tower then strays too far, the matrices that cost most take 8 bits, as few as it takes. Tables of word vectors take 4.
"""
import functools

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from . import blocks, spared, tables
from .align import unit
from .runtime import session

BLOCK = 32
FEWEST_ROWS = 64  # inputs below which a matrix is not worth it
TOGETHER = 4      # calibration inputs whose sums are made at once
DAMPING = 0.02    # of the mean square of an input, added to each: few calibration inputs span less than all directions


def block_codes(weight, gram=None, bits=4):
    """Codes uint8 0..2^bits-1 [outputs, blocks, BLOCK] and scales float32 [outputs, blocks] of weight [inputs, outputs].

    gram: float64 [inputs, inputs], sums of the products of inputs over calibration vectors; without it codes are the nearest.
    """
    inputs, outputs = weight.shape
    count, half = -(-inputs // BLOCK), 2 ** (bits - 1)
    size = count * BLOCK
    rows = np.zeros((outputs, size))
    rows[:, :inputs] = weight.T
    codes, scales = np.empty((outputs, size), np.uint8), np.empty((outputs, count), np.float32)
    passing = np.eye(size)  # row i: how what input i lost is spread over those behind it, and the loss that stays
    if gram is not None:
        wide = np.eye(size) * max(np.trace(gram) / inputs, 1e-12) * DAMPING
        wide[:inputs, :inputs] += gram
        passing = np.linalg.cholesky(np.linalg.inv(wide)).T
    for block in range(count):
        first, last = block * BLOCK, (block + 1) * BLOCK
        scale = blocks.scales(rows[:, first:last], bits)
        scales[:, block] = scale[:, 0]
        scale = scales[:, block].astype(np.float64)
        lost = np.empty((outputs, BLOCK))
        for place in range(first, last):
            code = np.clip(np.round(rows[:, place] / scale), -half, half - 1)
            codes[:, place] = code + half
            lost[:, place - first] = (rows[:, place] - code * scale) / passing[place, place]
            rows[:, place + 1:last] -= lost[:, place - first, None] * passing[place, place + 1:last]
        rows[:, last:] -= lost @ passing[first:last, last:]
    return codes.reshape(outputs, count, BLOCK), scales


def _matrix(node, constants):
    """The stored weight [inputs, outputs] of a product that can go to fewer bits, else None."""
    if node.op_type not in ("MatMul", "Gemm"):
        return None
    tensor, said = constants.get(node.input[1]), {entry.name: helper.get_attribute_value(entry) for entry in node.attribute}
    if tensor is None or tensor.data_type != TensorProto.FLOAT or len(tensor.dims) != 2 or said.get("transA") or said.get("alpha", 1) != 1 or said.get("beta", 1) != 1:
        return None
    weight = numpy_helper.to_array(tensor)
    weight = weight.T if said.get("transB") else weight
    return weight if len(weight) >= FEWEST_ROWS else None


def grams(model, tensors, feeds):
    """For each named tensor [..., k] of the graph the sum of its vectors' outer products over the feeds: {name: float64 [k, k]}."""
    if not tensors:
        return {}
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    del probe.graph.output[:]
    probe.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in tensors)
    opened, sums = session(probe), dict.fromkeys(tensors, 0.0)
    for start in range(0, len(feeds), TOGETHER):
        seen = [opened.run(None, feed) for feed in feeds[start:start + TOGETHER]]
        for name, parts in zip(tensors, zip(*seen), strict=True):
            rows = np.concatenate([part.reshape(-1, part.shape[-1]) for part in parts])
            sums[name] = sums[name] + (rows.T @ rows).astype(np.float64)
    return sums


def _product(node, weight, codes, scales, bits):
    """Nodes and constants in the place of a product with these codes of its weight."""
    out, (inputs, outputs) = node.output[0], weight.shape
    packed = codes if bits == 8 else codes[..., 0::2] | codes[..., 1::2] << 4
    stored = [numpy_helper.from_array(packed, out + ".codes"), numpy_helper.from_array(scales.reshape(-1), out + ".scales")]
    biased = len(node.input) > 2 and node.input[2]
    made = [helper.make_node("MatMulNBits", [node.input[0], out + ".codes", out + ".scales"], [out + ".product" if biased else out], name=node.name,
                             domain="com.microsoft", K=inputs, N=outputs, bits=bits, block_size=BLOCK, accuracy_level=4)]
    if biased:
        made.append(helper.make_node("Add", [out + ".product", node.input[2]], [out], name=node.name + ".bias"))
    return made, stored


def _without(model, weights):
    """A copy of the model without the constants that only the products of `weights`, by their outputs, read; large tables in 4 bits."""
    made, kept = onnx.ModelProto(), {name for node in model.graph.node for name in (node.input[2:] if node.output[0] in weights else node.input)}
    for field in ("ir_version", "producer_name", "opset_import"):
        made.MergeFrom(onnx.ModelProto(**{field: getattr(model, field)}))
    if not any(entry.domain == "com.microsoft" for entry in made.opset_import):
        made.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    graph = made.graph
    graph.name = model.graph.name
    graph.input.extend(model.graph.input)
    graph.output.extend(model.graph.output)
    graph.node.extend(model.graph.node)
    graph.initializer.extend(tensor for tensor in model.graph.initializer if tensor.name in kept)
    return tables.compact(made, 4)


def make(model, feeds, wanted, finish=unit):
    """The model with its matrix products' weights in 4 bits, and the names of those that took 8 instead.

    feeds: inputs of single pictures or texts, some hundred; wanted(cosines), finish(rows): as for static_int8.make().
    """
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    weights = {node.output[0]: weight for node in model.graph.node if (weight := _matrix(node, constants)) is not None}
    products = {node.output[0]: node for node in model.graph.node if node.output[0] in weights}
    sums = grams(model, list(dict.fromkeys(node.input[0] for node in products.values())), feeds)
    plain = _without(model, weights)

    @functools.cache
    def part(name, bits):
        node = products[name]
        return _product(node, weights[name], *block_codes(weights[name], sums[node.input[0]], bits), bits)

    def four(chosen):
        made = onnx.ModelProto()
        made.CopyFrom(plain)
        del made.graph.node[:]
        for node in plain.graph.node:
            nodes, stored = part(node.output[0], 4 if node.output[0] in chosen else 8) if node.output[0] in weights else ([node], [])
            made.graph.node.extend(nodes)
            made.graph.initializer.extend(stored)
        return made

    return spared.fewest(model, list(weights), four, feeds, wanted, finish)
