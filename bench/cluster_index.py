#!/usr/bin/env python3
"""Indexing into a cluster: three indexers that share the work beside one that has all of it, and one of three killed.

usage: tools/test-cluster exec python3 bench/cluster_index.py VITRINE PHOTOS [--pictures 3000] [--rounds 2] [--out FILE]

All run on this machine, and so do the three nodes: what there is to be had is the machine's cores, so that three
indexers are ideal when they are as quick as the one. It runs with as many threads as there are cores, each of the three
with one. They are measured as whole processes, interleaved, each run into a library that is new, with working libraries
that are new. Beside the seconds stand the processor seconds of the indexers (decoders included), which others on the
machine disturb less. In the run with a kill, one of three gets SIGKILL when it has recorded its first pictures; "embedded" are pictures
that went through the model, of all three. "there" counts the documents of the cluster; pictures are told apart by SHA-256.
"""
import argparse
import hashlib
import json
import os
import pathlib
import resource
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.request

HOST = "127.0.0.1:9201"


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return "unknown"


def ask(path, method="GET"):
    request = urllib.request.Request(f"http://{HOST}/{path}", method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


class Run:
    """Some indexers of one library, from nothing."""

    def __init__(self, vitrine, folder, work, name):
        self.vitrine, self.folder, self.work, self.name = vitrine, folder, work, name

    def start(self, machine, threads, *options):
        environment = {**os.environ, "XDG_DATA_HOME": f"{self.work}/{self.name}-{machine}"}
        return subprocess.Popen(
            [self.vitrine, "--threads", str(threads), "--library", f"opensearch://{HOST}/{self.name}", "index", *options,
             self.folder], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def there(self):
        ask(f"vitrine-library-{self.name}/_refresh", "POST")
        return ask(f"vitrine-library-{self.name}/_count")["count"]

    def forget(self):
        for index in ask(f"_cat/indices/vitrine-*-{self.name}*?format=json"):
            ask(index["index"], "DELETE")
        for folder in pathlib.Path(self.work).glob(f"{self.name}-*"):
            shutil.rmtree(folder)


def report_of(process):
    out, said = process.communicate()
    if process.returncode != 0:
        raise SystemExit(f"vitrine index: exit {process.returncode}: {said}")
    return json.loads(out.splitlines()[-1]), said


def timed(run, indexers, threads):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    reports = [report_of(process)[0] for process in [run.start(machine, threads, "--json") for machine in range(indexers)]]
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = {"seconds": round(seconds, 2),
              "processor_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
              "embedded": [report["indexed"] for report in reports], "there": run.there()}
    run.forget()
    return result


def killed(run):
    """Three, of which one dies."""
    victim = run.start(0, 1, "--jsonl")
    others = [run.start(machine, 1, "--json") for machine in (1, 2)]
    first = victim.stdout.readline()
    victim.send_signal(signal.SIGKILL)
    lines = [first, *victim.stdout.readlines()]
    victim.wait()
    start = time.perf_counter()
    ended = [report_of(process) for process in others]
    result = {"recorded_by_the_killed_one": sum('"indexed"' in line for line in lines),
              "embedded_by_the_others": [report["indexed"] for report, _ in ended],
              "seconds_after_the_kill": round(time.perf_counter() - start, 2),
              "taken_over": any("taken over from" in said for _, said in ended), "there": run.there()}
    run.forget()
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vitrine")
    parser.add_argument("photos")
    parser.add_argument("--pictures", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--out")
    arguments = parser.parse_args()
    cores = os.cpu_count()
    ones, threes = [], []
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work) / "photos"
        folder.mkdir()
        names = sorted(p for p in pathlib.Path(arguments.photos).iterdir() if p.suffix == ".jpg")[:arguments.pictures]
        for name in names:
            shutil.copy(name, folder)
        distinct = len({hashlib.sha256(name.read_bytes()).digest() for name in names})
        time.sleep(3)  # What has just been written counts as in doubt.
        runs = (Run(arguments.vitrine, str(folder), work, f"bench{number}") for number in range(1000))
        for _ in range(arguments.rounds):
            ones.append(timed(next(runs), 1, cores))
            threes.append(timed(next(runs), 3, 1))
        after_kill = killed(next(runs))
    median = {kind: {what: statistics.median(run[what] for run in all_runs) for what in ("seconds", "processor_s")}
              for kind, all_runs in (("one", ones), ("three", threes))}
    result = {
        "bench": "cluster_index", "cpu": processor(), "cores": cores, "nodes_on_the_same_cores": 3, "pictures": len(names),
        "distinct": distinct, "one": {"threads": cores, "runs": ones}, "three": {"threads_each": 1, "runs": threes},
        "share_of_ideal": round(median["one"]["seconds"] / median["three"]["seconds"], 3),
        "share_of_ideal_by_processor_time": round(median["one"]["processor_s"] / median["three"]["processor_s"], 3),
        "one_killed": after_kill,
        "all_there_once": all(run["there"] == distinct for run in [*ones, *threes, after_kill]),
    }
    text = json.dumps(result, indent=2)
    print(text)
    if arguments.out:
        pathlib.Path(arguments.out).write_text(text + "\n")


if __name__ == "__main__":
    main()
