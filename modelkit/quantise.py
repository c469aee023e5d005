"""Float towers to 8-bit ones that give the same numbers on every processor.

Image: static. Processors without VNNI add pairs of products in 16 bits, so two weights that meet must not exceed 128
together; plain 8-bit weights saturate there and 7-bit ones (the usual answer) waste precision. Here each channel takes,
of several scales that keep every possible pair within 128, the one with the least squared error; what rounding still
shifts on average is put back through the bias (Nagel et al. 2019). Activations: unsigned 8 bits, ranges from photos.
The stem and the first block stay float: their few channels differ too much in range to share one step.
Text: dynamic, the encoder's matrices alone, weights unsigned, which no processor saturates; the word table, the heads and
each layer's last matrix are stored in 8 bits already and work in float.
"""
import os
import tempfile

import numpy as np
import onnx
from onnx import numpy_helper
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_dynamic, quantize_static

from .graph import OPSET
from .runtime import session


class _Batches(CalibrationDataReader):
    def __init__(self, batches):
        self._batches = iter(batches)

    def get_next(self):
        batch = next(self._batches, None)
        return None if batch is None else {"pixels": batch}


def _rewritten(model, change):
    """Runs a quantiser that reads and writes files."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "float.onnx"), os.path.join(folder, "int8.onnx")
        onnx.save(model, source)
        change(source, target)
        out = onnx.load(target)
    del out.metadata_props[:]
    out.ir_version = model.ir_version
    assert max(entry.version for entry in out.opset_import if entry.domain == "") <= OPSET
    return out


PAIR_LIMIT = 128
LARGEST_BIAS = 2.0 ** 30      # biases are 32-bit codes: a channel of tiny weights takes a coarser scale so that its bias fits
IMAGE_FLOAT = ("node.conv_stem", "node.block.0.")  # a thirtieth of the work, and two thirds of the image tower's 8-bit error
CLIPS = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6)


def channel_codes(weight, floor):
    """Codes int8 and a scale a channel, at least floor [out], for weight [out, ...]: no two codes of a channel exceed PAIR_LIMIT together."""
    rows = weight.reshape(len(weight), -1).astype(np.float64)
    sizes = np.sort(np.abs(rows), axis=1)
    largest, second = sizes[:, -1:], sizes[:, -2:-1] if rows.shape[1] > 1 else 0 * sizes[:, -1:]
    options = [(np.maximum((largest + second) / (PAIR_LIMIT - 1), largest / 127), 127)]
    options += [(clip * largest / (PAIR_LIMIT // 2), PAIR_LIMIT // 2) for clip in CLIPS]
    best = None
    for scale, limit in options:
        scale = np.maximum(scale, floor[:, None])
        codes = np.clip(np.round(rows / scale), -limit, limit)
        error = ((codes * scale - rows) ** 2).sum(axis=1, keepdims=True)
        best = (codes, scale, error) if best is None else tuple(np.where(error < best[2], new, old) for new, old in zip((codes, scale, error), best))
    return best[0].astype(np.int8).reshape(weight.shape), best[1][:, 0].astype(np.float32)


def _mean_inputs(model, batch):
    """What each convolution sees on average, a value a channel: {weight name: [channels]}."""
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    convolutions = [node for node in model.graph.node if node.op_type == "Conv"]
    for place, node in enumerate(convolutions):
        probe.graph.node.append(onnx.helper.make_node("ReduceMean", [node.input[0]], [f"mean.{place}"], axes=[0, 2, 3], keepdims=0))
        probe.graph.output.append(onnx.helper.make_tensor_value_info(f"mean.{place}", onnx.TensorProto.FLOAT, [None]))
    means = session(probe).run([f"mean.{place}" for place in range(len(convolutions))], {"pixels": batch})
    return {node.input[1]: mean for node, mean in zip(convolutions, means)}


def _refined(quantised, original, means):
    """The quantised model with channel_codes for weights and corrected biases."""
    floats = {constant.name: constant for constant in original.graph.initializer}
    constants = {constant.name: constant for constant in quantised.graph.initializer}
    sources = {node.output[0]: node for node in quantised.graph.node}
    bias_of = {node.input[1]: node.input[2] for node in original.graph.node if node.op_type == "Conv"}

    def store(name, array):
        constants[name].CopyFrom(numpy_helper.from_array(array, name))

    for node in quantised.graph.node:
        if node.op_type != "Conv" or node.input[1] not in sources:
            continue
        pixels, weights, biases = (sources[name] for name in node.input)
        name = weights.input[0].removesuffix("_quantized")
        weight, bias = numpy_helper.to_array(floats[name]), numpy_helper.to_array(floats[bias_of[name]])
        step = numpy_helper.to_array(constants[pixels.input[1]])
        codes, scale = channel_codes(weight, np.maximum(np.abs(bias) / step / LARGEST_BIAS, 1e-9))
        shift = (codes * scale[:, None, None, None] - weight).sum(axis=(2, 3))
        mean = means[name]
        bias = bias - (shift[:, 0] * mean if shift.shape[1] == 1 and len(mean) > 1 else shift @ mean)
        store(weights.input[0], codes)
        store(weights.input[1], scale)
        steps = (step * scale).astype(np.float32)
        store(biases.input[0], np.round(bias.astype(np.float64) / steps).astype(np.int32))
        store(biases.input[1], steps)
    return quantised


def image_to_int8(model, batches):
    """The image tower with 8-bit convolutions; batches: uint8 pixel batches the activations' ranges are taken from."""
    batches = list(batches)
    outside = [node.name for node in model.graph.node if node.op_type == "Add" and not node.name.endswith(".sum") or node.name.startswith(IMAGE_FLOAT)]

    def change(source, target):
        quantize_static(source, target, _Batches(batches), quant_format=QuantFormat.QDQ, op_types_to_quantize=["Conv", "Add", "Clip"], nodes_to_exclude=outside,
                        per_channel=True, reduce_range=True, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, calibrate_method=CalibrationMethod.MinMax)
    return _refined(_rewritten(model, change), model, _mean_inputs(model, np.concatenate(batches[:4])))


def text_to_int8(model):
    """The text tower with 8-bit matrix products in the encoder."""
    def change(source, target):
        weights = {constant.name for constant in model.graph.initializer if constant.name.startswith("encoder.layer.")}
        encoder = [node.name for node in model.graph.node if node.op_type == "MatMul" and weights & set(node.input)]
        quantize_dynamic(source, target, op_types_to_quantize=["MatMul"], nodes_to_quantize=encoder, per_channel=True, weight_type=QuantType.QUInt8)
    return _rewritten(model, change)
