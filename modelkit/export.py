"""The two towers as ONNX graphs: backbone and encoder, followed by everything the alignment learned.

An embedding is two unit vectors side by side, scaled to length one together: the caption space (what a sentence about the
picture would say) and the label space (which things are in it). A picture weighs them equally; a text leans to the label
space the more, the shorter it is and the rarer its words are among the captions of training.
"""
from onnx import TensorProto

from . import backbones, text_encoder
from .graph import Graph


def add_pixels(graph, edge):
    """The input: uint8 [n, edge, edge, 3]; returns it as the backbone's normalised float [n, 3, edge, edge]."""
    raw = graph.op("Cast", [graph.input("pixels", TensorProto.UINT8, ["n", edge, edge, 3])], "pixels.float", to=TensorProto.FLOAT)
    planes = graph.op("Transpose", [raw], "pixels.planes", perm=[0, 3, 1, 2])
    return graph.op("Mul", [graph.op("Sub", [planes, graph.floats(127.0)], "pixels.centred"), graph.floats(1 / 128)], "pixels.normalised")


def feature_model(weights, edge):
    """Pixels to the pooled features: float [n, 1280]."""
    graph = Graph("features")
    graph.output(backbones.add_backbone(graph, weights, add_pixels(graph, edge), edge), "features.out", ["n", backbones.FEATURES])
    return graph.model()


def early_model(weights, blocks, edge):
    """Pixels to the output of the first blocks: float [n, height, width, channels]."""
    graph = Graph("early")
    x, size = backbones.add_blocks(graph, weights, add_pixels(graph, edge), edge, blocks)
    graph.output(graph.op("Transpose", [x], perm=[0, 2, 3, 1]), "early", ["n", size, size, None])
    return graph.model()


def votes_model(weights, edge):
    """Pixels to the ImageNet logits: float [n, 1000]."""
    graph = Graph("votes")
    features = backbones.add_backbone(graph, weights, add_pixels(graph, edge), edge)
    graph.output(graph.linear(features, *backbones.classifier(weights)), "votes", ["n", backbones.CLASSES])
    return graph.model()


def sentence_model(weights):
    """Ids and mask to the mean-pooled output of the layers the alignment reads: float [n, 384] each."""
    graph = Graph("sentences")
    ids, mask, column = text_encoder.add_inputs(graph)
    for layer, pooled in zip(text_encoder.POOLED, text_encoder.add_encoder(graph, weights, ids, mask, column)):
        graph.output(pooled, f"layer.{layer}", ["n", text_encoder.WIDTH])
    return graph.model()


def image_model(recipe):
    """The image tower: pixels uint8 [n, edge, edge, 3] to embedding float [n, d] at unit length."""
    graph = Graph("image")
    features = backbones.add_backbone(graph, recipe.backbone, add_pixels(graph, recipe.edge), recipe.edge)
    roots = graph.op("Sqrt", [graph.op("Add", [features, graph.floats(recipe.ROOT_FLOOR)])], "roots")
    seen = graph.compact_linear(roots, *recipe.image, "captions")
    votes = graph.compact_linear(features, *backbones.classifier(recipe.backbone), "classes")
    shares = graph.op("Softmax", [graph.op("Mul", [votes, graph.floats(recipe.sharpness)])], "shares", axis=-1)
    known = graph.compact_linear(shares, *recipe.labels, "labels")
    both = graph.op("Concat", [graph.unit_rows(seen, "captions.unit"), graph.unit_rows(known, "labels.unit")], axis=1)
    graph.output(graph.unit_rows(both), "embedding", ["n", recipe.dimension])
    return graph.model()


def _label_share(graph, ids, mask_column, recipe):
    """How much a text leans to the label space, float [n, 1] in 0..1: the logistic of base + shortness + rarity."""
    count = graph.op("ReduceSum", [mask_column, graph.vector(1)], "length.count", keepdims=0)
    short = graph.op("Sigmoid", [graph.op("Mul", [graph.op("Sub", [graph.floats(recipe.short_tokens), count]), graph.floats(2.0)])], "short")
    rarity = graph.op("Gather", [graph.constant(recipe.rarity, "rarity"), ids], "rarity.tokens")
    rarity = graph.op("Mul", [graph.op("Unsqueeze", [graph.op("Cast", [rarity], to=TensorProto.FLOAT), graph.vector(2)]), mask_column], "rarity.kept")
    rare = graph.op("Mul", [graph.op("ReduceMax", [rarity], axes=[1], keepdims=0), graph.floats(1 / 255)], "rare")
    base, by_short, by_rare = recipe.lean
    total = graph.op("Add", [graph.op("Mul", [short, graph.floats(by_short)]), graph.op("Mul", [rare, graph.floats(by_rare)])])
    return graph.op("Sigmoid", [graph.op("Add", [total, graph.floats(base)])], "label.share")


def text_model(recipe):
    """The text tower: input_ids and attention_mask int64 [n, length] to embedding float [n, d] at unit length."""
    graph = Graph("text")
    ids, mask, column = text_encoder.add_inputs(graph)
    layers = text_encoder.add_encoder(graph, recipe.encoder, ids, mask, column)
    said = graph.compact_linear(graph.op("Concat", layers, "layers", axis=1), *recipe.text, "captions")
    named = graph.compact_linear(graph.unit_rows(layers[-1], "sentence.unit"), *recipe.names, "names")
    share = _label_share(graph, ids, column, recipe)
    rest = graph.op("Sub", [graph.floats(1.0), share], "caption.share")
    both = graph.op("Concat", [graph.op("Mul", [graph.unit_rows(said, "captions.unit"), rest]), graph.op("Mul", [graph.unit_rows(named, "names.unit"), share])], axis=1)
    graph.output(graph.unit_rows(both), "embedding", ["n", recipe.dimension])
    return graph.model()
