#!/usr/bin/env python3
"""Makes docs/performance.md and its figures from bench/results/vectors_*.json.

usage: performance_page.py [--check]     --check: fails when the files say otherwise (the test lint.performance)
"""
import json
import pathlib
import statistics
import sys

from svg_plot import plot

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAMES = {"vitrine": "Vitrine", "vitrine_ivf": "Vitrine, in lists (ivf)", "faiss_flat_f32": "faiss flat f32", "faiss_flat_f32_sharded": "faiss flat f32, a shard a core",
         "faiss_sq8": "faiss SQ8", "faiss_sq8_sharded": "faiss SQ8, a shard a core", "hnswlib": "hnswlib f32, M = 16",
         "usearch_i8": "usearch int8 graph", "faiss_ivf_sq8": "faiss IVF SQ8"}
LATER = "not measured yet"


def read(stage):
    path = ROOT / f"bench/results/vectors_{stage}.json"
    return json.loads(path.read_text()) if path.exists() else None


def ms(value):
    return f"{value:.0f} ms" if value >= 100 else f"{value:.1f} ms" if value >= 10 else f"{value:.2f} ms"


def size(value):
    return f"{value / 1e9:.2f} GB" if value >= 1e9 else f"{value / 1e6:.0f} MB"


def percent(value):
    return f"{100 * value:.0f} %"


REASONS = {
    "p95": "new rows are scanned one by one until a rebuild, which comes at a fifth of the rows and takes seconds: it could come sooner",
    "scattered pages": "rows lie in the order they came, so each of a query's best few hundred touches a page of its own; rows in list order would share pages",
    "cold first result": "the bits of a million rows are 76 MB to fetch from the disk, which a search does page by page; asking for all at once would help",
    "cold open": "a header for each 16,384 rows is read on its own; warm it takes a millisecond",
    "slower than unfiltered": "where a tenth or more of the rows are allowed, their bits are tested beside the scan",
}


def verdict(pairs):
    """"reached", or which of the named demands were not."""
    missed = [name for name, good in pairs if not good]
    return "reached" if not missed else "not reached: " + "; ".join(name + (f" ({REASONS[name]})" if name in REASONS else "") for name in missed)


def row_exact():
    asked = "100k, one query | <= 1/4 of faiss flat f32 and <= faiss SQ8; recall@10 >= 0.995"
    data = read("exact")
    if not data:
        return asked, LATER, ""
    all_of = data["methods"]
    ours, flat, sq8 = (all_of[name] for name in ("vitrine", "faiss_flat_f32", "faiss_sq8"))
    said = (f"{ms(ours['p50_ms'])}, recall {ours['recall_at_10']:.3f}; flat {ms(flat['p50_ms'])} ({flat['p50_ms'] / ours['p50_ms']:.1f} times), "
            f"SQ8 {ms(sq8['p50_ms'])} ({sq8['p50_ms'] / ours['p50_ms']:.1f} times, recall {sq8['recall_at_10']:.3f})")
    return asked, said, verdict((("flat", ours["p50_ms"] <= flat["p50_ms"] / 4), ("SQ8", ours["p50_ms"] <= sq8["p50_ms"]),
                                 ("recall", ours["recall_at_10"] >= 0.995)))


def rows_large():
    one = "1M, one query | <= 1/4 of faiss SQ8 at recall@10 >= 0.99; memory touched <= 30 % of hnswlib's; build >= 50 times faster than hnswlib's"
    many = "1M, 32 queries at once | >= 4 times faiss flat f32 per query"
    few = "1M, filters 0.001-50 % | recall >= 0.99 at each point, never slower than unfiltered"
    data, memory = read("large"), read("memory")
    if not data:
        yield from ((asked, LATER, "") for asked in (one, many, few))
        return
    all_of = data["methods"]
    ours, sq8, flat, graph = (all_of.get(name) for name in ("vitrine", "faiss_sq8", "faiss_flat_f32", "hnswlib"))
    said = f"{ms(ours['p50_ms'])}, recall {ours['recall_at_10']:.3f}; SQ8 {ms(sq8['p50_ms'])} ({sq8['p50_ms'] / ours['p50_ms']:.0f} times)"
    demands = [("time", ours["p50_ms"] <= sq8["p50_ms"] / 4), ("recall", ours["recall_at_10"] >= 0.99)]
    if memory:
        touched, theirs = memory["vitrine"]["all_queries"], memory["hnswlib"]["all_queries"]
        said += (f"; {memory['queries']:,} different queries touch {size(touched)}, hnswlib's {size(theirs)} ({percent(touched / theirs)}), one "
                 f"{size(memory['vitrine']['one_query'])}")
        demands.append(("memory", touched <= 0.3 * theirs))
    if graph and "build_cpu_seconds" in graph and ours["index"]["build_cpu_seconds"] > 0:
        times = graph["build_cpu_seconds"] / ours["index"]["build_cpu_seconds"]
        said += f"; build {ours['index']['build_cpu_seconds']:.1f} s of processor, hnswlib {graph['build_cpu_seconds']:.0f} s ({times:.0f} times)"
        demands.append(("build", times >= 50))
    yield one, said, verdict(demands)
    times = flat["batch32_ms_per_query"] / ours["batch32_ms_per_query"]
    yield many, f"{ms(ours['batch32_ms_per_query'])} a query; flat {ms(flat['batch32_ms_per_query'])} ({times:.0f} times)", verdict([("time", times >= 4)])
    yield few, *row_filters(data)


