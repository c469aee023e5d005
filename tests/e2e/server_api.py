#!/usr/bin/env python3
"""Every route of the server once, as a page would use it, and each answer held against its schema in openapi.json.

usage: server_api.py VITRINE LIBRARY DESCRIPTION PICTURE

LIBRARY holds indexed pictures with a copy among them and a file that cannot be read; PICTURE is one that is not in it.
"""
import json
import re
import sys
import time
import urllib.parse

import jsonschema

from server_client import PATIENCE_S, Answer, Server, check, described_routes


class Described:
    """A Server whose answers must be what the description says; remembers which operations were used."""

    def __init__(self, server, description):
        self.server = server
        self.description = description
        self.used = set()

    def operation(self, method, path):
        best = None
        for wanted, pattern, operation in described_routes(self.description):
            if wanted == method and re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(pattern)), path):
                if best is None or best[0].count("{") > pattern.count("{"):
                    best = (pattern, operation)
        check(best, method, path, "is not described")
        return best

    def ask(self, method, target, body=None, status=None, headers=(), kind=None):
        path = target.partition("?")[0]
        pattern, operation = self.operation(method, path)
        self.used.add((method, pattern))
        if kind is not None:
            headers = [*headers, ("Content-Type", kind)]
        elif method != "GET" and body is None:
            body = {}
        answer = self.server.send(method, target, headers, body=body)
        status = status or next(int(code) for code in operation["responses"] if code != "default")
        check(answer.status == status, method, target, "gives", answer.status, answer.body[:400], "not", status)
        self.hold(operation, answer, f"{method} {target}")
        return answer

    def hold(self, operation, answer, asked):
        described = operation["responses"].get(str(answer.status), operation["responses"].get("default"))
        kind = (answer.header("content-type") or "").partition(";")[0]
        content = described.get("content", {})
        check(kind in content or "application/octet-stream" in content or kind.startswith("text/") or not content,
              asked, "is of type", kind, "not", list(content))
        schema = content.get(kind, {}).get("schema")
        if schema is None:
            return
        whole = {**schema, "components": self.description["components"]}
        errors = list(jsonschema.Draft202012Validator(whole).iter_errors(answer.json()))
        check(not errors, asked, "is not as described:", errors[0].message if errors else "",
              list(errors[0].absolute_path) if errors else "", answer.body[:300])
        if kind == "application/json" and not asked.endswith("openapi.json"):
            check(answer.json()["schema"] == 1, asked, "has no schema")
            check(answer.header("cache-control") == "no-store", asked, "may be kept:", answer.header("cache-control"))

    def json(self, *arguments, **more):
        return self.ask(*arguments, **more).json()

    def finished(self, job):
        """The job as it ended."""
        for _ in range(PATIENCE_S * 10):
            now = next(one for one in self.json("GET", "/api/v1/jobs")["jobs"] if one["id"] == job["id"])
            if now["state"] != "running":
                return now
            time.sleep(0.1)
        sys.exit(f"FAILED: job {job} does not end")


class Events:
    """The stream of events, open."""

    def __init__(self, server):
        self.connection = server.connect()
        self.connection.sendall(
            f"GET /api/v1/events HTTP/1.1\r\nHost: {server.host}\r\nCookie: {server.cookie}\r\n\r\n".encode())
        self.got = b""
        while b"\r\n\r\n" not in self.got:
            self.got += self.connection.recv(4096)
        check(Answer(self.got).header("content-type") == "text/event-stream", self.got)

    def until(self, *names):
        while not all(f"event: {name}\n".encode() in self.got for name in names):
            piece = self.connection.recv(4096)
            check(piece, "the events end:", self.got[-400:])
            self.got += piece

    def close(self):
        self.connection.close()


