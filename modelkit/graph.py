"""A short way to write ONNX graphs by hand."""
import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

OPSET = 17


class Graph:
    """Collects nodes and constants; every method that adds a node returns the name of its (first) output."""

    def __init__(self, name):
        self.name, self.nodes, self.constants, self.inputs, self.outputs = name, [], [], [], []
        self._names, self._shared = {}, {}

    def unique(self, stem):
        count = self._names.get(stem, 0)
        self._names[stem] = count + 1
        return f"{stem}_{count}" if count else stem

    def constant(self, array, stem="constant"):
        array = np.ascontiguousarray(array)
        key = (array.dtype.str, array.shape, array.tobytes()) if array.size <= 16 else None
        if key in self._shared:
            return self._shared[key]
        name = self.unique(stem)
        self.constants.append(numpy_helper.from_array(array, name))
        if key:
            self._shared[key] = name
        return name

    def op(self, kind, inputs, stem=None, outputs=1, **attributes):
        stem = self.unique(stem or kind.lower())
        names = [stem] if outputs == 1 else [f"{stem}.{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=f"node.{stem}", **attributes))
        return names[0] if outputs == 1 else names

    def input(self, name, dtype, shape):
        self.inputs.append(helper.make_tensor_value_info(name, dtype, shape))
        return name

    def output(self, value, name, shape, dtype=TensorProto.FLOAT):
        self.nodes.append(helper.make_node("Identity", [value], [name], name=f"node.{name}"))
        self.outputs.append(helper.make_tensor_value_info(name, dtype, shape))

    def floats(self, *values):
        return self.constant(np.array(values, np.float32) if len(values) > 1 else np.float32(values[0]))

    def vector(self, *values):
        return self.constant(np.array(values, np.int64))

    def linear(self, x, weight, bias=None, stem="linear"):
        """x [n, in] times weight [in, out] plus bias [out]."""
        y = self.op("MatMul", [x, self.constant(weight.astype(np.float32), stem + ".weight")], stem + ".matmul")
        return y if bias is None else self.op("Add", [y, self.constant(bias.astype(np.float32), stem + ".bias")], stem)

    def compact_linear(self, x, matrix, bias, stem):
        """x times matrix [in, out] plus bias, the matrix stored as 8-bit codes with a scale a row and a column; the runtime unfolds it once, at load."""
        rows = np.maximum(np.sqrt((matrix ** 2).mean(axis=1, keepdims=True)), 1e-12)
        columns = np.maximum(np.abs(matrix / rows).max(axis=0), 1e-12) / 127
        codes = np.clip(np.round(matrix / rows / columns), -127, 127).astype(np.int8)
        unfolded = self.op("Cast", [self.constant(codes, stem + ".codes")], stem + ".cast", to=TensorProto.FLOAT)
        by_column = self.op("Mul", [unfolded, self.constant(columns.astype(np.float32), stem + ".columns")], stem + ".by_column")
        weight = self.op("Mul", [by_column, self.constant(rows.astype(np.float32), stem + ".rows")], stem + ".unfolded")
        return self.op("Add", [self.op("MatMul", [x, weight], stem + ".matmul"), self.constant(bias.astype(np.float32), stem + ".bias")], stem)

    def unit_rows(self, x, stem="unit"):
        """Each row of x [n, d] at Euclidean length one."""
        length = self.op("ReduceL2", [x], stem + ".length", axes=[-1], keepdims=1)
        return self.op("Div", [x, self.op("Max", [length, self.floats(1e-12)])], stem)

    def model(self):
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="vitrine modelkit")
        model.ir_version = 8
        checker.check_model(model)
        return model
