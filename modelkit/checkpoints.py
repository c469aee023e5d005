"""Read published weights into numpy without a training framework.

Two containers are enough for the starter pack: the older PyTorch container (a run of pickles followed by raw storages,
as torch.save wrote before version 1.6) and safetensors (a JSON header followed by raw tensors). Reading them here keeps
the build small and repeatable: no framework release decides what our pack contains.
"""
import collections
import json
import pickle
import struct

import numpy as np

_STORAGE_TYPES = {"FloatStorage": np.float32, "HalfStorage": np.float16, "LongStorage": np.int64, "IntStorage": np.int32}


class _Pending:
    """A tensor whose bytes come later in the file."""

    def __init__(self, storage, offset, shape, strides):
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def array(self, storages):
        flat = storages[self.storage]
        item = flat.itemsize
        view = np.lib.stride_tricks.as_strided(flat[self.offset:], self.shape, [step * item for step in self.strides])
        return view.copy()


class _Unpickler(pickle.Unpickler):
    """Resolves only the handful of names such a file needs; anything else is refused."""

    def __init__(self, file):
        super().__init__(file)
        self.types = {}

    def find_class(self, module, name):
        if module == "torch._utils" and name == "_rebuild_tensor_v2":
            return lambda storage, offset, shape, strides, *rest: _Pending(storage, offset, shape, strides)
        if module == "torch" and name in _STORAGE_TYPES:
            return _STORAGE_TYPES[name]
        if module == "collections" and name == "OrderedDict":
            return collections.OrderedDict
        raise pickle.UnpicklingError(f"unexpected name in a weight file: {module}.{name}")

    def persistent_load(self, saved):
        _, dtype, key, _location, _size, _view = saved
        self.types[key] = dtype
        return key


def read_torch_legacy(path):
    """Weights of a pre-1.6 PyTorch file: {name: array}."""
    with open(path, "rb") as file:
        for _ in range(3):  # magic number, protocol version, system information
            pickle.load(file)
        unpickler = _Unpickler(file)
        state = unpickler.load()
        storages = {}
        for key in pickle.load(file):
            (count,) = struct.unpack("<q", file.read(8))
            dtype = np.dtype(unpickler.types[key])
            storages[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    return {name: pending.array(storages) for name, pending in state.items()}


def read_safetensors(path):
    """Weights of a safetensors file holding float32 and int64 tensors: {name: array}."""
    types = {"F32": np.float32, "F16": np.float16, "I64": np.int64}
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        body = file.read()
    header.pop("__metadata__", None)
    return {name: np.frombuffer(body[slice(*about["data_offsets"])], types[about["dtype"]]).reshape(about["shape"])
            for name, about in header.items()}
