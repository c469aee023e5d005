"""Tables of word vectors in 8 bits: a text tower's largest part, of which a text reads a few rows."""
import numpy as np
from onnx import TensorProto, helper, numpy_helper

FEWEST_ROWS = 1024


def compact(model):
    """The model with each large table that rows are gathered from stored as 8-bit codes with a scale a row. Changes `model`."""
    graph = model.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    readers = [(node, name) for node in graph.node for name in node.input]
    for node in [node for node in graph.node if node.op_type == "Gather"]:
        name = node.input[0]
        tensor, axis = constants.get(name), next((entry.i for entry in node.attribute if entry.name == "axis"), 0)
        if tensor is None or axis != 0 or tensor.data_type != TensorProto.FLOAT or len(tensor.dims) != 2 or tensor.dims[0] < FEWEST_ROWS:
            continue
        if sum(read == name for _, read in readers) > 1 or name in {value.name for value in graph.output}:
            continue
        table = numpy_helper.to_array(tensor)
        scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12) / 127
        codes = np.round(table / scale).astype(np.int8)
        ids, out = node.input[1], node.output[0]
        graph.initializer.remove(tensor)
        graph.initializer.extend([numpy_helper.from_array(codes, name + ".codes"), numpy_helper.from_array(scale.astype(np.float32), name + ".scale")])
        place = list(graph.node).index(node)
        graph.node.remove(node)
        for number, made in enumerate((helper.make_node("Gather", [name + ".codes", ids], [out + ".codes"], name=f"{node.name}.codes"),
                                       helper.make_node("Gather", [name + ".scale", ids], [out + ".scale"], name=f"{node.name}.scale"),
                                       helper.make_node("Cast", [out + ".codes"], [out + ".cast"], name=f"{node.name}.cast", to=TensorProto.FLOAT),
                                       helper.make_node("Mul", [out + ".cast", out + ".scale"], [out], name=f"{node.name}.rows"))):
            graph.node.insert(place + number, made)
    return model
