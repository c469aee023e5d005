"""Tables of word vectors in fewer bits: a text tower's largest part, of which a text reads a few rows."""
import numpy as np
from onnx import TensorProto, helper, numpy_helper

from . import blocks

FEWEST_ROWS = 1024
BLOCK = 64            # columns that share a scale in 4 bits
AT_ONCE = 1 << 14     # blocks


def _large(tensor, node, uses):
    """Whether a Gather reads rows of a large table that nothing else reads."""
    axis = next((entry.i for entry in node.attribute if entry.name == "axis"), 0)
    return tensor is not None and axis == 0 and tensor.data_type == TensorProto.FLOAT and len(tensor.dims) == 2 and tensor.dims[0] >= FEWEST_ROWS and uses == 1


def _rows_of_8(node, table):
    """8-bit codes with a scale a row: nodes and constants."""
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12) / 127
    codes = np.round(table / scale).astype(np.int8)
    (name, ids), out = node.input, node.output[0]
    return (helper.make_node("Gather", [name + ".codes", ids], [out + ".codes"], name=f"{node.name}.codes"),
            helper.make_node("Gather", [name + ".scale", ids], [out + ".scale"], name=f"{node.name}.scale"),
            helper.make_node("Cast", [out + ".codes"], [out + ".cast"], name=f"{node.name}.cast", to=TensorProto.FLOAT),
            helper.make_node("Mul", [out + ".cast", out + ".scale"], [out], name=f"{node.name}.rows")
            ), (numpy_helper.from_array(codes, name + ".codes"), numpy_helper.from_array(scale.astype(np.float32), name + ".scale"))


def block_codes(table):
    """4-bit codes around 8, two a byte, uint8 [n, d / 2], and scales float32 [n, d / BLOCK] of table [n, d]."""
    parts = table.reshape(-1, BLOCK)
    scale = np.concatenate([blocks.scales(parts[start:start + AT_ONCE], 4) for start in range(0, len(parts), AT_ONCE)]).astype(np.float32)
    codes = (np.clip(np.round(parts / scale), -8, 7) + 8).astype(np.uint8).reshape(table.shape)
    return codes[:, 0::2] | codes[:, 1::2] << 4, scale.reshape(len(table), -1)


def _rows_of_4(node, table):
    codes, scale = block_codes(table)
    name, ids = node.input
    return (helper.make_node("GatherBlockQuantized", [name + ".codes", ids, name + ".scale"], list(node.output), name=node.name, domain="com.microsoft",
                             bits=4, block_size=BLOCK, gather_axis=0, quantize_axis=1),), (numpy_helper.from_array(codes, name + ".codes"), numpy_helper.from_array(scale, name + ".scale"))


def compact(model, bits=8):
    """The model with each large table that rows are gathered from stored as codes of 8 bits with a scale a row, or of 4 with one a block. Changes `model`."""
    graph = model.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    reads = [name for node in graph.node for name in node.input] + [value.name for value in graph.output]
    for node in [node for node in graph.node if node.op_type == "Gather"]:
        tensor = constants.get(node.input[0])
        if not _large(tensor, node, reads.count(node.input[0])):
            continue
        rows_of = _rows_of_4 if bits == 4 and tensor.dims[1] % BLOCK == 0 else _rows_of_8
        nodes, stored = rows_of(node, numpy_helper.to_array(tensor))
        graph.initializer.remove(tensor)
        graph.initializer.extend(stored)
        place = list(graph.node).index(node)
        graph.node.remove(node)
        for number, made in enumerate(nodes):
            graph.node.insert(place + number, made)
    return model