def row_filters(data):
    points = [(point["share"], point["methods"]["vitrine"]) for point in data.get("filters", [])]
    if not points:
        return LATER, ""
    recall = min(ours["recall_at_10"] for _, ours in points if ours["recall_at_10"] is not None)
    slowest = max(ours["p50_ms"] / ours["unfiltered_p50_ms"] for _, ours in points)
    return (f"least recall {recall:.3f}; at worst {slowest:.2f} times the unfiltered query beside it",
            verdict((("recall", recall >= 0.99), ("slower than unfiltered", slowest <= 1.05))))


def row_churn():
    asked = "1M, half replaced in random order | recall unchanged, delete <= 1 us, p95 at most 20 % worse, space back after compaction"
    data = read("churn")
    if not data:
        return asked, LATER, ""
    points, after = data["points"], data["compacted"]
    served = [point.get("after_rebuild", point) for point in points]
    recall = min(point["recall_at_10"] for point in served)
    erase = max(point["erase_ns_each"] for point in points[1:])
    worse = statistics.median(point["p95_ms"] for point in served[1:]) / points[0]["p95_ms"] - 1
    before, now = sum(data["disk_before"].values()), sum(after["disk"].values())
    said = (f"recall {points[0]['recall_at_10']:.3f}, at least {recall:.3f} on the way, {after['recall_at_10']:.3f} after; delete {erase:.1f} ns; "
            f"p95 {100 * worse:+.0f} % (median of ten steps); {size(before)} on disk, {size(now)} after compaction in {after['seconds'] + after['index_seconds']:.0f} s")
    return asked, said, verdict((("recall", recall >= points[0]["recall_at_10"] - 0.005), ("delete", erase <= 1000), ("p95", worse <= 0.2),
                                 ("space", now <= 0.7 * before)))


def row_cold():
    asked = "1M, cold file | first result <= 150 ms; open alone <= 20 ms"
    data = read("cold")
    if not data:
        return asked, LATER, ""
    opened, first = (statistics.median(run[key] for run in data["runs"]) for key in ("open_ms", "first_search_ms"))
    said = f"open {ms(opened)}, first result {ms(opened + first)} after it began"
    for name, runs in data["peers"].items():
        said += f"; {NAMES[name]} {ms(statistics.median(run['open_ms'] + run['first_search_ms'] for run in runs))}"
    return asked, said, verdict((("cold first result", opened + first <= 150), ("cold open", opened <= 20)))


def row_huge():
    asked = "10M | <= 20 ms at recall@10 >= 0.95, <= 2 GB resident, build <= 20 min"
    data = read("huge")
    if not data:
        return asked, LATER, ""
    memory = data["memory_after_1000_queries"]
    build = data["built"]["build_seconds"] / 60
    said = (f"{ms(data['p50_ms'])}, recall {data['recall_at_10']:.3f}; index {size(data['built']['bytes'])}; 1,000 different queries touch {size(memory['touched'])}, "
            f"{size(memory['RssAnon'])} of it not pages of files (the process shows {size(memory['VmRSS'])}: the kernel maps what it has cached around each page); "
            f"build {build:.1f} min")
    return asked, said, verdict((("time", data["p50_ms"] <= 20), ("recall", data["recall_at_10"] >= 0.95), ("scattered pages", memory["touched"] <= 2e9), ("build", build <= 20)))


def row_growth():
    asked = "growth | a plot of time and memory at 10k to 100M codes beside the bandwidth limit"
    data = read("growth")
    if not data:
        return asked, LATER, ""
    last = data["codes"][-1]
    return asked, f"{last['rows'] / 1e6:.0f}M codes: {ms(last['p50_ms'])}, {size(last['bytes'])}, {percent(last['of_streaming'])} of the memory's speed (figure below)", "reached"


