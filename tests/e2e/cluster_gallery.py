"""The gallery of a library on this machine and of its copy on a cluster, asked the same through the server.

usage: cluster_gallery.py photograph FOLDER...                      makes pictures with dates, cameras and lenses
       cluster_gallery.py compare VITRINE LOCAL REMOTE              lists, facets, facts, pictures: the same of both
       cluster_gallery.py away VITRINE REMOTE FOLDER                the folder of the originals is not mounted
"""
import atexit
import io
import itertools
import json
import pathlib
import random
import sys
import urllib.parse

SEED = 20260730
CAMERAS = ["Canon EOS 5D", "Canon EOS 5D Mark II", "FUJIFILM X-T5", "NIKON Z 6"]
LENSES = ["XF 35mm F1.4", "EF 50mm (old)"]
QUERIES = [
    "", "tag:places", "tag:beach", "-tag:beach", "type:png", "date:2023", "date:2023-07", "camera:canon", "rating:4",
    "rating:-1", "is:tagged", "is:untagged -type:jpg", "orientation:landscape", "color:red", "color:blue~30%", "-color:white",
    "color:#c86432", "(color:green OR mood:dark) -rating:4", "folder:2024", "iso:>=400", "name:pear", "size:>100px", "is:offline",
]
RANKED = ["a ripe pear", "red flower", "yellow flower color:yellow", "a bird -water", '"ripe pear"', "color:red bird~", "pear tag:beach"]


def photograph(folders):
    """JPEGs with EXIF, without a library for it: the smallest pictures that have these facts."""
    from PIL import Image
    dice = random.Random(SEED)
    print("seed", SEED)
    for number, folder in itertools.product(range(14), folders):
        picture = Image.new("RGB", dice.choice([(300, 200), (200, 300), (250, 250), (600, 200)]),
                            tuple(dice.randrange(256) for _ in range(3)))
        picture.paste(tuple(dice.randrange(256) for _ in range(3)), (0, 0, 120, 90))
        exif = picture.getexif()
        exif[0x0110] = dice.choice(CAMERAS)
        details = {}
        if dice.random() < 0.8:
            details[0x9003] = f"{dice.choice(['2019', '2023', '2023', '2024'])}:{dice.randrange(1, 13):02}:{dice.randrange(1, 29):02} 10:20:30"
        details[0x8827] = dice.choice([100, 400, 3200])
        details[0xA434] = dice.choice(LENSES)
        exif[0x8769] = details
        picture.save(pathlib.Path(folder) / f"img {number * 7}.jpg", exif=exif, quality=90)


def pixels(answer):
    from PIL import Image
    return Image.open(io.BytesIO(answer.body)).convert("RGB")


def compare(vitrine, local, remote):
    from server_client import Server, check
    here, there = Server(vitrine, local), Server(vitrine, remote)
    for server in (here, there):
        atexit.register(server.process.kill)
    asked = 0

    def same(path, *without):
        nonlocal asked
        a, b = here.get(path), there.get(path)
        check(a.status == b.status == 200, a.status, b.status, a.body, b.body, "for", path)
        a, b = a.json(), b.json()
        for name in ("version", "took_ms", *without):
            a.pop(name, None)
            b.pop(name, None)
        for name in sorted(set(a) | set(b)):
            check(a.get(name) == b.get(name), path, name, "here", json.dumps(a.get(name)), "there", json.dumps(b.get(name)))
        asked += 1
        return a

    for query in QUERIES:
        escaped = urllib.parse.quote(query)
        for order in ("newest", "oldest", "name", "added"):
            same(f"/api/v1/pictures?q={escaped}&order={order}")
        same(f"/api/v1/facets?q={escaped}")
    same("/api/v1/facets?most=3")
    for query in RANKED:
        escaped = urllib.parse.quote(query)
        same(f"/api/v1/pictures?q={escaped}&limit=40", "plan")
        same(f"/api/v1/facets?q={escaped}")
    everything = same("/api/v1/pictures")
    check(len(everything["ids"]) > 60 and len(everything["months"]) > 5, "too little to compare")
    fields = {facet["field"] for facet in same("/api/v1/facets")["facets"]}
    check(fields == {"tag", "date", "camera", "lens", "folder", "color", "type", "rating", "orientation"}, "facets", fields)
    for picture in everything["ids"]:
        same(f"/api/v1/pictures/{picture}")
        same(f"/api/v1/pictures/{picture}/palette")
    some = everything["ids"][:5]
    for picture in some:
        for what in ("rendition?edge=300", "original"):
            a, b = here.get(f"/api/v1/pictures/{picture}/{what}"), there.get(f"/api/v1/pictures/{picture}/{what}")
            check(a.status == b.status == 200 and a.body == b.body and len(a.body) > 300, what, a.status, b.status, b.body)
        # That of the local library was made while indexing, from the pixels that the model saw.
        a, b = (pixels(server.get(f"/api/v1/pictures/{picture}/thumbnail")) for server in (here, there))
        check(a.size == b.size, "thumbnails of", a.size, b.size)
        off = [abs(x - y) for x, y in zip(a.tobytes(), b.tobytes())]
        check(sum(off) / len(off) < 6, "thumbnails differ by", sum(off) / len(off))
    check(there.get("/api/v1/pictures/999999").status == 404, "an unknown picture")
    check(there.get("/api/v1/pictures?q=color:nosuch").status == 400, "an unknown colour")
    check(there.get("/api/v1/pictures").json()["version"] == there.get("/api/v1/pictures").json()["version"], "a version that moves by itself")

    lacks = there.get("/api/v1/library").json()["lacks"]
    check(here.get("/api/v1/library").json()["lacks"] == [], "a library on this machine lacks something")
    info = there.get("/api/v1/library").json()
    check(info["exists"] and info["pictures"] == len(everything["ids"]) and info["folders"], "the library says", info)
    for part, path in (("duplicates", "/api/v1/duplicates"), ("tags", "/api/v1/tags"), ("journal", "/api/v1/journal")):
        answer = there.get(path)
        check(answer.status == (501 if part in lacks else 200), path, answer.status, answer.body)
    boards(there, everything["ids"][:12])
    there.stop()
    here.stop()
    print(f"{asked} answers are the same")


def boards(server, ids):
    """All that a page does with boards, with the answers held against the description."""
    import server_api
    description = json.loads((pathlib.Path(__file__).parents[2] / "src/server/openapi.json").read_text())
    server_api.boards(server_api.Described(server, description), ids)


def away(vitrine, remote, folder):
    from server_client import Server, check
    there = Server(vitrine, remote)
    atexit.register(there.process.kill)
    ids = there.get("/api/v1/pictures").json()["ids"]
    check(there.get(f"/api/v1/pictures/{ids[0]}/thumbnail").status == 200, "a thumbnail that was kept is gone")
    for path in (f"/api/v1/pictures/{ids[-1]}/thumbnail", f"/api/v1/pictures/{ids[0]}/rendition?edge=400", f"/api/v1/pictures/{ids[0]}/original"):
        answer = there.get(path)
        words = answer.json()["error"]["message"]
        check(answer.status == 404 and folder in words and "mount" in words, path, answer.status, words)
    check(there.get("/api/v1/library").json()["folders"][0]["offline"], "a folder that is away is not said to be")
    there.stop()


if __name__ == "__main__":
    task, *rest = sys.argv[1:]
    if task == "photograph":
        photograph(rest)
    else:
        {"compare": compare, "away": away}[task](*rest)
