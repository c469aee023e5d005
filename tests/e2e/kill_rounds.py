#!/usr/bin/env python3
"""kill -9 at random moments of an index run: nothing acknowledged is lost and the next run needs no human.

usage: kill_rounds.py VITRINE PHOTOS LIBRARY ROUNDS

Each round touches half of the files (so that there is work), starts `vitrine index --jsonl`, kills it after a random time that
is at most what a run over all of them takes on this machine (what a killed run left undone is work for the next), and
checks: the catalog's integrity_check is ok, and every file whose line had appeared (written only after the record was
on the disk) has a picture in the catalog. The last run is left alone and must find everything.
"""
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

SEED = 20261122


def touch(photos, names, number):
    """Puts bytes behind the files' ends: their content changes, their pictures do not."""
    for name in names:
        with open(os.path.join(photos, name), "ab") as file:
            file.write(number.to_bytes(4, "little"))


def whole_run_s(command):
    start = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.monotonic() - start


def kill_one_run(command, delay_s):
    """Runs the indexer, kills it after `delay_s`; returns the paths it acknowledged."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    timer = threading.Timer(delay_s, lambda: process.send_signal(signal.SIGKILL))
    timer.start()
    acknowledged = []
    for line in process.stdout:
        if not line.endswith(b"\n"):
            break  # Cut by the kill: not acknowledged.
        record = json.loads(line)
        if record.get("outcome") in ("indexed", "reused"):
            acknowledged.append(record["path"])
    timer.cancel()
    return acknowledged, process.wait()


def check(library, acknowledged):
    """The names of acknowledged files that the catalog does not know as pictures."""
    catalog = sqlite3.connect(os.path.join(library, "catalog.sqlite"))
    state = catalog.execute("PRAGMA integrity_check").fetchone()[0]
    if state != "ok":
        sys.exit(f"integrity_check: {state}")
    known = {os.fsdecode(row[0]) for row in catalog.execute("SELECT path FROM file WHERE asset IS NOT NULL")}
    catalog.close()
    return [path for path in acknowledged if path not in known]


def main(vitrine, photos, library, rounds):
    print(f"seed {SEED}, {rounds} rounds")
    rng = random.Random(SEED)
    command = [vitrine, "--library", library, "index", "--jsonl", photos]
    originals = sorted(os.listdir(photos))
    killed = acknowledged_files = 0
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    touch(photos, originals, rounds)
    longest_s = whole_run_s(command)
    for number in range(rounds):
        touch(photos, rng.sample(originals, len(originals) // 2), number)
        if number % 50 == 49:
            shutil.rmtree(os.path.join(library, "vectors"), ignore_errors=True)
        acknowledged, status = kill_one_run(command, rng.uniform(0, longest_s))
        killed += status == -signal.SIGKILL
        acknowledged_files += len(acknowledged)
        if os.path.exists(os.path.join(library, "catalog.sqlite")):
            lost = check(library, acknowledged)
            if lost:
                sys.exit(f"round {number}: {len(lost)} acknowledged files are not in the catalog, first {lost[0]}")
        elif acknowledged:
            sys.exit(f"round {number}: files were acknowledged and there is no catalog")
    done = subprocess.run(command, capture_output=True, text=True)
    report = json.loads(done.stdout.splitlines()[-1])
    if done.returncode != 0 or report["indexed"] + report["reused"] != len(originals):
        sys.exit(f"the last run: exit {done.returncode}, {report}, {done.stderr}")
    answers = subprocess.run([vitrine, "--library", library, "search", "--format", "{path}", "-n", "10000", "animal"],
                             capture_output=True, text=True).stdout.splitlines()
    if len(answers) != len(originals):
        sys.exit(f"{len(answers)} pictures are found, not {len(originals)}")
    if killed < rounds // 5 or acknowledged_files == 0:
        sys.exit(f"{killed} of {rounds} runs killed, {acknowledged_files} files acknowledged: the test shows nothing")
    print(f"{killed} of {rounds} runs killed, {acknowledged_files} files acknowledged, none lost")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:4], int(sys.argv[4]))
