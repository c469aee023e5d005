#!/usr/bin/env python3
"""Our vector indexes beside their peers, interleaved on the same vectors: writes bench/results/vectors_*.json.

usage: vectors.py VECTORS_BENCH STAGE... [--rows N] [--work FOLDER] [--out FOLDER] [--rounds N] [--peers NAME...]

Stages: exact (100,000 rows), large (a million: one query, 32 at once, recall against time, filters), cold, memory (after large),
churn, huge (ten million), growth (after the others, on the same --work). VECTORS_BENCH (vectors_bench.cc) makes the vectors and answers as a process of its own; in each round it
is asked first, then each peer, all on as many threads as there are cores, so that a busy machine is busy for all.
Recall is always against float32 dot products of the unrounded vectors, judged here for all alike.

FOLDER of --work keeps the vectors and the peers' graphs, whose build takes long; give the same one again to save that.
"""
import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import statistics
import subprocess
import tempfile
import time

import numpy

import peers as peers_module
from peers import PEERS, THREADS

DIMENSION = 512
HITS = 10
QUERIES = 100
BATCH = 32
RECALLS = (0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
SHARES = (0.00001, 0.0001, 0.001, 0.01, 0.1, 0.5)


class Ours:
    """The process that holds our indexes."""

    def __init__(self, program, folder, rows, raw=None):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        command = [program, str(folder), str(rows), str(DIMENSION)] + ([str(raw)] if raw else [])
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def search(self, first=0, count=QUERIES, batch=1):
        return self.ask("search", first, count, HITS, batch)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Judge:
    """Float dot products of the queries and all pictures; says how many of the true ten were found."""

    def __init__(self, pictures, queries):
        self.scores = numpy.empty((len(queries), len(pictures)), numpy.float32)
        for start in range(0, len(pictures), 50_000):
            self.scores[:, start:start + 50_000] = queries @ pictures[start:start + 50_000].T

    def recall(self, found, allowed=None):
        shares = []
        for scores, rows in zip(self.scores, found):
            candidates = scores[:len(allowed)][allowed] if allowed is not None else scores
            wanted = min(HITS, len(candidates))
            if wanted == 0:
                continue
            worst = numpy.partition(candidates, -wanted)[-wanted]
            rows = numpy.unique([row for row in rows if 0 <= row < len(scores)]).astype(int)
            right = scores[rows] >= worst - 1e-6
            if allowed is not None:
                right &= allowed[rows]
            shares.append(min(right.sum(), wanted) / wanted)
        return round(float(numpy.mean(shares)), 4) if shares else None


def milliseconds(work):
    start = time.perf_counter()
    result = work()
    return (time.perf_counter() - start) * 1000, result


def times_of(values):
    return {"p50_ms": round(statistics.median(values), 4), "p95_ms": round(float(numpy.quantile(values, 0.95)), 4)}


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text()
    cpu = next(line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name"))
    packages = ("faiss-cpu", "hnswlib", "numpy", "usearch")
    return {"cpu": cpu, "cores": os.cpu_count(), "kernel": platform.release(), "threads_each": THREADS,
            "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
            "load_average": os.getloadavg()[0],
            "versions": {name: importlib.metadata.version(name) for name in packages}}


def open_both(options, rows, names):
    """Ours with its rows published, the pictures and queries as arrays, the judge, and the peers built."""
    work = pathlib.Path(options.work)
    raw = work / f"pictures-{rows}.f32"
    ours = Ours(options.program, work / f"rows-{rows}", rows, None if raw.exists() else raw)
    ours.ask("sentences", work / "sentences.f32")
    pictures = numpy.memmap(raw, numpy.float32, "r").reshape(-1, DIMENSION)[:rows]
    queries = numpy.fromfile(work / "sentences.f32", numpy.float32).reshape(-1, DIMENSION)[:QUERIES]
    judge = Judge(pictures, queries)
    return ours, pictures, queries, judge, {name: PEERS[name](pictures, work) for name in names}


def ask_peer(peer, queries, batch=1, **how):
    """Times and answers of a peer, as Ours.search gives them."""
    times, rows = [], []
    for start in range(0, len(queries) - batch + 1, batch):
        ms, found = milliseconds(lambda: peer.search(queries[start:start + batch], HITS, **how))
        times.append(ms)
        rows += list(found)
    return {"ms": times, "rows": rows}


def curve_of(search_at, settings, judge):
    """Recall against time over a ladder of settings."""
    points = []
    for setting in settings:
        answer = search_at(setting)
        points.append({"setting": setting, "recall_at_10": judge.recall(answer["rows"]), **times_of(answer["ms"])})
    return points


def cheapest(curve, recall):
    """The first setting of a curve that reaches the recall, else its best."""
    enough = [point for point in curve if point["recall_at_10"] >= recall]
    return (enough[0] if enough else max(curve, key=lambda point: point["recall_at_10"]))["setting"]


def settle(peer, queries, judge, recall):
    """The peer's curve; leaves it at the cheapest setting that reaches the recall, else at its best."""
    def search_at(setting):
        if setting is not None:
            peer.set(setting)
        ask_peer(peer, queries)  # Warms what a walk touches.
        return ask_peer(peer, queries)
    curve = curve_of(search_at, peer.settings, judge)
    setting = cheapest(curve, recall)
    if setting is not None:
        peer.set(setting)
    return curve, setting


def interleave(ours, rivals, queries, rounds):
    """Rounds of single queries and of batches, ours and each peer in turn, the memory's speed beside them."""
    names = ["vitrine", *rivals]
    single = {name: [] for name in names}
    batch = {name: [] for name in names}
    rows = {}
    stream = []
    for _ in range(rounds):
        stream.append(ours.ask("stream")["gb_s"])
        answer = ours.search()
        single["vitrine"] += answer["ms"]
        rows["vitrine"] = answer["rows"]
        batch["vitrine"] += ours.search(count=BATCH * 3, batch=BATCH)["ms"]
        for name, peer in rivals.items():
            answer = ask_peer(peer, queries)
            single[name] += answer["ms"]
            rows[name] = answer["rows"]
            batch[name] += ask_peer(peer, queries[:BATCH * 3], BATCH)["ms"]
    return single, batch, rows, stream


def table_of(single, batch, rows, stream, judge, bytes_read):
    """One entry a method: times, recall, and the share of the memory's speed where the bytes are known."""
    speed = statistics.median(stream)
    entries = {}
    for name in single:
        entry = {**times_of(single[name]), "batch32_ms_per_query": round(statistics.median(batch[name]) / BATCH, 4),
                 "recall_at_10": judge.recall(rows[name])}
        if bytes_read[name]:
            entry["bytes_read"] = int(bytes_read[name])
            entry["of_streaming"] = round(bytes_read[name] / entry["p50_ms"] / 1e6 / speed, 3)
        entries[name] = entry
    return entries


def compare(options, rows, kind, names, recall):
    """Everything that one size shows beside its peers."""
    ours, pictures, queries, judge, rivals = open_both(options, rows, names)
    about = ours.ask("rebuild", kind, RECALLS[-1])
    curves, settings = {}, {"vitrine": None}
    if kind != "exact":
        def search_at(wanted):
            ours.ask("reopen", kind, wanted)
            ours.search(count=10)
            return ours.search()
        if rows >= 1_000_000:
            lists = ours.ask("rebuild", "ivf", RECALLS[-1])
            kind = "ivf"
            curves["vitrine_ivf"] = curve_of(search_at, RECALLS, judge)
            kind = "compressed"
            ours.ask("rebuild", kind, RECALLS[-1])
            about["ivf_build_cpu_seconds"], about["ivf_bytes"] = lists["cpu_seconds"], lists["bytes"]
        curves["vitrine"] = curve_of(search_at, RECALLS, judge)
        settings["vitrine"] = cheapest(curves["vitrine"], recall)
        about |= {"build_cpu_seconds": about["cpu_seconds"], "build_wall_seconds": about["build_seconds"]}
        about |= ours.ask("reopen", kind, settings["vitrine"])
    for name, peer in rivals.items():
        curves[name], settings[name] = settle(peer, queries, judge, recall)
    single, batch, found, stream = interleave(ours, rivals, queries, options.rounds)
    stored = rows * (DIMENSION + 4)
    bytes_read = {"vitrine": about["bytes"] or stored} | {name: peer.bytes_read for name, peer in rivals.items()}
    entries = table_of(single, batch, found, stream, judge, bytes_read)
    entries["vitrine"] |= {"index": about, "setting": settings["vitrine"], "publish_rows_seconds": ours.ready["publish_seconds"]}
    for name, peer in rivals.items():
        entries[name] |= {"setting": settings[name], "index_bytes": peer.index_bytes}
        entries[name] |= {key: round(getattr(peer, key), 1) for key in ("build_seconds", "build_cpu_seconds") if hasattr(peer, key)}
    result = {"machine": machine(), "rows": rows, "dimension": DIMENSION, "queries": QUERIES, "kernel": ours.ready["kernel"],
              "stream_gb_s": round(statistics.median(stream), 2), "methods": entries, "curves": curves}
    return result, ours, queries, judge, rivals


def write_filter(path, allowed):
    path.write_bytes(numpy.packbits(allowed, bitorder="little").tobytes())


def filters(options, ours, queries, judge, rivals, rows):
    """The same query with ever fewer rows allowed, and without a filter beside each."""
    random = numpy.random.default_rng(7)
    points = []
    path = pathlib.Path(options.work) / "filter.bits"
    able = {name: peer for name, peer in rivals.items() if name in ("faiss_sq8", "hnswlib")}
    for share in SHARES:
        allowed = random.random(rows) < share
        write_filter(path, allowed)
        point = {"share": share, "allowed": int(allowed.sum()), "methods": {}}
        filtered, plain = {"ms": [], "rows": []}, []
        for _ in range(options.rounds):
            ours.ask("filter", "none")
            plain += ours.search()["ms"]
            ours.ask("filter", path)
            answer = ours.search()
            filtered = {"ms": filtered["ms"] + answer["ms"], "rows": answer["rows"]}
        point["methods"]["vitrine"] = {**times_of(filtered["ms"]), "recall_at_10": judge.recall(filtered["rows"], allowed),
                                       "unfiltered_p50_ms": times_of(plain)["p50_ms"]}
        for name, peer in able.items():
            answer = ask_peer(peer, queries[:3] if name == "hnswlib" else queries, allowed=allowed)
            point["methods"][name] = {**times_of(answer["ms"]), "recall_at_10": judge.recall(answer["rows"], allowed)}
        points.append(point)
    ours.ask("filter", "none")
    return points


def stage_exact(options):
    names = options.peers or ["faiss_flat_f32", "faiss_flat_f32_sharded", "faiss_sq8", "faiss_sq8_sharded", "hnswlib", "usearch_i8"]
    result, ours, *_ = compare(options, options.rows or 100_000, "exact", names, 0.995)
    ours.close()
    return {"vectors_exact.json": result}


def stage_large(options):
    rows = options.rows or 1_000_000
    names = options.peers or ["faiss_flat_f32", "faiss_sq8", "faiss_sq8_sharded", "hnswlib", "usearch_i8"]
    result, ours, queries, judge, rivals = compare(options, rows, "compressed", names, 0.99)
    result["filters"] = filters(options, ours, queries, judge, rivals, rows)
    ours.close()
    return {"vectors_large.json": result}


def drop_pages(folder):
    """Tells the kernel to forget what it holds of the folder's files."""
    for path in pathlib.Path(folder).iterdir():
        with open(path, "rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def stage_cold(options):
    """A fresh process each time, over files of which no page is in memory: opening, and the first answer."""
    rows = options.rows or 1_000_000
    folder = pathlib.Path(options.work) / f"rows-{rows}"
    runs = []
    for _ in range(options.rounds):
        ours = Ours(options.program, folder, rows)
        ours.ask("close")
        before = ours.ask("memory")
        drop_pages(folder)
        about = ours.ask("reopen", "compressed", 0.99)
        first, second = ours.search(count=1)["ms"][0], ours.search(first=1, count=1)["ms"][0]
        ours.search(count=1000)
        after = ours.ask("memory")
        warm = ours.search(count=QUERIES)["ms"]
        runs.append({"open_ms": round(about["open_ms"], 3), "first_search_ms": round(first, 3), "second_search_ms": round(second, 3),
                     "warm_p50_ms": times_of(warm)["p50_ms"], "resident_bytes_more": after["VmRSS"] - before["VmRSS"]})
        ours.close()
    peer = {}
    for name in options.peers or ["hnswlib"]:
        path = next(pathlib.Path(options.work).glob(f"{name}-{rows}.bin"), None)
        if path:
            peer[name] = cold_peer(name, path, rows, options)
    return {"vectors_cold.json": {"machine": machine(), "rows": rows, "dimension": DIMENSION, "runs": runs, "peers": peer}}


def cold_peer(name, path, rows, options):
    """Loading a peer's file whose pages are not in memory, and its first answer."""
    queries = numpy.fromfile(pathlib.Path(options.work) / "sentences.f32", numpy.float32).reshape(-1, DIMENSION)
    runs = []
    for _ in range(min(2, options.rounds)):
        with open(path, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        empty = numpy.lib.stride_tricks.as_strided(numpy.zeros(1, numpy.float32), (rows, DIMENSION), (0, 0))
        load_ms, peer = milliseconds(lambda: PEERS[name](empty, options.work))
        first_ms, _ = milliseconds(lambda: peer.search(queries[:1], HITS))
        runs.append({"open_ms": round(load_ms, 1), "first_search_ms": round(first_ms, 2)})
    return runs


def stage_churn(options):
    """Half of the rows leave in random order, a tenth of that at a time, and as many new ones come."""
    rows = options.rows or 1_000_000
    steps, total = 10, rows + rows // 2
    work = pathlib.Path(options.work)
    raw = work / f"pictures-{total}.f32"
    if not raw.exists():
        Ours(options.program, work / f"rows-{total}", total, raw).close()
    pictures = numpy.memmap(raw, numpy.float32, "r").reshape(-1, DIMENSION)
    ours = Ours(options.program, work / f"churn-{rows}", rows)
    ours.ask("sentences", work / "sentences.f32")
    judge = Judge(pictures, numpy.fromfile(work / "sentences.f32", numpy.float32).reshape(-1, DIMENSION)[:QUERIES])
    ours.ask("index", "compressed", 0.99)
    leaving = numpy.random.default_rng(11).permutation(rows)[:rows // 2].astype(numpy.uint32)
    living = numpy.zeros(total, bool)
    living[:rows] = True
    points = [churn_point(ours, judge, living, options, 0, {})]
    for step in range(steps):
        part = leaving[step * len(leaving) // steps:(step + 1) * len(leaving) // steps]
        (work / "erase.u32").write_bytes(part.tobytes())
        erased = ours.ask("erase", work / "erase.u32")
        grown = rows + (step + 1) * (rows // 2) // steps
        appended = ours.ask("grow", grown)
        ours.ask("reopen", "compressed", 0.99)
        living[part] = False
        living[grown - rows // 2 // steps:grown] = True
        before = churn_point(ours, judge, living, options, step + 1, {"erase_ns_each": round(erased["ns_each"], 2),
                                                                      "append_seconds": round(appended["publish_seconds"], 2)})
        report = ours.ask("index", "compressed", 0.99)
        if report["build_seconds"] > 0:
            before["rebuilt_seconds"] = round(report["build_seconds"], 2)
            before["after_rebuild"] = churn_point(ours, judge, living, options, step + 1, {})
        points.append(before)
    disk_before = ours.ask("memory")["disk"]
    compacted = ours.ask("compact", "compressed", 0.99)
    kept = numpy.flatnonzero(living)
    answer = ours.search()
    answer["rows"] = [[int(kept[row]) for row in found] for found in answer["rows"]]
    after = {**times_of(answer["ms"]), "recall_at_10": judge.recall(answer["rows"], living), "seconds": compacted["segments_seconds"],
             "index_seconds": compacted["build_seconds"], "disk": ours.ask("memory")["disk"]}
    ours.close()
    return {"vectors_churn.json": {"machine": machine(), "rows": rows, "dimension": DIMENSION, "points": points,
                                   "disk_before": disk_before, "compacted": after}}


def churn_point(ours, judge, living, options, step, more):
    times, answer = [], None
    for _ in range(max(2, options.rounds)):
        answer = ours.search()
        times += answer["ms"]
    return {"replaced": step / 20, "recall_at_10": judge.recall(answer["rows"], living), **times_of(times), **more}


def touched_by(work):
    """Bytes of this process's memory that some work touches."""
    pathlib.Path("/proc/self/clear_refs").write_text("1")
    work()
    rollup = pathlib.Path("/proc/self/smaps_rollup").read_text()
    return next(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Referenced:"))


def stage_memory(options):
    """The pages that a thousand different queries touch, at the settings that the stage `large` chose."""
    rows = options.rows or 1_000_000
    chosen = json.loads((pathlib.Path(options.out) / "vectors_large.json").read_text())["methods"]
    ours = Ours(options.program, pathlib.Path(options.work) / f"rows-{rows}", rows)
    ours.ask("reopen", "compressed", chosen["vitrine"]["setting"])
    ours.ask("sentences", pathlib.Path(options.work) / "sentences.f32")
    ours.search(count=1000)  # The first touch of a page maps those around it too: not what a query reads.
    ours.ask("forget")
    ours.search(count=1)
    one = ours.ask("memory")["touched"]
    ours.search(count=1000)
    many = ours.ask("memory")["touched"]
    ours.close()
    queries = numpy.fromfile(pathlib.Path(options.work) / "sentences.f32", numpy.float32).reshape(-1, DIMENSION)
    peer = PEERS["hnswlib"](numpy.memmap(pathlib.Path(options.work) / f"pictures-{rows}.f32", numpy.float32, "r").reshape(-1, DIMENSION)[:rows], options.work)
    peer.set(chosen["hnswlib"]["setting"])
    return {"vectors_memory.json": {"machine": machine(), "rows": rows, "queries": len(queries), "vitrine": {"one_query": one, "all_queries": many},
                                    "hnswlib": {"one_query": touched_by(lambda: peer.search(queries[:1], HITS)),
                                                "all_queries": touched_by(lambda: ask_peer(peer, queries)), "index_bytes": peer.index_bytes}}}


def stage_huge(options):
    """Ten million: made, built, and asked again by a fresh process that has only the files."""
    rows = options.rows or 10_000_000
    work = pathlib.Path(options.work)
    folder = work / f"rows-{rows}"
    maker = Ours(options.program, folder, rows)
    truth = maker.ask("truth")["rows"]
    kept = work / f"truth-{rows}.json"
    if truth[0]:  # Drawn by this run; else the files were there, and the truth lies beside them.
        kept.write_text(json.dumps(truth))
    truth = json.loads(kept.read_text())
    built = maker.ask("rebuild", "ivf", 0.99)
    maker.close()

    def recall(found):
        return round(float(numpy.mean([len(set(a) & set(b)) / HITS for a, b in zip(found, truth)])), 4)

    ours = Ours(options.program, folder, rows)
    curve, stream = [], [ours.ask("stream")["gb_s"]]
    for wanted in (0.9, 0.95, 0.97, 0.99):
        about = ours.ask("reopen", "ivf", wanted)
        ours.search(first=QUERIES, count=QUERIES)
        answer = ours.search()
        stream.append(ours.ask("stream")["gb_s"])
        curve.append({"setting": wanted, "recall_at_10": recall(answer["rows"]), **times_of(answer["ms"])})
    ours.close()
    ours = Ours(options.program, folder, rows)
    ours.ask("close")
    before = ours.ask("memory")
    setting = cheapest(curve, 0.95)
    about = ours.ask("reopen", "ivf", setting)
    ours.search(count=1000)
    answer = ours.search()
    ours.ask("forget")
    ours.search(count=1000)
    after = ours.ask("memory")
    ours.close()
    return {"vectors_huge.json": {
        "machine": machine(), "rows": rows, "dimension": DIMENSION, "stream_gb_s": round(statistics.median(stream), 2),
        "built": built, "opened": about, "curve": curve, "setting": setting, **times_of(answer["ms"]),
        "recall_at_10": recall(answer["rows"]), "memory_before": before, "memory_after_1000_queries": after, "publish_rows_seconds": maker.ready["publish_seconds"]}}


def stage_growth(options):
    """Codes alone, by codes_bench beside the program; whole searches, from the sizes that the folder holds."""
    sizes = (10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)
    program = pathlib.Path(options.program).with_name("codes_bench")
    scans = []
    for rows in sizes:
        done = subprocess.run([program, str(DIMENSION), str(rows)], check=True, capture_output=True, text=True)
        scans.append(json.loads(done.stdout))
    searches = []
    for rows in sizes[:4]:
        ours = Ours(options.program, pathlib.Path(options.work) / f"rows-{rows}", rows)
        for kind, recall in GROWTH_KINDS[rows]:
            about = ours.ask("index", kind, recall)
            ours.search()
            searches.append({"kind": kind, "rows": rows, "index_bytes": about["bytes"], "build_seconds": about["build_seconds"],
                             "asked_recall": recall, **times_of(ours.search()["ms"])})
        ours.close()
    return {"vectors_growth.json": {"machine": machine(), "dimension": DIMENSION, "codes": scans, "searches": searches}}


GROWTH_KINDS = {10_000: (("exact", 0.99), ("compressed", 0.99)), 100_000: (("exact", 0.99), ("compressed", 0.99)),
                1_000_000: (("exact", 0.99), ("ivf", 0.99), ("compressed", 0.99)), 10_000_000: (("ivf", 0.99),)}
STAGES = {"exact": stage_exact, "large": stage_large, "cold": stage_cold, "memory": stage_memory, "churn": stage_churn, "huge": stage_huge,
          "growth": stage_growth}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("stages", nargs="+", choices=STAGES)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", default=None)
    parser.add_argument("--peers", nargs="*")
    parser.add_argument("--out", default=pathlib.Path(__file__).parent / "results")
    options = parser.parse_args()
    peers_module.faiss.omp_set_num_threads(THREADS)
    with tempfile.TemporaryDirectory() as temporary:
        options.work = options.work or temporary
        pathlib.Path(options.work).mkdir(parents=True, exist_ok=True)
        for stage in options.stages:
            for name, result in STAGES[stage](options).items():
                (pathlib.Path(options.out) / name).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