def library_and_pictures(d, picture):
    library = d.json("GET", "/api/v1/library")
    check(library["exists"] and library["pictures"] > 5 and library["failures"] == 1, library)
    check(d.json("GET", "/api/v1/failures")["failures"][0]["path"].endswith("broken.jpg"), "the failure is not named")
    listed = d.json("GET", "/api/v1/pictures")
    check(not listed["ranked"] and listed["total"] == library["pictures"] == len(listed["ids"]), listed)
    check(sum(month["count"] for month in listed["months"]) == listed["total"], listed["months"])
    for order in ("oldest", "name", "added"):
        other = d.json("GET", f"/api/v1/pictures?order={order}")
        check(sorted(other["ids"]) == sorted(listed["ids"]), order)
    found = d.json("GET", "/api/v1/pictures?q=a%20banana&explain=1&diverse=1&group=similar&limit=5")
    check(found["ranked"] and len(found["hits"]) <= 5 and found["plan"], found)
    best = found["hits"][0]["id"]
    details = d.json("GET", f"/api/v1/pictures/{best}")
    check(details["id"] == best and "banana" in details["name"] + "".join(p["path"] for p in details["paths"]), details)
    thumbnail = d.ask("GET", f"/api/v1/pictures/{best}/thumbnail")
    check(thumbnail.body.startswith(b"\xff\xd8") and "immutable" in thumbnail.header("cache-control"), thumbnail.headers)
    again = d.server.get(f"/api/v1/pictures/{best}/thumbnail", headers=[("If-None-Match", thumbnail.header("etag"))])
    check(again.status == 304 and again.body == b"", again.status)
    check(d.ask("GET", f"/api/v1/pictures/{best}/rendition?edge=200").body.startswith(b"\xff\xd8"), "no rendition")
    original = d.ask("GET", f"/api/v1/pictures/{best}/original")
    check(len(original.body) == details["size_bytes"], len(original.body), details["size_bytes"])
    head = d.server.send("HEAD", f"/api/v1/pictures/{best}/original")
    check(head.status == 200 and head.body == b"" and head.header("content-length") == str(details["size_bytes"]), head.headers)
    middle = d.server.get(f"/api/v1/pictures/{best}/original", headers=[("Range", "bytes=10-19")])
    check(middle.status == 206 and middle.body == original.body[10:20], middle.status)
    last = d.server.get(f"/api/v1/pictures/{best}/original", headers=[("Range", "bytes=-7")])
    check(last.status == 206 and last.body == original.body[-7:], last.status)
    check(d.server.get(f"/api/v1/pictures/{best}/original", headers=[("Range", "bytes=99999999-")]).status == 416, "a far range")
    check(d.json("GET", f"/api/v1/pictures/{best}/palette")["palette"], "no colours")
    for form, start in (("ase", b"ASEF"), ("gpl", b"GIMP Palette"), ("css", b"")):
        saved = d.ask("GET", f"/api/v1/pictures/{best}/palette?format={form}")
        check(saved.body.startswith(start) and "attachment" in saved.header("content-disposition"), form, saved.headers)
    check(d.json("GET", "/api/v1/facets?q=&most=5")["facets"] is not None, "no facets")
    with open(picture, "rb") as file:
        bytes_ = file.read()
    like = d.json("POST", "/api/v1/pictures/like?limit=3", body=bytes_, kind="image/png")
    check(like["ranked"] and len(like["hits"]) <= 3, like)
    name = urllib.parse.quote("a b\u00e9\"<x>.png")
    added = d.json("POST", "/api/v1/pictures", body=bytes_, kind="image/png", headers=[("X-Vitrine-Name", name)])
    check(added["id"] not in listed["ids"], added)
    check(d.json("GET", f"/api/v1/pictures/{added['id']}")["name"].endswith(".png"), "the new picture's name")
    check(d.json("POST", "/api/v1/pictures", body=bytes_, kind="application/octet-stream",
                 headers=[("X-Vitrine-Name", "twice.png")])["id"] == added["id"], "the same picture is new")
    check(d.json("POST", "/api/v1/pictures/note", body={"ids": [best], "rating": 4, "caption": "yellow"})["changed"] == 1, "note")
    details = d.json("GET", f"/api/v1/pictures/{best}")
    check(details["rating"] == 4 and details["caption"] == "yellow", details)
    return [id_ for id_ in listed["ids"] if id_ != best][:6] + [best]


def tags_and_searches(d, ids):
    check(d.json("POST", "/api/v1/tags/decide", body={"word": "add", "tag": "fruit <b>", "ids": ids[:3]})["pictures"] == 3, "tag")
    check(any(tag["tag"] == "fruit <b>" and tag["accepted"] == 3 for tag in d.json("GET", "/api/v1/tags")["tags"]), "the tag")
    d.json("POST", "/api/v1/tags/suggest", body={"ids": ids[:4], "limit": 3})
    d.json("POST", "/api/v1/tags/teach", body={"tag": "sweet", "yes": ids[:3], "no": ids[3:6]})
    check(d.json("POST", "/api/v1/tags/rename", body={"from": "fruit <b>", "to": "fruit"})["pictures"] == 3, "rename")
    check(d.json("POST", "/api/v1/tags/delete", body={"tag": "fruit"})["pictures"] == 3, "delete")
    undone = d.json("POST", "/api/v1/undo")["entry"]
    check(d.json("POST", "/api/v1/redo")["entry"]["id"] == undone["id"], "redo")
    check(d.json("GET", "/api/v1/journal?limit=3")["entries"], "no journal")
    d.json("PUT", "/api/v1/searches/my%20best", body={"query": "a banana"})
    check(d.json("GET", "/api/v1/searches")["searches"] == [{"name": "my best", "query": "a banana"}], "searches")
    d.json("DELETE", "/api/v1/searches/my%20best")
    d.json("DELETE", "/api/v1/searches/my%20best", status=404)


