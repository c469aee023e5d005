"""Write bench/data/fusion.json: 500 queries of mixed kind over the Flickr8k dev photos, with what each is to find.

The photos get made-up names, folders, cameras and tags, so that some queries can be answered by meaning alone, some by a name,
a folder or a tag alone, and some only by both. Texts only; the bench (fusion_bench.py) lays the photos out so.
usage: fusion_set.py FLICKR8K OUT
"""
import json
import random
import re
import sys

SEED = 20261125
PEOPLE = "anneliese bartholomew cosima dragos evelina fenella gustavo henrietta ileana joaquim katarzyna leopold mirela nikodem ottilie".split()
PLACES = "sibiu ljubljana tromso oaxaca cluj valparaiso gdansk uppsala braga galway tartu ghent olomouc annecy bergen".split()
EVENTS = "birthday graduation reunion picnic marathon workshop regatta carnival housewarming rehearsal".split()
CAMERAS = ("FUJIFILM X-T5", "LEICA Q3", "NIKON Z 6", "Canon EOS R6")
COUNTS = {"meaning": 100, "name only": 70, "folder only": 60, "exact words": 60, "camera + meaning": 60, "tag + meaning": 50, "name + meaning": 60, "folder + meaning": 40}


def plain(caption):
    return " ".join(re.findall(r"[A-Za-z0-9']+", caption)).lower()


def photos(folder, dice):
    """One record a photo: file, captions, and what is made up."""
    captions = {}
    with open(f"{folder}/captions.tsv", encoding="utf-8") as file:
        for line in file:
            name, caption = line.rstrip("\n").split("\t")
            captions.setdefault(name, []).append(plain(caption))
    with open(f"{folder}/dev.txt", encoding="utf-8") as file:
        names = [line.strip() for line in file if line.strip()]
    out = []
    for number, name in enumerate(names):
        place, event, person = dice.choice(PLACES), dice.choice(EVENTS), dice.choice(PEOPLE)
        year = dice.randrange(2009, 2025)
        named = number % 4 == 0
        out.append({"file": name, "captions": captions[name], "folder": f"{year} {place} {event}",
                    "name": f"{person}_{number:04d}" if named else f"img_{number:04d}", "person": person if named else "", "place": place, "event": event,
                    "year": year, "camera": dice.choice(CAMERAS), "tag": f"people/{dice.choice(PEOPLE)}" if number % 5 == 0 else ""})
    return out


def query(kind, photo, dice):
    caption = dice.choice(photo["captions"])
    return {"meaning": lambda: caption, "name only": lambda: f"{photo['person']} {photo['name'][-4:]}",
            "folder only": lambda: f"{photo['place']} {photo['event']} {photo['year']}",
            "exact words": lambda: f"\"{photo['place']} {photo['event']}\"", "camera + meaning": lambda: f"{caption} camera:{photo['camera'].split()[0].lower()}",
            "tag + meaning": lambda: f"{caption} tag:{photo['tag']}", "name + meaning": lambda: f"{photo['person']} {caption}",
            "folder + meaning": lambda: f"{photo['place']} {photo['event']} {caption}"}[kind]()


def answers(kind, photo, everything):
    """The photos that the query is to find."""
    same = {"name only": lambda p: p["name"] == photo["name"],
            "folder only": lambda p: p["folder"] == photo["folder"],
            "exact words": lambda p: (p["place"], p["event"]) == (photo["place"], photo["event"])}.get(kind, lambda p: p["file"] == photo["file"])
    return [p["file"] for p in everything if same(p)]


def main():
    folder, out = sys.argv[1:]
    dice = random.Random(SEED)
    everything, queries = photos(folder, dice), []
    for kind, count in COUNTS.items():
        fits = [p for p in everything if (not kind.startswith("name") or p["person"]) and (not kind.startswith("tag") or p["tag"])]
        for photo in dice.sample(fits, count):
            queries.append({"kind": kind, "query": query(kind, photo, dice), "find": answers(kind, photo, everything)})
    kept = [{key: p[key] for key in ("file", "folder", "name", "camera", "tag")} for p in everything]
    with open(out, "w", encoding="utf-8") as file:
        file.write(json.dumps({"seed": SEED, "photos": kept, "queries": queries}, indent=0, sort_keys=True) + "\n")


main()
