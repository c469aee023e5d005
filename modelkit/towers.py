"""Foreign ONNX graphs as towers of a pack: which input is read, which output is the vector, everything in one file.

What hubs carry differs in small ways: weights in a second file, half-precision inputs, several outputs of which one is the
embedding, a batch that is fixed at one. Here these become what src/model/image_tower.h and text_tower.h take, or a refusal
in words.
"""
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from .runtime import session

MOST_BYTES = 2**31 - 1  # one protobuf message
# Names that exporters give to the projected, pooled vector; the first that a graph has is read.
VECTORS = ("image_embeds", "text_embeds", "image_embedding", "text_embedding", "embedding", "embeddings", "sentence_embedding", "pooler_output", "output", "logits")
IDS, MASKS = ("input_ids", "text", "tokens", "ids"), ("attention_mask", "mask")
DOMAINS = {"", "ai.onnx", "ai.onnx.ml", "com.microsoft"}


class Refusal(SystemExit):
    """A folder that cannot become a pack, and why; ends the program with these words."""

    def __init__(self, words):
        super().__init__(f"modelkit: {words}")


@dataclass
class Tower:
    """One graph, ready to be written: its bytes, and what pack.json says about them."""

    data: bytes
    output: str
    inputs: dict = field(default_factory=dict)  # name: (element type of onnx.TensorProto, shape with None for open)

    def run(self, feeds):
        """float32 [n, d], rows of length one."""
        vectors = self._session().run([self.output], feeds)[0]
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def _session(self):
        if not hasattr(self, "_opened"):
            self._opened = session(self.data)
        return self._opened


def read(path):
    """The model at `path` with all of its weights inside."""
    path = Path(path)
    beside = sum(other.stat().st_size for other in path.parent.glob(path.name + "*"))
    if beside > MOST_BYTES:
        raise Refusal(f"{path} and its weights have {beside / 2**30:.1f} GiB, and an ONNX file holds 2 GiB at most; take a smaller model or --precision fp16")
    try:
        model = onnx.load(path)  # reads weights from files beside it, and from nowhere else
    except Exception as problem:
        raise Refusal(f"{path} is not an ONNX model that can be read, or its weights are missing: {problem}") from problem
    foreign = {node.domain for node in model.graph.node} | {wanted.domain for wanted in model.opset_import}
    if foreign - DOMAINS or model.functions:
        raise Refusal(f"{path} uses operators of its own ({', '.join(sorted(foreign - DOMAINS)) or 'local functions'}), which the product does not run; export it with plain operators")
    if any(node.op_type == "EPContext" for node in model.graph.node):
        raise Refusal(f"{path} is compiled for one device; take the plain ONNX file")
    for tensor in model.graph.initializer:
        values = onnx.numpy_helper.to_array(tensor) if tensor.data_type in (TensorProto.FLOAT, TensorProto.FLOAT16) else np.zeros(1)
        if np.isnan(values).any():
            raise Refusal(f"{path} holds weights that are not numbers (tensor {tensor.name})")
    return model


def shape_of(value):
    """Dimensions of a graph's input or output; None where one is open."""
    return [dim.dim_value if dim.HasField("dim_value") else None for dim in value.type.tensor_type.shape.dim]


def type_of(value):
    return value.type.tensor_type.elem_type


def inputs_of(model):
    """Inputs that a caller must give: initialisers may be listed among a graph's inputs."""
    given = {tensor.name for tensor in model.graph.initializer}
    return [value for value in model.graph.input if value.name not in given]


def _read_full_floats(model, value):
    """Puts a cast behind a half-precision input, so that it takes float32 under the same name."""
    inside = value.name + ".half"
    for node in model.graph.node:
        node.input[:] = [inside if name == value.name else name for name in node.input]
    value.type.tensor_type.elem_type = TensorProto.FLOAT
    model.graph.node.insert(0, helper.make_node("Cast", [value.name], [inside], to=TensorProto.FLOAT16))


def _give_full_floats(model, value):
    inside = value.name + ".half"
    for node in model.graph.node:
        node.output[:] = [inside if name == value.name else name for name in node.output]
        node.input[:] = [inside if name == value.name else name for name in node.input]
    value.type.tensor_type.elem_type = TensorProto.FLOAT
    model.graph.node.append(helper.make_node("Cast", [inside], [value.name], to=TensorProto.FLOAT))


def _vector_output(model, path):
    outputs = {value.name: value for value in model.graph.output}
    for name in (*VECTORS, *outputs):
        rank = len(shape_of(outputs[name])) if name in outputs else 0
        if name in outputs and rank in (0, 2):  # 0: the exporter did not say
            return outputs[name]
    raise Refusal(f"{path} gives no vector for each input, only {', '.join(outputs) or 'nothing'}; a model with its projection is needed")


