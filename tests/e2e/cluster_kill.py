"""Nodes of a cluster that die under searches and writes: no search fails, no acknowledged write is lost.

usage: cluster_kill.py VITRINE REMOTE PHOTOS TEST_CLUSTER ROUNDS [REPORT]

In each round a node is killed as a power cut would, in turn, and started again, while one program searches without a pause,
another captions one picture after the other, and a third lays pictures on a board. At the end all three nodes are killed at once
and started again. Then every caption and every picture on the board stands there whose command had said that it is done. REPORT gets
the counts as JSON.
"""
import json
import pathlib
import subprocess
import sys
import threading
import time

VITRINE, REMOTE, PHOTOS, CLUSTER, ROUNDS = sys.argv[1:6]
REPORT = sys.argv[6] if len(sys.argv) > 6 else None
PICTURES = sorted(pathlib.Path(PHOTOS).resolve().glob("*.png"))[:20]
over = threading.Event()
searches, failures, captions, acknowledged, laid = [], [], [], {}, []


def vitrine(*arguments):
    return subprocess.run([CLUSTER, "exec", VITRINE, "--library", REMOTE, *arguments], capture_output=True, text=True)


def search():
    """One program that answers lines, as a gallery would; a second way in is a program of its own for each question."""
    stream = subprocess.Popen([CLUSTER, "exec", VITRINE, "-q", "--library", REMOTE, "search", "--queries", "-", "--jsonl", "-n", "5"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not over.is_set():
        print("a red flower", file=stream.stdin, flush=True)
        line = stream.stdout.readline()
        if not line:
            failures.append(("the stream of searches ended", stream.stderr.read()))
            return
        answer = json.loads(line)
        searches.append(len(answer["hits"]))
        if len(answer["hits"]) != 5 or answer.get("notes"):
            failures.append(("a search of the stream", line))
    stream.stdin.close()
    stream.wait()


def ask_anew():
    while not over.is_set():
        run = vitrine("-q", "search", "--json", "-n", "5", "a bird")
        searches.append(1)
        if run.returncode != 0 or len(json.loads(run.stdout)["hits"]) != 5:
            failures.append(("a search", run.stderr))


def write():
    number = 0
    while not over.is_set():
        number += 1
        picture, caption = PICTURES[number % len(PICTURES)], f"written{number}"
        run = vitrine("-q", "note", "--caption", caption, str(picture))
        if run.returncode == 0:
            captions.append(caption)
            acknowledged[picture] = caption
        else:
            failures.append(("a write", run.stderr))


def lay():
    while not over.is_set():
        run = vitrine("-q", "board", "add", "Together", str(PICTURES[len(laid) % len(PICTURES)]))
        if run.returncode == 0:
            laid.append(run)
        else:
            failures.append(("a step of a board", run.stderr))


def check_board():
    run = vitrine("board", "show", "Together", "--json")
    board = json.loads(run.stdout.splitlines()[-1])["board"] if run.returncode == 0 else {"items": [], "revision": 0}
    if not len(board["items"]) == board["revision"] == len(laid):
        failures.append((f"of {len(laid)} pictures that were laid on a board {len(board['items'])} are there", run.stderr))


def report(seconds):
    """What was counted; "failures" are searches and writes that failed, and writes that were lost."""
    counts = {"schema": 1, "what": "nodes of a cluster of three killed in turn and started again under searches and writes, then all three at once",
              "rounds": int(ROUNDS), "seconds": round(seconds), "searches": len(searches), "captions_acknowledged": len(captions), "board_steps_acknowledged": len(laid),
              "failures": len(failures)}
    print(json.dumps(counts))
    if REPORT:
        pathlib.Path(REPORT).write_text(json.dumps(counts, indent=1) + "\n")


def main():
    start = time.monotonic()
    vitrine("-q", "board", "new", "Together")
    threads = [threading.Thread(target=work) for work in (search, ask_anew, write, lay)]
    for thread in threads:
        thread.start()
    for number in range(int(ROUNDS)):
        time.sleep(2)
        node = str(number % 3 + 1)
        subprocess.run([CLUSTER, "kill", node], check=True)
        time.sleep(4)
        subprocess.run([CLUSTER, "start", node], check=True, stderr=subprocess.DEVNULL)
    over.set()
    for thread in threads:
        thread.join()

    for node in "123":
        subprocess.run([CLUSTER, "kill", node], check=True)
    subprocess.run([CLUSTER, "up"], check=True, stderr=subprocess.DEVNULL)
    for picture, caption in acknowledged.items():
        run = vitrine("-q", "search", "--json", "-n", "2", f'"{caption}"')
        hits = json.loads(run.stdout)["hits"] if run.returncode == 0 else []
        if [hit["path"] for hit in hits] != [str(picture)]:
            failures.append((f"{caption} of {picture.name} was lost", run.stdout + run.stderr))
    check_board()
    for failure in failures[:10]:
        print(*failure)
    report(time.monotonic() - start)
    return 1 if failures or not acknowledged or not laid or len(searches) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
