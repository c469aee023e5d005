"""Do the makers of other precisions do what they say? Runs ONNX Runtime on small graphs with known weights. usage: quantise_rules.py"""
import pathlib
import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from modelkit import precisions, static_int8, tables, weights_4bit  # noqa: E402
from modelkit.align import unit  # noqa: E402
from modelkit.graph import Graph  # noqa: E402
from modelkit.judge import recall10  # noqa: E402
from modelkit.runtime import session  # noqa: E402

random = np.random.default_rng(5)
WIDTH = 64


def matrices(*scales):
    """Three products in a row, each followed by a bend; scales: what the first one's outputs are multiplied with."""
    graph = Graph("three")
    x = graph.input("x", TensorProto.FLOAT, ["n", WIDTH])
    for number in range(3):
        weight = random.normal(size=(WIDTH, WIDTH)).astype(np.float32) / WIDTH ** 0.5
        if number == 0:
            weight *= np.array(scales, np.float32)
        if number == 1:
            weight /= np.array(scales, np.float32)[:, None]  # the next layer takes the large channels back
        x = graph.linear(x, weight, stem=f"layer{number}")
        x = graph.op("Tanh", [x]) if number == 1 else x
    graph.output(x, "embedding", ["n", WIDTH])
    return graph.model()


def vectors(model, feeds):
    opened = session(model)
    return unit(np.concatenate([opened.run(None, feed)[0] for feed in feeds]))


def kinds(model):
    return [node.op_type for node in model.graph.node]


def check_int8():
    feeds = [{"x": random.normal(size=(1, WIDTH)).astype(np.float32)} for _ in range(64)]
    even = matrices(*[1.0] * WIDTH)
    made, left = static_int8.make(even, feeds, precisions._good)
    assert not left and kinds(made).count("DequantizeLinear") == 6, (left, kinds(made))
    codes = [numpy_helper.to_array(tensor) for tensor in made.graph.initializer if tensor.data_type == TensorProto.INT8 and len(tensor.dims) == 2]
    assert len(codes) == 3 and all((np.abs(one).max(axis=0) >= 126).all() for one in codes), "a scale for each output channel"
    assert (vectors(made, feeds) * vectors(even, feeds)).sum(axis=1).mean() > 0.998

    # One channel eighty times as large as the others: its layer, and it alone, has to stay in floats.
    uneven = matrices(*[80.0] + [1.0] * (WIDTH - 1))
    named = static_int8._named(uneven)
    names = static_int8.joined(named, static_int8.products(named))
    whole = static_int8.quantised(named, names, static_int8.ranges(named, names, feeds))
    assert (vectors(whole, feeds) * vectors(uneven, feeds)).sum(axis=1).mean() < 0.98, "the case is an easy one"
    made, left = static_int8.make(uneven, feeds, precisions._good)
    assert len(left) == 1 and kinds(made).count("DequantizeLinear") == 4, (left, kinds(made))
    assert precisions._good((vectors(made, feeds) * vectors(uneven, feeds)).sum(axis=1))


def unfolded(codes, scales):
    """Weights [inputs, outputs] that codes [outputs, blocks, 32] around 8 stand for."""
    return ((codes.astype(np.float32) - 8) * scales[..., None]).reshape(len(codes), -1).T


def check_codes():
    weight = random.normal(size=(80, 24)).astype(np.float32)  # 80: the last block is half empty
    near = unfolded(*weights_4bit.block_codes(weight))[:80]
    plain = np.abs(weight).max() / 7
    assert np.square(near - weight).mean() < np.square(np.round(weight / plain) * plain - weight).mean() / 2, "blocks and clips gain nothing"
    x = random.normal(size=(500, 6)) @ random.normal(size=(6, 80)) + 0.1 * random.normal(size=(500, 80))  # inputs that go together
    made = unfolded(*weights_4bit.block_codes(weight, x[:400].T @ x[:400]))[:80]
    lost = lambda codes: np.square(x[400:] @ (codes - weight)).mean()
    assert lost(made) < lost(near) / 3, (lost(made), lost(near))
    fine = weights_4bit.block_codes(weight, bits=8)
    assert np.abs(((fine[0].astype(np.float32) - 128) * fine[1][..., None]).reshape(24, -1).T[:80] - weight).max() <= np.abs(weight).max() / 255


