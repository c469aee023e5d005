"""Text towers that need no filling up: a sentence of twelve ids costs twelve places and not the seventy-seven that the graph was traced with.

In a causal tower (CLIP's) no place sees those behind it, and the vector is read at the text's end; a tower that masks its
padding ignores it too. Graphs are exported with the length of the example all the same, as numbers in their constants. Here
these are made what the ids' own length says. Whether the tower ignores what stood behind is not concluded from its nodes but
tried: by the importer, on sentences of many lengths, before the padding is left out.
"""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .towers import Tower, inputs_of, shape_of

LEAST_COSINE = 0.99999
LENGTH = "length.of.ids"
ELEMENTWISE = ("Add", "Sub", "Mul", "Div", "Where", "And", "Or")  # whose constants go along with the places: positions, masks
INTEGERS = (TensorProto.INT64, TensorProto.INT32)


def _gather_constants(graph):
    """Constant nodes as initialisers, and all of these by name."""
    for node in [node for node in graph.node if node.op_type == "Constant" and node.attribute[0].name == "value"]:
        tensor = graph.initializer.add()
        tensor.CopyFrom(node.attribute[0].t)
        tensor.name = node.output[0]
        graph.node.remove(node)
    return {tensor.name: tensor for tensor in graph.initializer}


class _Opening:
    """Nodes that compute, in front of all others, what constants said about the length."""

    def __init__(self, graph, ids, length):
        self._graph, self._length, self._made = graph, length, {}
        self.nodes = [helper.make_node("Shape", [ids], [LENGTH + ".shape"]), helper.make_node("Slice", [LENGTH + ".shape", self._vector(1), self._vector(2)], [LENGTH])]

    def _vector(self, *values):
        name = LENGTH + ".".join(("", *map(str, values)))
        if name not in self._made:
            self._graph.initializer.append(numpy_helper.from_array(np.array(values, np.int64), name))
            self._made[name] = name
        return name

    def cut(self, tensor):
        """A constant up to the length, along each of its axes that has the graph's."""
        axes = [axis for axis, size in enumerate(tensor.dims) if size == self._length]
        name = tensor.name + ".cut"
        if name not in self._made:
            ends = LENGTH
            if len(axes) > 1:
                ends = f"{LENGTH}.x{len(axes)}"
                if ends not in self._made:
                    self._made[ends] = ends
                    self.nodes.append(helper.make_node("Concat", [LENGTH] * len(axes), [ends], axis=0))
            self.nodes.append(helper.make_node("Slice", [tensor.name, self._vector(*[0] * len(axes)), ends, self._vector(*axes)], [name]))
            self._made[name] = name
        return name

    def shape(self, values):
        """The shape `values` with the length in place of the graph's."""
        name = LENGTH + ".shape.of." + ".".join(map(str, values))
        if name not in self._made:
            parts = [LENGTH if value == self._length else self._vector(value) for value in values]
            self.nodes.append(helper.make_node("Concat", parts, [name], axis=0))
            self._made[name] = name
        return name


def opened(model, ids, length):
    """A copy of `model` whose input `ids`, [n, length], takes shorter texts too, as far as its constants tell how it was traced."""
    made = onnx.ModelProto()
    made.CopyFrom(model)
    graph = made.graph
    constants, opening = _gather_constants(graph), _Opening(graph, ids, length)
    for node in graph.node:
        for place, name in enumerate(node.input):
            tensor = constants.get(name)
            if tensor is None:
                continue
            values = numpy_helper.to_array(tensor) if tensor.data_type in INTEGERS and len(tensor.dims) == 1 else np.zeros(0)
            if length in tensor.dims and (node.op_type in ELEMENTWISE or tensor.data_type in INTEGERS):
                node.input[place] = opening.cut(tensor)
            elif values.dtype == np.int64 and length in values:
                node.input[place] = opening.shape(values.tolist())
    nodes = [*opening.nodes, *(onnx.NodeProto.FromString(node.SerializeToString()) for node in graph.node)]
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.value_info[:]
    for value in graph.input:
        if len(value.type.tensor_type.shape.dim) == 2:
            value.type.tensor_type.shape.dim[1].dim_param = "length"
    return made


def without_padding(tower, length, padded, bare):
    """A Tower that takes the `bare` inputs of texts and gives the vectors that `tower` gives for the same ones `padded` to `length`; None where there is none."""
    model = onnx.load_model_from_string(tower.data)
    fixed = [value.name for value in inputs_of(model) if shape_of(value)[1] == length]
    found = Tower(opened(model, fixed[0], length).SerializeToString(), tower.output, tower.inputs) if fixed else tower
    try:
        cosines = [float((tower.run(full) * found.run(short)).sum()) for full, short in zip(padded, bare, strict=True)]
    except Exception:  # a graph that other lengths do not go through
        return None
    return found if all(cosine >= LEAST_COSINE for cosine in cosines) else None
