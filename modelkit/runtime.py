"""Open and run ONNX models with the runtime the product ships."""
import json

import numpy as np
import onnxruntime

CPU, OPENVINO = "CPUExecutionProvider", "OpenVINOExecutionProvider"


def session(model, threads=2, provider=CPU, precision="f32"):
    """A session for a model (ModelProto, bytes or path) with `threads` compute threads; precision: of OpenVINO's float sums, "f32" or "bf16"."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4  # what matters comes as an exception
    config = {} if precision == "f32" else {"load_config": json.dumps({"CPU": {"INFERENCE_PRECISION_HINT": precision}})}
    providers = [(OPENVINO, {"device_type": "CPU", "num_of_threads": str(threads)} | config)] if provider == OPENVINO else [CPU]
    source = model if isinstance(model, (str, bytes)) else model.SerializeToString()
    return onnxruntime.InferenceSession(source, options, providers=providers)


def embed_texts(opened, tokeniser, texts, size=64):
    """All outputs of a text model for the texts, stacked: float32 [outputs, n, d]. Short texts share a batch."""
    order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), i))
    out = None
    for start in range(0, len(order), size):
        rows = order[start:start + size]
        ids, mask = tokeniser.batch([texts[i] for i in rows])
        values = np.stack(opened.run(None, {"input_ids": ids, "attention_mask": mask}))
        if out is None:
            out = np.zeros((values.shape[0], len(texts), values.shape[2]), np.float32)
        out[:, rows] = values
    return out