def check_int4():
    weight = random.normal(size=(80, 24)).astype(np.float32)
    x, bias = random.normal(size=(5, 80)).astype(np.float32), random.normal(size=24).astype(np.float32)
    feeds = [{"x": row[None]} for row in x]
    known = unfolded(*weights_4bit.block_codes(weight, x.T.astype(np.float64) @ x))[:80]
    for transposed in (None, 0, 1):  # None: a plain product; else a Gemm, with a bias
        graph = Graph("one")
        given = graph.input("x", TensorProto.FLOAT, ["n", 80])
        stored = [given, graph.constant(np.ascontiguousarray(weight.T) if transposed else weight, "weight"), *([] if transposed is None else [graph.constant(bias, "bias")])]
        graph.output(graph.op("MatMul", stored) if transposed is None else graph.op("Gemm", stored, transB=transposed), "embedding", ["n", 24])
        made, left = weights_4bit.make(graph.model(), feeds, lambda cosines: True)
        assert not left and kinds(made)[0] == "MatMulNBits" and not any(len(tensor.dims) == 2 and tensor.data_type == TensorProto.FLOAT for tensor in made.graph.initializer)
        far = np.abs(session(made).run(None, {"x": x})[0] - x @ known - (0 if transposed is None else bias)).max()
        assert far < 0.15, far  # the runtime rounds x to 8 bits

    graph = Graph("narrow")  # a network of convolutions has none at all
    graph.output(graph.linear(graph.input("x", TensorProto.FLOAT, ["n", 8]), random.normal(size=(8, 8))), "embedding", ["n", 8])
    made, left = weights_4bit.make(graph.model(), [{"x": random.normal(size=(1, 8)).astype(np.float32)}], lambda cosines: cosines.min() > 0.99999)
    assert not left and kinds(made) == ["MatMul", "Identity"], "a matrix that is not worth it was changed"

    # Half of the error is more than one layer's: the costliest take 8 bits.
    three = matrices(*[1.0] * WIDTH)
    feeds = [{"x": random.normal(size=(1, WIDTH)).astype(np.float32)} for _ in range(64)]
    cosines = lambda model: (vectors(model, feeds) * vectors(three, feeds)).sum(axis=1)
    bound = (cosines(weights_4bit.make(three, feeds, lambda _: True)[0]).mean() + 1) / 2
    made, left = weights_4bit.make(three, feeds, lambda found: found.mean() >= bound)
    bits = [next(entry.i for entry in node.attribute if entry.name == "bits") for node in made.graph.node if node.op_type == "MatMulNBits"]
    assert 0 < len(left) < 3 and sorted(bits) == [4] * (3 - len(left)) + [8] * len(left), (left, bits)
    assert cosines(made).mean() > bound - 0.002


def check_tables():
    table, ids = random.normal(size=(2000, 64)).astype(np.float32), np.array([[3, 1999, 0]])
    for bits, smaller, far in ((8, 3, np.abs(table).max() / 127), (4, 6, np.abs(table).max() / 7)):
        graph = Graph("table")
        graph.output(graph.op("Gather", [graph.constant(table, "table"), graph.input("ids", TensorProto.INT64, ["n", 3])]), "rows", ["n", 3, 64])
        model = graph.model()
        before = len(model.SerializeToString())
        model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
        small = tables.compact(model, bits)
        assert len(small.SerializeToString()) < before / smaller
        rows = session(small).run(None, {"ids": ids})[0]
        assert np.abs(rows - table[ids]).max() <= far, "more than half a step off"
        assert np.square(rows - table[ids]).mean() < (far / 2) ** 2


def check_recall():
    rows = np.eye(40, 16) + np.eye(40, 16, -16) * 0.5 + 1e-3 * random.normal(size=(40, 16))
    assert recall10(rows[:12], rows, np.arange(12)) == 100
    assert recall10(-rows[:12], rows, np.arange(12)) == 0


def main():
    for check in (check_int8, check_codes, check_int4, check_tables, check_recall):
        check()
    print("every precision is what it is meant to be")


if __name__ == "__main__":
    main()