def targets():
    lines = ["| n x 512 | asked | measured | |\n", "|---|---|---|---|\n"]
    for asked, said, end in (row_exact(), *rows_large(), row_churn(), row_cold(), row_huge(), row_growth()):
        what, demand = asked.split(" | ")
        lines.append(f"| {what} | {demand} | {said} | {end} |\n")
    return "".join(lines)


def methods(stage, title):
    data = read(stage)
    if not data:
        return ""
    lines = [f"### {title}\n\n", f"Memory streamed at {data['stream_gb_s']} GB/s in the same run.\n\n",
             "| index | one query, p50 | p95 | 32 at once, a query | recall@10 | read a query | of the memory's speed | size |\n", "|---|---|---|---|---|---|---|---|\n"]
    for name, entry in data["methods"].items():
        touched = size(entry["bytes_read"]) if "bytes_read" in entry else "a walk"
        share = percent(entry["of_streaming"]) if "of_streaming" in entry else ""
        bytes_of = entry.get("index_bytes") or entry["index"]["bytes"]
        setting = entry.get("setting")
        setting = "" if setting is None else f", asked for {setting}" if name == "vitrine" else f", ef = {setting}"
        lines.append(f"| {NAMES[name]}{setting} | {ms(entry['p50_ms'])} | {ms(entry['p95_ms'])} | {ms(entry['batch32_ms_per_query'])} | "
                     f"{entry['recall_at_10']:.3f} | {touched} | {share} | {size(bytes_of) if bytes_of else 'none beside the rows'} |\n")
    return "".join(lines) + "\n"


def filters():
    data = read("large")
    if not data or not data.get("filters"):
        return ""
    names = [name for name in data["filters"][0]["methods"]]
    lines = ["### Filters, a million rows\n\n", "Each cell: p50, recall@10.\n\n",
             "| allowed | " + " | ".join(NAMES[name] for name in names) + " | Vitrine unfiltered beside it |\n", "|---|" + "---|" * (len(names) + 1) + "\n"]
    for point in data["filters"]:
        cells = [f"{ms(entry['p50_ms'])}, {'-' if entry['recall_at_10'] is None else format(entry['recall_at_10'], '.3f')}" for entry in point["methods"].values()]
        lines.append(f"| {100 * point['share']:g} % ({point['allowed']:,}) | " + " | ".join(cells) + f" | {ms(point['methods']['vitrine']['unfiltered_p50_ms'])} |\n")
    return "".join(lines) + ("\nhnswlib's filter is a function that it calls for each row it visits, in Python here: read its recall, not its time; "
                             "0 means that it found fewer than ten and returned an error.\n\n")


def churn():
    data = read("churn")
    if not data:
        return ""
    lines = ["### Half of a million replaced\n\n", "| replaced | recall@10 | p50 | p95 | delete, a row | after a rebuild (p95, recall) |\n", "|---|---|---|---|---|---|\n"]
    for point in data["points"]:
        again = point.get("after_rebuild")
        lines.append(f"| {100 * point['replaced']:.0f} % | {point['recall_at_10']:.3f} | {ms(point['p50_ms'])} | {ms(point['p95_ms'])} | "
                     f"{format(point['erase_ns_each'], '.1f') + ' ns' if 'erase_ns_each' in point else ''} | "
                     f"{ms(again['p95_ms']) + ', ' + format(again['recall_at_10'], '.3f') if again else ''} |\n")
    return "".join(lines) + "\n"


def shape():
    data = read("shape")
    if not data:
        return ""
    lines = ["## The data, held against real embeddings\n\n",
             "`tests/support/clip_like.h` draws the vectors; `bench/vector_shape.py` compared them with the starter model's vectors of Flickr8k's photos "
             "and one caption each. CLIP's own vectors lie in narrower cones than the starter's (Liang et al., NeurIPS 2022), which the recipe follows.\n\n",
             "| | starter | made up |\n", "|---|---|---|\n"]
    for key in data["starter"]:
        lines.append(f"| {key.replace('_', ' ')} | {data['starter'][key]:g} | {data['made_up'][key]:g} |\n")
    return "".join(lines) + "\n"


def trade_figure(data):
    times = [point["p50_ms"] for points in data["curves"].values() for point in points]
    ticks = [(t, f"{t:g}") for t in (0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300) if min(times) / 2 <= t <= max(times) * 2]
    curves = [(NAMES[name], [(point["recall_at_10"], point["p50_ms"]) for point in points if point["recall_at_10"] >= 0.7], False)
              for name, points in data["curves"].items()]
    return plot(f"One query among {data['rows']:,} x {data['dimension']}", "recall@10 against float32", "p50, ms",
                ("misses", 0.7, 0.9995, [(r, str(r)) for r in (0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)]),
                ("log", min(times) / 1.5, max(times) * 1.5, ticks), curves)


