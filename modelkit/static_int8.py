"""A float tower in 8 bits: activations unsigned with ranges from pictures or sentences, weights signed with a scale a channel.

Static QDQ: each quantised product reads its activation through a QuantizeLinear and a DequantizeLinear, which every
provider fuses into integer arithmetic. Where a layer's input holds a few channels far above the others, one step cannot
serve all of them, and no choice of range helps: such layers are found by what they cost and are left in float.

Ranges: each input has a lowest and a highest value; taken is their mean over the inputs and two deviations more. The extremes
over all of them are those of the one oddest picture, and every other picture would pay for it with coarser steps.
"""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType
from onnxruntime.quantization.calibrate import CalibrationMethod, TensorsData
from onnxruntime.quantization.qdq_quantizer import QDQQuantizer

from . import spared, tables
from .align import unit
from .runtime import session

PRODUCTS = ("Conv", "MatMul", "Gemm")
CHAINED = ("Clip", "Relu", "Add")  # between convolutions they are done in 8 bits too, else every layer would go to floats and back
FEW_CONVOLUTIONS = 4               # a transformer's patches and a head; its additions belong to float sums
DEVIATIONS = 2.0                   # of an input's extremes that a range spans


def _constants(model):
    return {tensor.name: tensor for tensor in model.graph.initializer}


def _named(model):
    """A copy in which every node has a name of its own."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for number, node in enumerate(copy.graph.node):
        node.name = f"{number}.{node.op_type}"
    return copy


def _float_matrix(tensor):
    return tensor is not None and tensor.data_type == TensorProto.FLOAT and len(tensor.dims) >= 2


def products(model):
    """Names of the products with stored weights, in the graph's order."""
    constants = _constants(model)
    return [node.name for node in model.graph.node if node.op_type in PRODUCTS and _float_matrix(constants.get(node.input[1]))]


def joined(model, chosen):
    """The chosen products, and what joins them: steps between convolutions whose every input comes out of 8 bits."""
    made, names = {name: node for node in model.graph.node for name in node.output}, set(chosen)
    if sum(name.endswith("Conv") for name in products(model)) <= FEW_CONVOLUTIONS:
        return names
    for node in model.graph.node:
        sources = [made.get(name) for name in (node.input if node.op_type == "Add" else node.input[:1])]
        if node.op_type in CHAINED and all(source is not None and source.op_type in ("Conv", *CHAINED) and source.name in names for source in sources):
            names.add(node.name)
    return names


def ranges(model, names, feeds):
    """What the tensors around the named nodes reach, over the inputs: TensorsData."""
    constants, probe = _constants(model), onnx.ModelProto()
    probe.CopyFrom(model)
    tensors = list(dict.fromkeys(name for node in model.graph.node if node.name in names for name in (*node.input[:1], *(node.input[1:2] if node.op_type == "Add" else ()), *node.output)
                                 if name not in constants))
    del probe.graph.output[:]
    for number, name in enumerate(tensors):
        for kind in ("ReduceMin", "ReduceMax"):
            probe.graph.node.append(helper.make_node(kind, [name], [f"{kind}.{number}"], keepdims=0))
            probe.graph.output.append(helper.make_tensor_value_info(f"{kind}.{number}", TensorProto.FLOAT, []))
    opened = session(probe)
    seen = np.array([opened.run(None, feed) for feed in feeds], np.float64).reshape(len(feeds), len(tensors), 2)
    usual, spread = seen.mean(axis=0), DEVIATIONS * seen.std(axis=0)
    lowest, highest = np.maximum(seen[..., 0].min(axis=0), usual[:, 0] - spread[:, 0]), np.minimum(seen[..., 1].max(axis=0), usual[:, 1] + spread[:, 1])
    return TensorsData(CalibrationMethod.MinMax, {name: (np.float32(low), np.float32(high)) for name, low, high in zip(tensors, lowest, highest)})


def quantised(model, names, extremes):
    """The model with the named nodes in 8 bits."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    if not names:
        return copy
    kinds = list({node.op_type for node in model.graph.node if node.name in names})
    # Sums of products stay floats where the next step is no integer one; convolutions hand codes on.
    said = {"WeightSymmetric": True, "OpTypesToExcludeOutputQuantization": ["MatMul", "Gemm"]}
    quantiser = QDQQuantizer(copy, True, False, QuantType.QInt8, QuantType.QUInt8, extremes, list(names), [], kinds, said)
    quantiser.quantize_model()
    made = quantiser.model.model
    made.ir_version = model.ir_version
    return made


def make(model, feeds, wanted, finish=unit):
    """The tower in 8 bits, and the names of the layers that were left in float.

    model: ModelProto with one output [n, d]; feeds: inputs of single pictures or texts, some hundred; wanted(cosines): whether
    these cosines with the float vectors are good enough; finish(rows): unit vectors of
    what the graph gives. Layers are left out from the costliest on, as few as make it so.
    """
    model = tables.compact(_named(model))
    names = products(model)
    extremes = ranges(model, joined(model, names), feeds)

    def eight(chosen):
        return quantised(model, joined(model, chosen), extremes)

    return spared.fewest(model, names, eight, feeds, wanted, finish)
