#!/usr/bin/env python3
"""The server under attack: nobody but its owner reads a byte or changes a thing, and nobody makes it fall over.

usage: server_security.py VITRINE LIBRARY DESCRIPTION PICTURE

LIBRARY holds indexed pictures, one of them named with markup; DESCRIPTION is openapi.json, which names every route (a unit
test holds it against the table of routes); PICTURE is a file that is not in the library. Sizes of the attacks are printed
with what was measured. Nothing here depends on how fast the machine is.
"""
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time

import server_shapes as shapes
from server_client import Answer, Server, check, described_routes, fill, read_to_end

CANARY = b"nobody-may-read-this-b51c"
MEMORY_MB = 64
SLOW = 200
REFUSED = (400, 401, 403, 404, 405, 415, 421)


def count_things(server):
    """What a request that got through would have changed."""
    state = [server.get(f"/api/v1/{what}").json() for what in ("journal", "boards", "boards?deleted=1", "searches", "jobs", "tags")]
    for answer in state:  # The one job that nobody asks for is at work.
        answer["jobs"] = [job for job in answer.get("jobs", []) if job["kind"] != "names"]
    return state


def foreign_hosts(server, routes):
    hosts = shapes.foreign_hosts(server.port)
    check(len(hosts) >= 100, "only", len(hosts), "hosts")
    for path in ("/api/v1/library", "/", f"/launch?key={server.key}"):
        for host in hosts:
            answer = server.get(path, host=host)
            check(answer.status in (400, 403, 421), f"Host {host!r} gets", answer.status, answer.body)
            check(b"<script" not in answer.body and b'"pictures"' not in answer.body, f"Host {host!r} reads", answer.body)
    odd = [f"GET /api/v1/library HTTP/1.1\r\nCookie: {server.cookie}\r\n{host}\r\n\r\n" for host in (
        "X: y", f"Host: {server.host}\r\nHost: attacker.com", f"Host: attacker.com\r\nHost: {server.host}",
        f"Host: {server.host}\r\nHost: {server.host}", f"X-Forwarded-Host: {server.host}\r\nHost: attacker.com",
        f"Host : {server.host}", f"Host: {server.host},{server.host}", f"Forwarded: host={server.host}")]
    odd += [f"GET {uri} HTTP/1.1\r\nHost: {host}\r\nCookie: {server.cookie}\r\n\r\n" for uri in (
        f"http://{server.host}/api/v1/library", "http://attacker.com/api/v1/library", "attacker.com:80", "*", "api/v1/library")
            for host in (server.host, "attacker.com")]
    odd.append(f"GET /api/v1/library HTTP/1.0\r\nCookie: {server.cookie}\r\n\r\n")
    for data in odd:
        answer = server.raw(data.encode())
        check(answer.status in (0, 400, 403, 421), repr(data), "gets", answer.status, answer.body)
    for host in (server.host, f"localhost:{server.port}"):
        check(server.get("/api/v1/library", host=host).status == 200, host, "is refused")
    print(f"Host: {len(hosts)} variants x 3 addresses, {len(odd)} odd requests: all refused")


def cross_site(server, routes):
    before = count_things(server)
    both, writes = shapes.cross_site_shapes(server.port), shapes.shapes_that_change_nothing(server.port)
    check(len(both) >= 30, "only", len(both), "shapes")
    sent = 0
    for method, pattern, _ in routes:
        changes = method not in ("GET", "HEAD")
        for name, headers in both + (writes if changes else []):
            if changes and not any(key == "Content-Type" for key, _ in headers):
                headers = [*headers, ("Content-Type", "application/json")]
            answer = server.send(method, fill(pattern), headers, body=b"{}" if changes else None, origin="")
            check(answer.status in (400, 403, 405), method, pattern, "by", name, "gets", answer.status, answer.body)
            sent += 1
        for asked in ("GET", "POST", "OPTIONS", "TRACE", "PROPFIND"):  # Forms, pictures, preflights.
            if asked == method:
                continue
            answer = server.send(asked, fill(pattern), [("Origin", "http://attacker.com"),
                                                        ("Access-Control-Request-Method", method)], origin="")
            check(answer.status in (0, *REFUSED), asked, pattern, "gets", answer.status)
            sent += 1
        if changes:  # A form's content types stay out even from the server's own page.
            for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "text/html", ""):
                answer = server.send(method, fill(pattern), [("Content-Type", kind)], body=b"{}")
                check(answer.status == 415 or (kind.startswith("multipart") and answer.status == 400),
                      method, pattern, "takes", kind, answer.status, answer.body)
                sent += 1
    check(count_things(server) == before, "something changed")
    print(f"cross-site: {len(routes)} routes x {len(both)} shapes and more, {sent} requests: nothing accepted")