def growth_figures(data):
    codes = data["codes"]
    rows = ("log", 8e3, 1.3e8, [(10 ** n, label) for n, label in ((4, "10k"), (5, "100k"), (6, "1M"), (7, "10M"), (8, "100M"))])
    limit = [(scan["rows"], scan["bytes"] / scan["stream_gb_s"] / 1e6) for scan in codes]
    time = [("1-bit codes, scanned", [(scan["rows"], scan["p50_ms"]) for scan in codes], False),
            ("1-bit, 32 at once", [(scan["rows"], scan["batch32_ms_per_query"]) for scan in codes], False)]
    memory = [("1-bit codes", [(scan["rows"], scan["bytes"]) for scan in codes], False)]
    for kind in ("exact", "compressed", "ivf"):
        points = [search for search in data["searches"] if search["kind"] == kind]
        if points:
            time.append((f"whole search, {kind}", [(search["rows"], search["p50_ms"]) for search in points], False))
    time.append(("the memory's limit, 1-bit", limit, True))
    low = min(b for _, points, _ in time for _, b in points)
    high = max(b for _, points, _ in time for _, b in points)
    ticks = [(10.0 ** n, f"{10.0 ** n:g}") for n in range(-4, 5) if low / 3 <= 10.0 ** n <= high * 3]
    memory.append(("rows, 2 bytes a number", [(scan["rows"], scan["rows"] * 1028) for scan in codes if scan["rows"] <= 1e7], False))
    sizes = [(1e6, "1 MB"), (1e7, "10 MB"), (1e8, "100 MB"), (1e9, "1 GB"), (1e10, "10 GB")]
    yield "growth_time.svg", plot("Time of a query as rows grow", "rows", "p50, ms", rows, ("log", low / 2, high * 2, ticks), time)
    yield "growth_memory.svg", plot("Bytes as rows grow", "rows", "bytes", rows, ("log", 5e5, 2e10, sizes), memory)


def figures():
    large, growth = read("large"), read("growth")
    if large:
        yield "recall_time.svg", trade_figure(large)
    if growth:
        yield from growth_figures(growth)


def page(names):
    data = read("large") or read("exact")
    if not data:
        return "# Performance of the vector indexes\n\nNot measured yet: `make bench`.\n"
    on = data["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in on["versions"].items())
    pictures = "".join(f"![{name[:-4].replace('_', ' ')}](figures/{name})\n\n" for name in names)
    return (
        "# Performance of the vector indexes\n\n"
        "<!-- Made by tools/performance_page.py from bench/results/vectors_*.json. Do not edit. -->\n\n"
        f"Measured on {on['cores']} shared cores of an {on['cpu']} processor ({data['kernel']} kernels), {on['memory_gb']} GB of memory, Linux {on['kernel']}; "
        f"{versions}; {on['threads_each']} threads each. Ours and the peers were asked in turns on the same vectors (`bench/vectors.py`), so that a busy machine "
        "is busy for all: read the ratios. Recall@10 is against float32 dot products of the unrounded vectors, with sentences asked of pictures across the "
        "modality gap. faiss runs one query on one thread; the rows \"a shard a core\" give it all cores. "
        "usearch rounds unit vectors to int8 without a scale of their own, which bounds its recall. hnswlib's graph was built while the machine was busy: its build is "
        "given in processor seconds. A share of the memory's speed above 100 % means that part of the bytes came from the 32 MB cache, or that the memory was busier "
        "when its speed was taken.\n\n"
        "## What was asked, and what was measured\n\n" + targets() + "\n"
        "## Beside the peers\n\n" + methods("exact", "A hundred thousand rows, exact") + methods("large", "A million rows, one bit a number") +
        filters() + churn() + "## Figures\n\n" + pictures + (f"Note: {data['curves_note']}.\n\n" if "curves_note" in data else "") + shape() +
        "## How to repeat it\n\n`make bench`, or one stage: `bench/vectors.py build/release/bin/vectors_bench large --work FOLDER`. "
        "Building hnswlib's graph takes most of the time.\n")


def main():
    drawn = dict(figures())
    wanted = {ROOT / "docs/figures" / name: svg for name, svg in drawn.items()} | {ROOT / "docs/performance.md": page(list(drawn))}
    if "--check" in sys.argv[1:]:
        stale = [str(path.relative_to(ROOT)) for path, words in wanted.items() if not path.exists() or path.read_text() != words]
        if stale:
            sys.exit(f"{', '.join(stale)}: not what bench/results/ says: run tools/performance_page.py")
        print("performance: the page says what bench/results/ says")
        return
    for path, words in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words)


if __name__ == "__main__":
    main()