def jobs(d, ids):
    events = Events(d.server)
    d.used.add(("GET", "/api/v1/events"))
    job = d.json("POST", "/api/v1/jobs/index", body={"retry_failed": True})
    done = d.finished(job)
    check(done["state"] == "done" and done["result"]["failed"] == 1, done)
    events.until("job", "library")
    events.close()
    names = [one for one in d.json("GET", "/api/v1/jobs")["jobs"] if one["kind"] == "names"]
    check(names and names[0]["state"] in ("running", "done"), "the names of the vocabulary are learnt unasked", names)
    check(d.json("GET", "/api/v1/duplicates")["state"] in ("none", "ready"), "duplicates")
    job = d.json("POST", "/api/v1/jobs/duplicates")
    d.json("POST", f"/api/v1/jobs/{job['id']}/stop")
    check(d.finished(job)["state"] in ("done", "stopped"), "a stopped job")
    check(d.finished(d.json("POST", "/api/v1/jobs/duplicates"))["state"] == "done", "duplicates")
    check(d.json("GET", "/api/v1/duplicates")["state"] == "ready", "no report")
    groups = [{"keep": ids[0], "others": [ids[1]]}]
    check(d.json("POST", "/api/v1/duplicates/tag", body={"groups": groups, "tag": "copy"})["pictures"] == 1, "tagged copies")
    d.json("POST", "/api/v1/jobs/none/stop", status=404)


def models(d):
    def states():
        return {model["id"]: model["state"] for model in d.json("GET", "/api/v1/models")["models"]}

    listed = d.json("GET", "/api/v1/models")
    check(states() == {"starter": "answers", "tiny-1.0.0": "unseen"}, states())
    check([model["pictures"] for model in listed["models"]] == [listed["pictures"], 0], listed)
    used = d.finished(d.json("POST", "/api/v1/jobs/model", body={"model": "starter", "with": "tiny"}))
    check(used["state"] == "done" and used["result"]["answers"] and used["result"]["embedded"] == listed["pictures"], used)
    check(used["step"] and used["done"] <= used["total"], "progress", used)
    check(states() == {"starter": "answers", "tiny-1.0.0": "mixed_in"}, states())
    check(d.json("GET", "/api/v1/library")["model"].endswith(" + tiny 1.0.0"), "the library names both")
    hits = d.json("GET", "/api/v1/pictures?q=a%20banana&limit=3")["hits"]
    check(all("with tiny 1.0.0" in hit["why"][-1] for hit in hits), "who found it:", hits)
    alone = d.finished(d.json("POST", "/api/v1/jobs/model", body={"model": "starter"}))
    check(alone["result"]["embedded"] == 0 and states() == {"starter": "answers", "tiny-1.0.0": "ready"}, alone, states())
    none = d.finished(d.json("POST", "/api/v1/jobs/model", body={"model": "../tiny"}))
    check(none["state"] == "failed" and none["error"]["code"] == "model", none)
    d.json("POST", "/api/v1/jobs/model", body={}, status=400)