def without_session(server, routes):
    wrong = ["0" * 64, server.session[:-1], server.session + "0", server.session.upper(), server.key, "", server.session[::-1]]
    name = server.cookie.partition("=")[0]
    cookies = [None] + [f"{name}={value}" for value in wrong] + [
        f"{name.upper()}={server.session}", f"vitrine_session={server.session}", f"{server.cookie}; {server.cookie}",
        f"{name}={'0' * 64}; {server.cookie}", f'{name}="{server.session}"']
    pages = ["/", "/index.html", "/boards", "/assets/x.js", "/launch", "/launch?key=", f"/launch?key={server.key}",
             f"/launch?key={'0' * 64}", "/launch?key=" + server.key[:-1]]
    page = server.get("/").body.decode()
    pages += re.findall(r'(?:src|href)="(/[^"]+)"', page)
    for cookie in cookies:
        for method, pattern, _ in routes:
            answer = server.send(method, fill(pattern), [("Content-Type", "application/json")] if method != "GET" else [],
                                 body=b"{}" if method != "GET" else None, cookie=cookie)
            check(answer.status == 401 and answer.json()["error"]["code"] == "unauthorised", method, pattern, "with", cookie,
                  "gets", answer.status, answer.body)
        for path in pages:
            answer = server.get(path, cookie=cookie)
            check(answer.status in (401, 403), path, "with", cookie, "gets", answer.status)
            check(b"<script" not in answer.body and answer.header("set-cookie") is None, path, "gives", answer.body)
    for method in ("HEAD", "OPTIONS"):
        answer = server.send(method, "/api/v1/pictures/1/thumbnail", cookie=None)
        check(answer.status in (0, *REFUSED) and (method != "HEAD" or answer.body == b""), method, answer.status)
    print(f"no session: {len(cookies)} cookies x {len(routes)} routes and {len(pages)} pages: 0 bytes")


def secrets(server, vitrine, library):
    check(re.fullmatch("[0-9a-f]{64}", server.key) and re.fullmatch("[0-9a-f]{64}", server.session), "keys of 256 bits")
    check(server.key != server.session, "one key for both")
    parts = {part.strip().lower() for part in server.set_cookie.split(";")[1:]}
    check({"path=/", "httponly", "samesite=strict"} <= parts and not any(part.startswith("domain") for part in parts),
          "the cookie is", server.set_cookie)
    check(set(server.said) == {"schema", "url", "launch_url"}, "serve --json says", server.said)
    check(server.get(f"/launch?key={server.key}", cookie=None).status == 403, "the key opens twice")
    another = Server(vitrine, library)
    check(len({server.key, server.session, another.key, another.session}) == 4, "keys come again")
    check(another.get("/api/v1/library", cookie=server.cookie).status == 401, "another run's cookie opens")
    check(another.stop() == 143, "SIGTERM ends otherwise than with 143")
    places = {f"/proc/{server.process.pid}/cmdline", f"/proc/{server.process.pid}/environ", server.errors.name}
    places |= {os.path.join(folder, name) for folder, _, names in os.walk(library) for name in names}
    for place in places:
        with open(place, "rb") as file:
            held = file.read()
        for secret in (server.key, server.session):
            check(secret.encode() not in held and bytes.fromhex(secret) not in held, "a key is in", place)
    print(f"keys: in none of {len(places)} places where they must not be")


def files_here():
    """Not those that the server writes by itself: the catalog, and the names that it learns meanwhile."""
    return {os.path.join(folder, name) for folder, _, names in os.walk(".") for name in names
            if not re.search(r"\.sqlite|\.words", name)}


