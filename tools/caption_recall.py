#!/usr/bin/env python3
"""How often a caption finds its picture, through the command line.

usage: caption_recall.py VITRINE LIBRARY CAPTIONS.tsv

CAPTIONS.tsv: the end of a picture's path, tab, caption. Prints recall@1, @5 and @10 in percent. Captions that stand
beside several pictures count as found by any of them.
"""
import json
import subprocess
import sys


def main(vitrine, library, captions):
    wanted = {}
    for line in open(captions, encoding="utf-8"):
        name, caption = line.rstrip("\n").split("\t")
        wanted.setdefault(" ".join(caption.split()), set()).add(name)
    command = [vitrine, "--library", library, "search", "--queries", "-", "--jsonl", "-n", "10"]
    done = subprocess.run(command, input="".join(caption + "\n" for caption in wanted), capture_output=True, text=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(wanted):
        sys.exit(f"{len(wanted)} queries, {len(answers)} answers: {done.stderr[-400:]}")
    ranks = []
    for names, answer in zip(wanted.values(), answers):
        hits = [hit["path"] for hit in answer["hits"]]
        ranks.append(next((i for i, hit in enumerate(hits) if any(hit.endswith(name) for name in names)), 10))
    for k in (1, 5, 10):
        print(f"recall@{k:<2} {100 * sum(rank < k for rank in ranks) / len(ranks):5.1f} %")
    print(f"{len(ranks)} captions as queries over {answers[0]['total']} pictures")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