def boards(d, ids):
    board = d.json("POST", "/api/v1/boards", body={"name": "Kitchen", "pictures": ids})
    at = f"/api/v1/boards/{board['id']}"
    check(len(board["items"]) == len(ids), board["items"])
    check([one["id"] for one in d.json("GET", "/api/v1/boards")["boards"]] == [board["id"]], "boards")
    note = {"id": "n1", "kind": "note", "x": 5, "y": 6, "width": 100, "height": 50, "text": "hello <b>", "font_px": 20}
    edit = d.json("PATCH", at, body={"base_revision": board["revision"], "what": "a note", "changes": [{"id": "n1", "item": note}],
                                     "background": "#102030"})
    check(edit["revision"] > board["revision"] and not edit["conflicts"], edit)
    check(any(item["id"] == "n1" and item["text"] == "hello <b>" for item in d.json("GET", at)["items"]), "the note")
    behind = d.json("PATCH", at, body={"base_revision": board["revision"], "changes": [{"id": "n1", "item": None}]})
    check(behind["missed"], "two tabs:", behind)
    undone = d.json("POST", f"{at}/undo", body={"base_revision": behind["revision"]})
    check(d.json("POST", f"{at}/redo", body={"base_revision": undone["revision"]})["revision"] > undone["revision"], "redo")
    check(d.json("GET", f"{at}/steps?since={board['revision']}")["steps"], "no steps")
    version = d.json("POST", f"{at}/versions", body={"name": "first"})
    check([one["id"] for one in d.json("GET", f"{at}/versions")["versions"]] == [version["id"]], "versions")
    for by in ("meaning", "colour", "time", "clusters", "pack", "rows"):
        check(d.json("POST", f"{at}/arrange", body={"by": by})["revision"] > version["revision"], by)
    d.json("POST", f"{at}/versions/{version['id']}/restore")
    check(d.json("POST", f"{at}/suggest", body={"kind": "more", "limit": 3})["hits"] is not None, "suggest")
    check(d.json("GET", f"{at}/palette")["palette"], "no palette")
    check(d.ask("GET", f"{at}/palette?format=css").header("content-disposition").startswith("attachment"), "palette file")
    d.json("PUT", f"{at}/template", body={"is_template": True})
    check(d.json("GET", "/api/v1/boards")["boards"][0]["is_template"], "no template")
    export = d.finished(d.json("POST", f"{at}/export", body={"format": "zip"}))
    check(export["state"] == "done", export)
    archive = d.ask("GET", export["result"]["download"])
    check(archive.body.startswith(b"PK") and len(archive.body) == export["result"]["bytes"], archive.headers)
    d.json("GET", f"/api/v1/downloads/{'0' * 32}", status=404)
    imported = d.finished(d.json("POST", "/api/v1/boards/import", body=archive.body, kind="application/zip"))
    check(imported["state"] == "done" and imported["result"]["id"] != board["id"], imported)
    copy = d.json("GET", f"/api/v1/boards/{imported['result']['id']}")
    check(len(copy["items"]) == len(d.json("GET", at)["items"]), "the copy")
    d.json("DELETE", at)
    check(any(one["id"] == board["id"] for one in d.json("GET", "/api/v1/boards?deleted=1")["boards"]), "gone for good")
    d.json("POST", f"{at}/restore")
    check(d.json("GET", at)["name"] == "Kitchen", "not restored")


def mistakes(d):
    """Errors are as described, too."""
    for target, status in (("/api/v1/pictures/999999", 404), ("/api/v1/pictures/x", 400), ("/api/v1/pictures?order=x", 400),
                           ("/api/v1/pictures?limit=0", 400), ("/api/v1/pictures/999999/thumbnail", 404),
                           ("/api/v1/pictures/1/rendition?edge=9", 400), ("/api/v1/boards/0123456789abcdef", 404)):
        d.ask("GET", target, status=status)
    d.ask("POST", "/api/v1/tags/decide", body={"word": "eat", "tag": "x", "ids": [1]}, status=400)
    d.ask("POST", "/api/v1/tags/decide", body={"word": "add", "tag": "x", "ids": [1], "more": 1}, status=400)
    wrong = d.server.send("DELETE", "/api/v1/pictures", [("Content-Type", "application/json")], body=b"{}")
    check(wrong.status == 405 and wrong.header("allow") == "GET, POST", wrong.status, wrong.headers)
    check(d.server.get("/api/v1/nothing").json()["error"]["code"] == "not_found", "no such address")


def main(vitrine, library, description_file, picture):
    with open(description_file) as file:
        description = json.load(file)
    jsonschema.Draft202012Validator.check_schema({"components": description["components"], "$defs": description["components"]["schemas"]})
    server = Server(vitrine, library)
    d = Described(server, description)
    check(d.json("GET", "/api/v1/openapi.json") == description, "the program describes itself otherwise")
    ids = library_and_pictures(d, picture)
    tags_and_searches(d, ids)
    jobs(d, ids)
    models(d)
    boards(d, ids)
    mistakes(d)
    missing = {(method, pattern) for method, pattern, _ in described_routes(description)} - d.used
    check(not missing, "never asked:", missing)
    check(server.stop() == 143, "the end:", server.process.returncode)
    empty = Server(vitrine, "no-library-yet")
    d.server = empty
    check(not d.json("GET", "/api/v1/library")["exists"], "a library from nowhere")
    for target in ("failures", "models", "journal", "searches", "boards", "jobs", "duplicates"):
        d.json("GET", f"/api/v1/{target}")
    check(empty.get("/").status == 200 and empty.stop() == 143, "no page without a library")
    print(f"{len(d.used)} routes, each answer as described")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
