#!/usr/bin/env python3
"""What a query costs that is asked of many shards: writes bench/results/cluster_fanout.json.

usage: tools/test-cluster up; tools/test-cluster exec python3 bench/cluster_fanout.py [--out FILE]

Measured on the test cluster: (1) the processor time that the coordinating node spends on one query, the shards being
elsewhere: the index lies on nodes 2 and 3, node 1 is asked, with 1 to 300 shards of few documents; (2) how long one shard
of SHARD_ROWS vectors takes, a thousand times. Simulated from these: a query of S shards, each on a node of its own with its
time drawn from (2), lasts as long as the slowest draw and then the coordinator's time, a line fitted to (1). What the
simulation leaves out: the network, queues, replicas that stand in for a slow copy, and garbage collection on a node under load.
"""
import argparse
import http.client
import json
import os
import pathlib
import random
import statistics
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
DIMENSION = 384
HITS = 64  # Candidates that Vitrine asks each query for.
SHARDS = (1, 3, 10, 30, 100, 300)
ROWS_A_SHARD = 200
SHARD_ROWS = 20_000
QUERIES = 100
SIMULATED = (1, 3, 10, 30, 100, 135, 200, 300, 500, 700, 1000)
DRAWS = 20_000
rng = random.Random(8)


class Node:
    def __init__(self, port):
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, method, path, body=None):
        text = body if isinstance(body, str) else json.dumps(body) if body is not None else None
        self.line.request(method, path, text, {"Content-Type": "application/x-ndjson" if "_bulk" in path else "application/json"})
        answer = self.line.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:500]!r}")
        return json.loads(content)


def vector():
    return [rng.randint(-127, 127) for _ in range(DIMENSION)]


def fill(node, name, shards, rows, where):
    """An index of our vectors' kind with documents that carry what ours carry: a code of 2.7 bytes a dimension."""
    mapping = {"properties": {"vector": {"type": "knn_vector", "dimension": DIMENSION, "data_type": "byte",
                                         "method": {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil"}},
                              "code": {"type": "binary"}, "id": {"type": "long"}}}
    settings = {"index": {"knn": True, "number_of_shards": shards, "number_of_replicas": 0, "refresh_interval": -1,
                          "routing.allocation.include._name": where}}
    node.ask("PUT", f"/{name}", {"settings": settings, "mappings": mapping})
    code = "A" * int(2.7 * DIMENSION)
    for first in range(0, rows, 1000):
        lines = []
        for row in range(first, min(first + 1000, rows)):
            lines += [json.dumps({"index": {}}), json.dumps({"id": row, "vector": vector(), "code": code})]
        node.ask("POST", f"/{name}/_bulk", "\n".join(lines) + "\n")
    node.ask("POST", f"/{name}/_forcemerge?max_num_segments=1")
    node.ask("POST", f"/{name}/_refresh")


def query():
    return {"size": HITS, "_source": ["id", "code"], "query": {"knn": {"vector": {"vector": vector(), "k": HITS}}}}


def coordinator_cost(one):
    """[(shards, processor ms of the coordinating node a query, wall ms a query)]."""
    def spent():
        nodes = one.ask("GET", "/_nodes/_local/stats/process")["nodes"]
        return next(iter(nodes.values()))["process"]["cpu"]["total_in_millis"]

    rows = []
    for shards in SHARDS:
        name = f"fanout-{shards}"
        fill(one, name, shards, shards * ROWS_A_SHARD, "node2,node3")
        for _ in range(QUERIES):  # Until the virtual machine has compiled what it needs.
            one.ask("POST", f"/{name}/_search", query())
        costs, walls = [], []
        for _ in range(5):
            before, start = spent(), time.perf_counter()
            for _ in range(QUERIES):
                one.ask("POST", f"/{name}/_search", query())
            walls.append((time.perf_counter() - start) * 1000 / QUERIES)
            costs.append((spent() - before) / QUERIES)
        rows.append({"shards": shards, "coordinator_cpu_ms": round(statistics.median(costs), 2), "wall_ms": round(statistics.median(walls), 1)})
        print(rows[-1], flush=True)
        one.ask("DELETE", f"/{name}")
    return rows


def shard_times(two):
    """Wall times of one shard, asked on the node where it lies, less what asking for nothing takes."""
    fill(two, "shard", 1, SHARD_ROWS, "node2")
    for _ in range(QUERIES):
        two.ask("POST", "/shard/_search", query())
    times = []
    for _ in range(1000):
        body = query()
        start = time.perf_counter()
        two.ask("POST", "/shard/_search", body)
        times.append((time.perf_counter() - start) * 1000)
    two.ask("DELETE", "/shard")
    return times


def line_through(rows):
    """Least squares: (ms at no shard, ms a shard)."""
    xs, ys = [row["shards"] for row in rows], [row["coordinator_cpu_ms"] for row in rows]
    mean_x, mean_y = statistics.mean(xs), statistics.mean(ys)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) / sum((x - mean_x) ** 2 for x in xs)
    return max(0.0, mean_y - slope * mean_x), slope


def simulate(times, base, slope):
    rows = []
    for shards in SIMULATED:
        slowest = sorted(max(rng.choices(times, k=shards)) for _ in range(max(400, DRAWS // shards)))
        coordinator = base + slope * shards
        at = lambda share: round(slowest[int(share * (len(slowest) - 1))] + coordinator, 1)
        rows.append({"shards": shards, "slowest_shard_p50_ms": round(statistics.median(slowest), 1), "coordinator_ms": round(coordinator, 1),
                     "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99)})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=str(ROOT / "bench/results/cluster_fanout.json"))
    arguments = parser.parse_args()
    one, two = Node(9201), Node(9202)
    load = os.getloadavg()[0]
    costs = coordinator_cost(one)
    times = shard_times(two)
    base, slope = line_through(costs)
    simulated = simulate(times, base, slope)
    # Where one more shard costs more in the coordinator than the slowest shard takes.
    bend = next((row["shards"] for row in simulated if row["coordinator_ms"] > row["slowest_shard_p50_ms"]), None)
    ordered = sorted(times)
    result = {"what": "shards asked by one query: the coordinator's time measured, 1,000 shards simulated from measured times of one",
              "cores": os.cpu_count(), "load_before": load, "candidates": HITS, "measured": costs,
              "one_shard": {"rows": SHARD_ROWS, "count": len(times), "p50_ms": round(statistics.median(times), 2),
                            "p95_ms": round(ordered[950], 2), "p99_ms": round(ordered[990], 2), "worst_ms": round(ordered[-1], 2)},
              "coordinator": {"base_ms": round(base, 3), "ms_a_shard": round(slope, 4)},
              "simulated": simulated, "coordinator_outweighs_the_slowest_shard_from": bend}
    pathlib.Path(arguments.out).write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
