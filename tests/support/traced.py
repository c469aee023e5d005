"""A small text tower as exporters write it: the length of the example stands in its constants."""
import numpy as np
from onnx import TensorProto

from modelkit.graph import Graph

HEADS = 2


def traced_tower(length, width=8, words=50, causal=True, at_end_of_text=True):
    """One layer of attention, ids [1, length] to a vector [1, width], as ONNX bytes. The vector is that of the place with the largest id, or of the last one."""
    random = np.random.default_rng(7)
    weights = lambda *shape: random.normal(size=shape).astype(np.float32)
    graph = Graph("traced")
    ids = graph.input("ids", TensorProto.INT64, [1, length])
    x = graph.op("Add", [graph.op("Gather", [graph.constant(weights(words, width)), ids]), graph.constant(weights(length, width))])
    split = lambda order: graph.op("Transpose", [graph.op("Reshape", [graph.linear(x, weights(width, width)), graph.vector(1, length, HEADS, width // HEADS)])], perm=order)
    scores = graph.op("MatMul", [split([0, 2, 1, 3]), split([0, 2, 3, 1])])
    mask = np.triu(np.full((1, 1, length, length), -np.inf, np.float32), 1) if causal else np.zeros((1, 1, length, length), np.float32)
    mixed = graph.op("MatMul", [graph.op("Softmax", [graph.op("Add", [scores, graph.constant(mask)])]), split([0, 2, 1, 3])])
    rows = graph.op("Reshape", [graph.op("Transpose", [mixed], perm=[0, 2, 1, 3]), graph.vector(length, width)])
    place = graph.op("ArgMax", [ids], axis=1, keepdims=0) if at_end_of_text else graph.vector(length - 1)
    graph.output(graph.op("Gather", [rows, place]), "embedding", [1, width])
    return graph.model().SerializeToString()
