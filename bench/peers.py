"""The vector indexes that ours are held against, behind one shape: search(queries, hits) -> row numbers [n, hits].

Each class has `bytes_read`, what one query reads in theory (None for graphs: it depends), and a `settings` ladder that
trades time for recall, cheapest first; (None,) where there is nothing to trade. All use THREADS threads.
"""
import json
import os
import pathlib
import resource
import time

import faiss
import hnswlib
import numpy
import usearch.index

THREADS = os.cpu_count()
CHUNK = 50_000


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def keep(peer, path, pictures, load, save):
    """Loads a graph and what its build took from beside `path`, or builds and saves both."""
    about = path.with_suffix(".json")
    if not path.exists():
        peer.build(pictures)
        save(str(path))
        about.write_text(json.dumps({"build_seconds": peer.build_seconds, "build_cpu_seconds": peer.build_cpu_seconds}))
    else:
        load(str(path))
        for key, value in json.loads(about.read_text()).items():
            setattr(peer, key, value)
    peer.index_bytes = path.stat().st_size


class FaissFlat:
    """float32, every row. One query runs on one thread: faiss divides queries among threads, not rows."""
    settings = (None,)

    def __init__(self, pictures, cache):
        self.index = self.fill(pictures)
        self.bytes_read = pictures.nbytes
        self.index_bytes = pictures.nbytes

    @staticmethod
    def fill(pictures):
        index = faiss.IndexFlatIP(pictures.shape[1])
        for start in range(0, len(pictures), CHUNK):
            index.add(numpy.ascontiguousarray(pictures[start:start + CHUNK]))
        return index

    def search(self, queries, hits, allowed=None):
        if allowed is None:
            return self.index.search(queries, hits)[1]
        chosen = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(numpy.packbits(allowed, bitorder="little")))
        return self.index.search(queries, hits, params=chosen)[1]


class FaissScalar(FaissFlat):
    """8 bits a number, every row; one thread a query, as above."""

    def __init__(self, pictures, cache):
        self.index = self.fill(pictures)
        self.bytes_read = self.index_bytes = pictures.shape[0] * pictures.shape[1]

    @staticmethod
    def fill(pictures):
        index = faiss.IndexScalarQuantizer(pictures.shape[1], faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
        index.train(numpy.ascontiguousarray(pictures[:20_000]))
        for start in range(0, len(pictures), CHUNK):
            index.add(numpy.ascontiguousarray(pictures[start:start + CHUNK]))
        return index


def in_shards(base):
    """The same index in as many shards as there are threads: what a user who knows faiss does for one query at a time."""
    class Sharded(base):
        def __init__(self, pictures, cache):
            self.parts = [base.fill(part) for part in numpy.array_split(pictures, THREADS)]
            self.index = faiss.IndexShards(pictures.shape[1], True, True)
            for part in self.parts:
                self.index.add_shard(part)
            self.bytes_read = self.index_bytes = pictures.shape[0] * self.parts[0].code_size

    return Sharded


class Hnswlib:
    """float32 graph, M = 16, ef_construction = 200. Its build is long: a graph in `cache` is loaded instead."""
    settings = (20, 40, 80, 160, 320, 640)
    bytes_read = None

    def __init__(self, pictures, cache):
        self.index = hnswlib.Index("ip", pictures.shape[1])
        self.index.set_num_threads(THREADS)
        keep(self, pathlib.Path(cache) / f"hnswlib-{len(pictures)}.bin", pictures, self.index.load_index, self.index.save_index)

    def build(self, pictures):
        self.index.init_index(len(pictures), M=16, ef_construction=200, random_seed=1)
        wall, used = time.monotonic(), processor_seconds()
        for start in range(0, len(pictures), CHUNK):
            rows = numpy.arange(start, min(start + CHUNK, len(pictures)))
            self.index.add_items(numpy.ascontiguousarray(pictures[rows[0]:rows[-1] + 1]), rows)
        self.build_seconds, self.build_cpu_seconds = time.monotonic() - wall, processor_seconds() - used

    def set(self, setting):
        self.index.set_ef(setting)

    def search(self, queries, hits, allowed=None):
        if allowed is None:
            return self.index.knn_query(queries, hits)[0]
        try:
            return self.index.knn_query(queries, hits, num_threads=1, filter=lambda row: bool(allowed[row]))[0]
        except RuntimeError:  # It found fewer than asked, and then returns nothing at all.
            return numpy.full((len(queries), hits), -1)


class UsearchInt8:
    """int8 graph, connectivity 16, expansion_add 128 (its default)."""
    settings = (32, 64, 128, 256, 512, 1024)
    bytes_read = None

    def __init__(self, pictures, cache):
        self.index = usearch.index.Index(ndim=pictures.shape[1], metric="ip", dtype="i8", connectivity=16)
        keep(self, pathlib.Path(cache) / f"usearch-{len(pictures)}.bin", pictures, self.index.load, self.index.save)

    def build(self, pictures):
        wall, used = time.monotonic(), processor_seconds()
        for start in range(0, len(pictures), CHUNK):
            rows = numpy.arange(start, min(start + CHUNK, len(pictures)))
            self.index.add(rows, numpy.ascontiguousarray(pictures[rows[0]:rows[-1] + 1]), threads=THREADS)
        self.build_seconds, self.build_cpu_seconds = time.monotonic() - wall, processor_seconds() - used

    def set(self, setting):
        self.index.expansion_search = setting

    def search(self, queries, hits):
        return numpy.atleast_2d(self.index.search(queries, hits, threads=THREADS).keys)


class FaissIvf:
    """Inverted lists over 8-bit rows: the peer for ten million, where a graph does not fit a small machine."""
    settings = (8, 16, 32, 64, 128)
    bytes_read = None

    def __init__(self, pictures, cache, lists=4096):
        quantiser = faiss.IndexFlatIP(pictures.shape[1])
        self.index = faiss.IndexIVFScalarQuantizer(quantiser, pictures.shape[1], lists, faiss.ScalarQuantizer.QT_8bit,
                                                   faiss.METRIC_INNER_PRODUCT)
        wall, used = time.monotonic(), processor_seconds()
        self.index.train(numpy.ascontiguousarray(pictures[:40 * lists]))
        for start in range(0, len(pictures), CHUNK):
            self.index.add(numpy.ascontiguousarray(pictures[start:start + CHUNK]))
        self.build_seconds, self.build_cpu_seconds = time.monotonic() - wall, processor_seconds() - used
        self.index_bytes = pictures.shape[0] * (pictures.shape[1] + 8)

    def set(self, setting):
        self.index.nprobe = setting

    def search(self, queries, hits):
        return self.index.search(queries, hits)[1]


PEERS = {"faiss_flat_f32": FaissFlat, "faiss_flat_f32_sharded": in_shards(FaissFlat), "faiss_sq8": FaissScalar,
         "faiss_sq8_sharded": in_shards(FaissScalar), "hnswlib": Hnswlib, "usearch_i8": UsearchInt8, "faiss_ivf_sq8": FaissIvf}