def finish(model, path, feeds):
    """Keeps the one output that is the vector, runs the graph once on `feeds`, and returns the Tower."""
    value = _vector_output(model, path)
    del model.graph.output[:]
    model.graph.output.append(value)
    for given in inputs_of(model):
        if type_of(given) == TensorProto.FLOAT16:
            _read_full_floats(model, given)
    if type_of(model.graph.output[0]) == TensorProto.FLOAT16:
        _give_full_floats(model, model.graph.output[0])
    value = model.graph.output[0]
    if type_of(value) not in (TensorProto.FLOAT, TensorProto.UNDEFINED):
        raise Refusal(f"{path} gives vectors of another type than floats; take the plain model")
    tower = Tower(model.SerializeToString(), value.name)
    try:
        vectors = tower._session().run([value.name], feeds)[0]
    except Exception as problem:
        raise Refusal(f"{path} does not run: {problem}") from problem
    if vectors.ndim != 2 or not np.isfinite(vectors).all() or not np.abs(vectors).max() > 0:
        raise Refusal(f"{path} gives no usable vector: its output {value.name} has the shape {list(vectors.shape)}, or values that are not numbers")
    batch = (shape_of(value) or [None])[0]
    shaped = helper.make_tensor_value_info(value.name, TensorProto.FLOAT, [batch if batch else "n", int(vectors.shape[1])])
    model.graph.output[0].CopyFrom(shaped)
    inputs = {given.name: (type_of(given), shape_of(given)) for given in inputs_of(model)}
    data = model.SerializeToString()
    if len(data) > MOST_BYTES:
        raise Refusal(f"{path} has more than 2 GiB with its weights inside")
    return Tower(data, value.name, inputs), int(vectors.shape[1])


def image_tower(path, edge):
    """The image tower at `path` for squares of `edge` pixels: (Tower, dimension, what pack.json says of its input)."""
    model = read(path)
    values = inputs_of(model)
    if len(values) != 1 or len(shape_of(values[0])) != 4:
        raise Refusal(f"{path} takes {', '.join(value.name for value in values) or 'nothing'}; an image tower takes one batch of pictures")
    value, shape = values[0], shape_of(values[0])
    planes = shape[1] == 3 or shape[3] != 3
    sides = shape[2:] if planes else shape[1:3]
    if any(side not in (None, edge) for side in sides):
        raise Refusal(f"{path} takes pictures of {sides[1]} x {sides[0]} pixels where the preprocessing makes squares of {edge}")
    if shape[0] not in (None, 1):
        raise Refusal(f"{path} takes exactly {shape[0]} pictures at once; export it with an open batch, or one of 1")
    types = {TensorProto.FLOAT: "float32", TensorProto.FLOAT16: "float32", TensorProto.UINT8: "uint8"}
    if type_of(value) not in types:
        raise Refusal(f"{path} takes pictures in a type that is neither floats nor bytes")
    blank = np.zeros((1, 3, edge, edge) if planes else (1, edge, edge, 3), np.uint8 if type_of(value) == TensorProto.UINT8 else np.float32)
    tower, dimension = finish(model, path, {value.name: blank})
    return tower, dimension, {"input": value.name, "layout": "nchw" if planes else "nhwc", "dtype": types[type_of(value)]}


def text_tower(path, length):
    """The text tower at `path`, tried with `length` ids: (Tower, dimension, what pack.json says of its inputs).

    The last has `input_ids`, perhaps `attention_mask`, `dtype`, and `length`, which is the graph's own where that is fixed.
    """
    model = read(path)
    values = {value.name: value for value in inputs_of(model)}
    ids, mask = (next((name for name in names if name in values), None) for names in (IDS, MASKS))
    if ids is None and len(values) == 1:
        ids = next(iter(values))
    unknown = set(values) - {ids, mask}
    if ids is None or unknown:
        raise Refusal(f"{path} takes {', '.join(values) or 'nothing'}; a text tower takes token ids and perhaps a mask of them")
    types = {TensorProto.INT64: ("int64", np.int64), TensorProto.INT32: ("int32", np.int32)}
    if any(type_of(value) not in types or type_of(value) != type_of(values[ids]) for value in values.values()):
        raise Refusal(f"{path} takes token ids in a type that is neither int64 nor int32")
    shape = shape_of(values[ids])
    if len(shape) != 2 or shape[0] not in (None, 1):
        raise Refusal(f"{path} takes ids of the shape {shape}; [texts, length] is needed, with an open number of texts, or 1")
    name, kind = types[type_of(values[ids])]
    tower, dimension = finish(model, path, {name: np.ones((1, shape[1] or length), kind) for name in values})
    said = {"input_ids": ids, "dtype": name, "length": shape[1]} | ({"attention_mask": mask} if mask else {})
    return tower, dimension, said