def climbing(server, routes, library):
    canary = os.path.abspath("canary.txt")
    paths = shapes.climbing_paths(5000, [canary, os.path.join(os.path.abspath(library), "..", "canary.txt")])
    check(len(set(paths)) == 5000, len(set(paths)), "paths")
    before = files_here()
    asked = [(method, pattern) for method, pattern, _ in routes if "{" in pattern] + [("GET", "/{page}"), ("GET", "/assets/{page}")]
    sent = 0
    for method, pattern in asked:
        # Names of saved searches are data, each a durable write: a sample does.
        for path in paths if method == "GET" else paths[::25]:
            headers = [("Content-Type", "application/octet-stream" if pattern.endswith("import") else "application/json")]
            answer = server.send(method, re.sub(r"\{\w+\}", lambda _: path, pattern), headers if method != "GET" else [],
                                 body=b'{"query":"x"}' if method == "PUT" and "searches" in pattern else b"{}" if method != "GET"
                                 else None)
            named = pattern == "/api/v1/searches/{name}"
            check(answer.status in (0, *REFUSED) or (named and answer.status == 200), method, pattern, path, "gets",
                  answer.status, answer.body)
            for leak in (CANARY, b"root:x:0", b"SQLite format"):
                check(leak not in answer.body, pattern, path, "reads a file")
            sent += 1
    check(files_here() == before, "files came or went:", files_here() ^ before)
    print(f"climbing: {sent} requests with 5000 paths over {len(asked)} routes: no file but the library's")


def no_addresses_come_in(description):
    """No field of any request is a URL, or a path on the disk: there is nothing to make the server fetch."""
    names = set()

    def walk(value):
        if isinstance(value, dict):
            names.update(value.get("properties", {}))
            for inner in value.values():
                walk(inner)
            if value.get("$ref"):
                walk(description["components"]["schemas"][value["$ref"].rsplit("/", 1)[1]])
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    for _, _, operation in described_routes(description):
        walk(operation.get("requestBody", {}))
        names |= {parameter.get("name", "") for parameter in operation.get("parameters", [])}
    bad = {name for name in names if re.search(r"ur[li]|href|path|file|folder|address|host", name, re.I)}
    check(names and not bad, "requests hold", bad)
    print(f"requests have {len(names)} fields, none of them an address or a path")


