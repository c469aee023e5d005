"""Float towers to 8-bit ones that give the same numbers on every processor.

Image: static, weights signed with 7 bits (so that pairs of products never saturate in the 16-bit accumulators of
processors without VNNI), one scale a channel; activations unsigned with 8 bits, ranges from training photos.
Text: dynamic, the encoder's matrices alone; the word table is stored in 8 bits already.
"""
import os
import tempfile

import onnx
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_dynamic, quantize_static

from .graph import OPSET


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


def image_to_int8(model, batches):
    """The image tower with 8-bit convolutions; batches: uint8 pixel batches the activations' ranges are taken from."""
    def change(source, target):
        quantize_static(source, target, _Batches(batches), quant_format=QuantFormat.QDQ, op_types_to_quantize=["Conv", "Add", "Clip"],
                        nodes_to_exclude=[node.name for node in model.graph.node if node.op_type in ("Add",) and not node.name.endswith(".sum") or node.name == "node.classes.sum"],
                        per_channel=True, reduce_range=True, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
                        calibrate_method=CalibrationMethod.MinMax, extra_options={"ActivationSymmetric": False})
    return _rewritten(model, change)


def text_to_int8(model):
    """The text tower with 8-bit matrix products in the encoder."""
    def change(source, target):
        weights = {constant.name for constant in model.graph.initializer if constant.name.startswith("encoder.layer.")}
        encoder = [node.name for node in model.graph.node if node.op_type == "MatMul" and weights & set(node.input)]
        quantize_dynamic(source, target, op_types_to_quantize=["MatMul"], nodes_to_quantize=encoder, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    return _rewritten(model, change)
