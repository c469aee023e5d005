"""Asks a library on this machine and its copy on a cluster the same, and compares the answers.

usage: cluster_parity.py VITRINE LOCAL REMOTE PHOTOS [--rounds N]

Hits, their order, scores, relevance, reasons, totals, notes and exit codes are to be equal; prints what is not.
"""
import json
import pathlib
import subprocess
import sys

VITRINE, LOCAL, REMOTE, PHOTOS = sys.argv[1:5]
ROUNDS = int(sys.argv[6]) if len(sys.argv) > 6 else 1
PICTURE = str(pathlib.Path(PHOTOS).resolve() / "pear.png")

QUERIES = [
    "a ripe pear", "red flower", "a bird in flight -water", "pear OR banana", '"ripe pear"', '"no such words"',
    "pear", "photos", "2:flower yellow", "bird tag:animals/bird", "tag:bird", "tag:a*", "-tag:bird flower",
    "rating:>=4", "rating:5", "is:tagged", "is:untagged dog", "is:unrated", "type:png", "type:jpg", "name:pear",
    "name:*.png cat", "folder:photos", "folder:nowhere", "orientation:landscape", "orientation:square flower",
    "size:>100px", "size:<50KB dog", "mood:dark", "mood:vivid flower", "(cat OR dog) -orientation:portrait",
    "date:2024", "is:offline", "camera:canon", "color:red", "color:yellow flower", "color:#c86432~20% -tag:bird",
    "color:green color:yellow", "-color:white bird", "color:blue OR color:red~40%",
]


def ask(library, arguments):
    run = subprocess.run([VITRINE, "--library", library, *arguments], capture_output=True, text=True)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    for line in lines:
        line.pop("took_ms", None)
        for hit in line.get("hits", []):
            hit.pop("thumbnail", None)
    return run.returncode, lines, run.stderr


def main():
    words = pathlib.Path("queries.txt")
    words.write_text("\n".join(QUERIES) + "\n")
    cases = [["search", "--queries", str(words), "--jsonl", "-n", "10"],
             ["search", "--json", "--all", "flower"], ["search", "--json", "--diverse", "-n", "8", "bird"],
             ["search", "--json", "--group", "similar", "cat"], ["similar", "--json", "-n", "12", PICTURE],
             ["search", "--json", "-n", "3", "yellow", "--like", PICTURE], ["search", "--json", "folder:nowhere"],
             ["search", "--json", "tag:("]]
    failures = shared = wanted = 0
    for _ in range(ROUNDS):
        for case in cases:
            here, there = ask(LOCAL, case), ask(REMOTE, case)
            if here[0] != there[0]:
                failures += 1
                print("exit", here[0], there[0], case, there[2])
            if len(here[1]) != len(there[1]):
                failures += 1
                print("answers", len(here[1]), len(there[1]), case)
            for a, b in zip(here[1], there[1]):
                best = {hit["id"] for hit in a["hits"][:10]}
                shared += len(best & {hit["id"] for hit in b["hits"][:10]})
                wanted += len(best)
                for key in sorted(set(a) | set(b)):
                    if a.get(key) != b.get(key):
                        failures += 1
                        print(a["query"], key, json.dumps(a.get(key))[:600], json.dumps(b.get(key))[:600], sep="\n  ")
    overlap = shared / max(wanted, 1)
    print(f"{len(QUERIES) + len(cases) - 1} queries, {ROUNDS} rounds: {failures} differences, top-10 overlap {overlap:.4f}")
    return 1 if failures or overlap < 0.98 or wanted < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