def odd_requests(server, picture):
    """Damaged and hostile requests of the owner's: refused in words, and the next is answered."""
    json_type = ("Content-Type", "application/json")
    deep = [b"[" * 1_000_000, b'{"changes":' + b"[" * 4_000_000, b'{"changes":[{"id":"a","item":' + b'{"a":' * 500_000,
            b'{"ids":' + b"[" * 100_000 + b"]" * 100_000 + b"}"]
    board = server.send("POST", "/api/v1/boards", body={"name": "<script>alert(1)</script>"}).json()
    for body in [b"", b"null", b"[]", b"1", b"{", b'{"a":', b"\xff\xfe", b'{"ids":[1e999]}', b'{"ids":[-1]}', b'{"ids":"1"}',
                 b'{"ids":[9223372036854775808]}', b'{"unknown":1}', *deep]:
        for method, path in (("POST", "/api/v1/tags/decide"), ("PATCH", f"/api/v1/boards/{board['id']}"),
                             ("POST", "/api/v1/pictures/note"), ("POST", "/api/v1/duplicates/tag")):
            answer = server.send(method, path, [json_type], body=body)
            check(answer.status in (400, 404, 413), method, path, body[:40], "gets", answer.status, answer.body)
    check(server.send("POST", "/api/v1/pictures/like", [("Content-Type", "image/png")], body=b"\x89PNG\r\n\x1a\nrubbish").status
          in (400, 415, 422), "rubbish is a picture")
    for target in ("/" + "a" * 9000, "/api/v1/pictures?q=" + "a" * 9000):
        check(server.get(target).status in (0, 400, 404, 414), "a long address")
    for data in (b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01" * 20 + b"\r\n\r\n", b"\x00" * 4000 + b"\r\n\r\n",
                 b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"):
        check(server.raw(data, safe=False).status in (0, 400, 403, 414, 505), data[:20])
    smuggled = (f"POST /api/v1/undo HTTP/1.1\r\nHost: {server.host}\r\nCookie: {server.cookie}\r\nOrigin: {server.origin}\r\n"
                "Content-Type: application/json\r\n")
    for rest in ("Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ", "Content-Length: -1\r\n\r\n{}", "Content-Length: x\r\n\r\n{}",
                 "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/v1/library HTTP/1.1\r\n\r\n",
                 "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nx"):
        with server.connect() as connection:
            connection.sendall((smuggled + rest).encode())
            connection.shutdown(socket.SHUT_WR)
            check(read_to_end(connection).count(b"HTTP/1.1 ") <= 1, "two answers to one request:", rest)
    names = [entry["name"] for entry in server.get("/api/v1/boards").json()["boards"]]
    check("<script>alert(1)</script>" in names, "the board's name is", names)
    markup = server.get("/api/v1/pictures/1")
    check(markup.header("content-type") == "application/json" and "<img" in markup.json()["name"], markup.body)
    original = server.get("/api/v1/pictures/1/original")
    check(original.header("content-disposition").startswith("attachment;"), original.headers)
    check("sandbox" in original.header("content-security-policy"), original.headers)
    print("odd requests: refused in words, none ends the server")


def send_until_refused(server, head, piece, most):
    """Bytes taken before the server ended the connection."""
    sent = 0
    with server.connect() as connection:
        try:
            connection.sendall(head)
            while sent < most:
                connection.sendall(piece)
                sent += len(piece)
        except (ConnectionResetError, BrokenPipeError):
            return sent, Answer(b"")
        return sent, Answer(read_to_end(connection))


def ask(server):
    start = time.monotonic()
    check(server.get("/api/v1/library").status == 200, "no answer beside the attack")
    return time.monotonic() - start


def floods(server, measured):
    head = (f"POST /api/v1/{{}} HTTP/1.1\r\nHost: {server.host}\r\nCookie: {server.cookie}\r\nOrigin: {server.origin}\r\n"
            "Content-Type: {}\r\n{}\r\n\r\n")
    gigabyte, piece = 1 << 30, b"0" * (1 << 16)
    slowest = 0.0
    for path, kind in (("undo", "application/json"), ("pictures/like", "image/jpeg"), ("pictures", "image/jpeg")):
        sent, answer = send_until_refused(server, head.format(path, kind, f"Content-Length: {gigabyte}").encode(), piece, gigabyte)
        check(sent < gigabyte // 4 and answer.status in (0, 413), path, "takes", sent, "bytes", answer.status)
        check(server.raw(head.format(path, kind, f"Content-Length: {gigabyte}").encode()).status == 413,
              path, "hears of a gigabyte and waits for it")
        slowest = max(slowest, ask(server))
    chunk = b"10000\r\n" + piece + b"\r\n"
    sent, answer = send_until_refused(server, head.format("undo", "application/json", "Transfer-Encoding: chunked").encode(), chunk,
                                      gigabyte)
    check(sent < gigabyte // 4 and answer.status in (0, 400, 413), "chunks:", sent, answer.status)
    anonymous = f"POST /api/v1/boards/import HTTP/1.1\r\nHost: {server.host}\r\nContent-Length: {gigabyte}\r\n\r\n".encode()
    sent, answer = send_until_refused(server, anonymous, piece, gigabyte)
    check(sent < gigabyte // 4 and answer.status in (0, 403), "a stranger's gigabyte:", sent, answer.status)
    for endless in (b"A" * 65536, b"x: y\r\n" * 10000):
        sent, answer = send_until_refused(server, f"GET / HTTP/1.1\r\nHost: {server.host}\r\nX: ".encode(), endless, gigabyte)
        check(sent < gigabyte // 16 and answer.status in (0, 400, 431), "an endless header:", sent, answer.status)
    slowest = max(slowest, ask(server))
    ranges = "bytes=" + ",".join(f"{i}-" for i in range(1000))
    answer = server.get("/api/v1/pictures/1/original", headers=[("Range", ranges)])
    check(answer.status in (0, 400, 416) and len(answer.body) < 1000, "1000 ranges get", answer.status, len(answer.body))
    part = server.get("/api/v1/pictures/1/original", headers=[("Range", "bytes=0-9")])
    check(part.status == 206 and len(part.body) == 10, "one range gets", part.status, len(part.body))
    measured["1 GB bodies, endless headers"] = slowest


def kept_connections(server):
    """A connection goes on after a request without a body that came alone, and after no other."""
    head = f"HTTP/1.1\r\nHost: {server.host}\r\nCookie: {server.cookie}\r\nOrigin: {server.origin}\r\n"
    get, last = f"GET /api/v1/library {head}\r\n".encode(), f"GET /api/v1/library {head}Connection: close\r\n\r\n".encode()
    post = f"POST /api/v1/undo {head}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{{}}".encode()
    for name, sends, answers in (("one after another", [get, get, last], 3), ("two at once", [get + get], 1),
                                 ("behind a body", [post, get], 1), ("behind a refusal", [b"GET / HTTP/1.1\r\n\r\n"], 1)):
        with server.connect() as connection:
            got = b""
            for data in sends:
                try:
                    connection.sendall(data)
                    got += connection.recv(1 << 16)
                except OSError:
                    break
            got += read_to_end(connection)
        check(got.count(b"HTTP/1.1 ") == answers, name, "gets", got)


def slow_senders(server, measured):
    starts = [f"GET /api/v1/library HTTP/1.1\r\nHost: {server.host}\r\nX-Slow: ".encode(),
              f"POST /api/v1/undo HTTP/1.1\r\nHost: {server.host}\r\nCookie: {server.cookie}\r\nOrigin: {server.origin}\r\n"
              "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{".encode(), b"G"]
    held = [server.connect() for _ in range(SLOW)]
    slowest = 0.0
    for number in range(4):
        for index, connection in enumerate(held):
            try:
                connection.sendall(starts[index % 3] if number == 0 else b"a")
            except OSError:
                pass
        slowest = max(slowest, *(ask(server) for _ in range(10)))
    check(server.process.poll() is None, "the server ended")
    for connection in held:
        connection.close()
    measured[f"{SLOW} slow senders"] = slowest


def a_trickle_ends(server):
    """A sender that gives a byte now and then does not hold its connection for ever."""
    with server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
        start = time.monotonic()
        ended = False
        connection.settimeout(0.5)
        while not ended and time.monotonic() - start < 120:
            try:
                connection.sendall(b"a")
                ended = connection.recv(100) == b"" or ended
            except TimeoutError:
                pass
            except OSError:
                ended = True
        check(ended, "a trickle holds a connection for two minutes")


def many_at_once(server, count, measured):
    request = (f"GET /api/v1/pictures/1/thumbnail HTTP/1.1\r\nHost: {server.host}\r\nCookie: {server.cookie}\r\n\r\n").encode()
    held = []
    for _ in range(count):
        held.append(server.connect())
        try:
            held[-1].sendall(request)
        except OSError:
            pass
    beside = ask(server) if count < 500 else None
    answers = [Answer(read_to_end(connection)) for connection in held]
    for connection in held:
        connection.close()
    whole = [answer for answer in answers if answer.status == 200]
    check(len(whole) >= min(count, 400), "only", len(whole), "of", count, "are answered")
    check(len({answer.body for answer in whole}) == 1 and whole[0].body.startswith(b"\xff\xd8"), "the answers differ")
    check(all(answer.status in (0, 200) for answer in answers), "other answers:", {answer.status for answer in answers})
    ask(server)
    if beside is not None:
        measured[f"{count} thumbnails at once"] = beside
    print(f"{count} thumbnails at once: {len(whole)} answered, {count - len(whole)} turned away at the door")


def only_its_own_sockets(server):
    """Each internet socket that the process holds has the listener's own address and port."""
    links = []
    for fd in os.listdir(f"/proc/{server.process.pid}/fd"):
        try:
            links.append(os.readlink(f"/proc/{server.process.pid}/fd/{fd}"))
        except FileNotFoundError:
            pass
    inodes = {match.group(1) for link in links if (match := re.fullmatch(r"socket:\[(\d+)\]", link))}
    seen = 0
    for kind in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        with open(f"/proc/{server.process.pid}/net/{kind}") as file:
            rows = [line.split() for line in file][1:]
        for row in rows:
            if row[9] in inodes:
                check(kind == "tcp" and row[1] == f"0100007F:{server.port:04X}", kind, row)
                seen += 1
    check(seen >= 1, "not even the listener is seen")
    print(f"sockets: {seen} of the internet kind, all of the listener's address")


def other_addresses(vitrine, library):
    for address in ("0.0.0.0", "::", "192.0.2.1", "127.0.0.2", "localhost", "", "example.org"):
        tried = subprocess.run([vitrine, "--library", library, "serve", "--address", address, "--json"], capture_output=True,
                               timeout=60)
        check(tried.returncode == 2 and tried.stdout == b"", address, "gives", tried.returncode, tried.stdout, tried.stderr)
    check(b"--allow-other-machines" in tried.stderr, "no reason is given:", tried.stderr)
    open_one = Server(vitrine, library, "--address", "0.0.0.0", "--allow-other-machines", launch=False)
    check(b"WARNING" in open_one.words(), "no warning:", open_one.words())
    check(open_one.get("/api/v1/library", cookie=None, host=f"0.0.0.0:{open_one.port}").status == 401, "no session is asked for")
    check(open_one.get("/", cookie=None, host=f"attacker.com:{open_one.port}").status == 403, "any Host does")
    taken = subprocess.run([vitrine, "--library", library, "serve", "--port", str(open_one.port)], capture_output=True, timeout=60)
    check(taken.returncode not in (0, 70) and b"taken" in taken.stderr, "a taken port:", taken.returncode, taken.stderr)
    open_one.stop()
    print("other addresses: refused with a reason; with the flag, a warning")


def ends_when_told(vitrine, library):
    for sign, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        server = Server(vitrine, library)
        with server.connect() as events:
            events.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: {server.host}\r\nCookie: {server.cookie}\r\n\r\n".encode())
            check(events.recv(12).startswith(b"HTTP/1.1 200"), "no events")
            check(server.stop(sign) == code, sign, "ends with", server.process.returncode)
            read_to_end(events)
    print("SIGINT and SIGTERM end it, with a page that listens")


def main(vitrine, library, description_file, picture):
    print(f"seed {shapes.SEED}")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    with open(description_file) as file:
        description = json.load(file)
    with open("canary.txt", "wb") as file:
        file.write(CANARY)
    routes = described_routes(description)
    no_addresses_come_in(description)
    server = Server(vitrine, library)
    check(server.get("/api/v1/openapi.json").json() == description, "the program describes itself otherwise")
    secrets(server, vitrine, library)
    foreign_hosts(server, routes)
    without_session(server, routes)
    cross_site(server, routes)
    climbing(server, routes, library)
    odd_requests(server, picture)
    kept_connections(server)
    for path in ("pictures?q=banana", "pictures/1/thumbnail", "facets"):
        check(server.get(f"/api/v1/{path}").status == 200, path)
    server.forget_most()
    before_kb, measured = server.memory_kb(), {}
    slow_senders(server, measured)
    floods(server, measured)
    many_at_once(server, 200, measured)
    many_at_once(server, 1000, measured)
    grown_mb = (server.memory_kb(most=True) - before_kb) / 1024
    print(f"memory grew by {grown_mb:.1f} MB at most; slowest answer beside: " +
          ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in measured.items()))
    check(os.environ.get("SANITIZED") or grown_mb <= MEMORY_MB, "memory grew by", grown_mb, "MB")
    only_its_own_sockets(server)
    a_trickle_ends(server)
    words = server.words()
    check(server.key.encode() not in words and server.session.encode() not in words, "a key was said:", words)
    check(server.stop() == 143, "the end:", server.process.returncode)
    other_addresses(vitrine, library)
    ends_when_told(vitrine, library)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
