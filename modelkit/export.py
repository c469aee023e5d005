"""The two towers as ONNX graphs: backbones and encoder followed by everything the alignment learned."""
import numpy as np
from onnx import TensorProto

from . import backbones, text_encoder
from .graph import Graph


def compact_linear(graph, x, matrix, bias, stem):
    """x times matrix [in, out] plus bias, the matrix stored as 8-bit codes with a scale a column; the runtime unfolds it once, at load."""
    scale = np.maximum(np.abs(matrix).max(axis=0), 1e-12) / 127
    codes = np.clip(np.round(matrix / scale), -127, 127).astype(np.int8)
    unfolded = graph.op("Cast", [graph.constant(codes, stem + ".codes")], stem + ".cast", to=TensorProto.FLOAT)
    weight = graph.op("Mul", [unfolded, graph.constant(scale.astype(np.float32), stem + ".scale")], stem + ".weight")
    return graph.op("Add", [graph.op("MatMul", [x, weight], stem + ".matmul"), graph.constant(bias.astype(np.float32), stem + ".bias")], stem)


def add_pixels(graph, edge):
    """The input: uint8 [n, edge, edge, 3]; returns it as the backbones' normalised float [n, 3, edge, edge]."""
    raw = graph.op("Cast", [graph.input("pixels", TensorProto.UINT8, ["n", edge, edge, 3])], "pixels.float", to=TensorProto.FLOAT)
    planes = graph.op("Transpose", [raw], "pixels.planes", perm=[0, 3, 1, 2])
    return graph.op("Mul", [graph.op("Sub", [planes, graph.floats(127.0)], "pixels.centred"), graph.floats(1 / 128)], "pixels.normalised")


def feature_model(sizes, edge):
    """Pixels to the pooled features of the backbones, side by side: float [n, 1280 * backbones]."""
    graph = Graph("features")
    x = add_pixels(graph, edge)
    parts = [backbones.add_backbone(graph, backbones.load_weights(size), x, edge, f"lite{size}") for size in sizes]
    graph.output(graph.op("Concat", parts, axis=1), "features", ["n", backbones.FEATURES * len(sizes)])
    return graph.model()


def add_standardised(graph, features, scaling):
    """Square root, then zero mean and unit deviation; scaling = (mean, deviation), each [1280 * backbones]."""
    mean, deviation = scaling
    root = graph.op("Sqrt", [features], "features.root")
    centred = graph.op("Sub", [root, graph.constant(mean.astype(np.float32), "features.mean")], "features.centred")
    return graph.op("Mul", [centred, graph.constant((1 / deviation).astype(np.float32), "features.gain")], "features.standard")


def image_model(recipe):
    """The image tower: pixels uint8 [n, edge, edge, 3] to embedding float [n, d] at unit length."""
    graph = Graph("image")
    x = add_pixels(graph, recipe.edge)
    parts, logits = [], None
    for size in recipe.backbones:
        weights = backbones.load_weights(size)
        features = backbones.add_backbone(graph, weights, x, recipe.edge, f"lite{size}")
        votes = compact_linear(graph, features, *backbones.classifier(weights), f"lite{size}.classes")
        parts.append(features)
        logits = votes if logits is None else graph.op("Add", [logits, votes], "classes.sum")
    features = parts[0] if len(parts) == 1 else graph.op("Concat", parts, "features", axis=1)
    seen = compact_linear(graph, add_standardised(graph, features, recipe.scaling), recipe.image.matrix, -recipe.image.mean @ recipe.image.matrix, "captions")
    shares = graph.op("Softmax", [graph.op("Mul", [logits, graph.floats(recipe.sharpness / len(parts))])], "classes.shares", axis=-1)
    known = compact_linear(graph, shares, recipe.labels.matrix, -recipe.labels.mean @ recipe.labels.matrix, "labels")
    both = graph.op("Concat", [graph.unit_rows(seen, "captions.unit"), graph.op("Mul", [graph.unit_rows(known, "labels.unit"), graph.floats(recipe.label_share)])], axis=1)
    graph.output(graph.unit_rows(both), "embedding", ["n", recipe.dimension])
    return graph.model()


def text_model(recipe):
    """The text tower: input_ids and attention_mask int64 [n, length] to embedding float [n, d] at unit length."""
    graph = Graph("text")
    ids, mask, column = text_encoder.add_inputs(graph)
    (sentence,) = text_encoder.add_encoder(graph, text_encoder.load_weights(), ids, mask, column, [text_encoder.LAYERS])
    said = compact_linear(graph, sentence, recipe.text.matrix, -recipe.text.mean @ recipe.text.matrix, "captions")
    named = compact_linear(graph, graph.unit_rows(sentence, "sentence.unit"), recipe.names.matrix, -recipe.names.mean @ recipe.names.matrix, "names")
    both = graph.op("Concat", [graph.unit_rows(said, "captions.unit"), graph.op("Mul", [graph.unit_rows(named, "names.unit"), graph.floats(recipe.name_share)])], axis=1)
    graph.output(graph.unit_rows(both), "embedding", ["n", recipe.dimension])
    return graph.model()
