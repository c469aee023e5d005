#!/usr/bin/env python3
"""Attacks on `vitrine serve`: DNS rebinding, cross-site requests, guessed paths, floods. Nothing gets through.

usage: server_security.py VITRINE
"""
import concurrent.futures
import json
import pathlib
import socket
import sys
import time

from served import Served, check

DESCRIPTION = pathlib.Path(__file__).resolve().parents[2] / "src/server/openapi.json"
HOSTS = ["", "127.0.0.1", "localhost", "attacker.com", "attacker.com:{p}", "localhost.attacker.com:{p}",
         "127.0.0.1.nip.io:{p}", "127.0.0.1:{p}.attacker.com", "0.0.0.0:{p}", "[::1]:{p}", "[::]:{p}", "::1:{p}",
         "127.0.0.1:{p}.", "127.0.0.1.:{p}", "localhost.:{p}", "LOCALHOST:{p}", "Localhost:{p}", "user@127.0.0.1:{p}",
         "user:x@localhost:{p}", "127.0.0.1:{p}@attacker.com", "127.1:{p}", "2130706433:{p}", "0x7f000001:{p}",
         "0177.0.0.1:{p}", "127.0.0.2:{p}", "[::ffff:127.0.0.1]:{p}", "127.0.0.1:0{p}", "127.0.0.1:{p}0",
         "127.0.0.1:{p}/", "127.0.0.1:{p}?", "127.0.0.1:{p}#", "http://127.0.0.1:{p}", "127.0.0.1:{p},attacker.com",
         "127.0.0.1:{p} attacker.com", "127.0.0.1%00:{p}", "*", "null", "localtest.me:{p}", "lvh.me:{p}",
         "127.0.0.1:+{p}", "127.0.0.1:-{p}", "169.254.169.254:{p}", "192.168.0.1:{p}", "10.0.0.1:{p}"]
HOSTS += [f"127.0.{i}.{j}:{{p}}" for i in range(4, 12) for j in range(1, 9)]
JSON = "application/json"
# Shapes in which a page of another site can make a browser send something.
SHAPES = [{"Origin": origin, "Sec-Fetch-Site": site, "Content-Type": kind}
          for origin, site in [("http://attacker.com", "cross-site"), ("null", "cross-site"), (None, "cross-site"),
                               (None, None), ("http://127.0.0.1:1", "same-site"), ("https://{h}", "cross-site"),
                               ("http://{h}.attacker.com", "cross-site"), ("http://{h}/", "same-site"),
                               ("file://", "cross-site"), ("http://localhost", "same-site")]
          for kind in [JSON, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]]
TRAVERSALS = ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..\\", "%252e%252e%252f", "..%c0%af", "..;/", "....//",
              ".%2e/", "%2e./", "..%00/", "..%2f%2f", "/..//", "%uff0e%uff0e/", "..%ef%bc%8f", "./../", "..%0a/", "..%20/"]
TARGETS = ["etc/passwd", "etc/shadow", "proc/self/environ", "library/catalog.sqlite", "root/.ssh/id_rsa", "windows/win.ini",
           "photos", "stderr", "library/boards.sqlite", "tmp"]
SECRETS = [b"root:x:0:0", b"SQLite format 3", b"PATH=", b"BEGIN OPENSSH"]


def routes():
    for path, methods in json.loads(DESCRIPTION.read_text())["paths"].items():
        for method in methods:
            yield method.upper(), path


def filled(path):
    for name, value in {"id": "1", "bid": "0" * 16, "vid": "1", "name": "x", "token": "0" * 32}.items():
        path = path.replace("{" + name + "}", value)
    return path


def foreign_hosts(served):
    check(len(HOSTS) >= 100, len(HOSTS), "hosts are too few")
    for host in HOSTS:
        for target in ("/api/v1/pictures", "/"):
            answer = served.raw(f"GET {target} HTTP/1.1\r\nHost: {host.format(p=served.port)}\r\n"
                                f"Cookie: {served.cookie}\r\n\r\n")
            status = int(answer.split(b" ", 2)[1])
            check(status in (400, 403, 421), host, target, status)
    for lines in ("", f"Host: {served.host}\r\nHost: {served.host}\r\n", f"Host: {served.host}\r\nHost: attacker.com\r\n"):
        answer = served.raw(f"GET /api/v1/pictures HTTP/1.1\r\n{lines}Cookie: {served.cookie}\r\n\r\n")
        check(int(answer.split(b" ", 2)[1]) in (400, 403), "Host lines", repr(lines))
    answer = served.raw(f"GET http://attacker.com/api/v1/pictures HTTP/1.1\r\nHost: {served.host}\r\n"
                        f"Cookie: {served.cookie}\r\n\r\n")
    check(int(answer.split(b" ", 2)[1]) in (400, 403, 404), "an absolute address", answer[:80])


def cross_site(served):
    check(len(SHAPES) >= 30, "too few shapes")
    before = served.ask("GET", "/api/v1/journal").body, served.ask("GET", "/api/v1/boards").body
    for method, path in routes():
        if path == "/launch":
            continue
        for shape in SHAPES:
            headers = {name: value.format(h=served.host) for name, value in shape.items() if value}
            if method == "GET" and not headers.get("Origin") and not headers.get("Sec-Fetch-Site"):
                continue  # As a program of the owner's reads; it has the cookie.
            body = None if method == "GET" else "{}"
            answer = served.ask(method, filled(path), body, headers, origin=False)
            check(answer.status == 403, method, path, headers, answer.status)
            check("access-control-allow-origin" not in answer.headers, method, path, "has a CORS header")
    preflight = served.ask("OPTIONS", "/api/v1/undo", headers={"Origin": "http://attacker.com",
                                                              "Access-Control-Request-Method": "POST"}, origin=False)
    check(preflight.status in (403, 404, 405), "a preflight was answered", preflight.status)
    check(not any(name.startswith("access-control") for name in preflight.headers), "a preflight has CORS headers")
    check(before == (served.ask("GET", "/api/v1/journal").body, served.ask("GET", "/api/v1/boards").body),
          "something was changed")


def nothing_without_the_cookie(served):
    name = served.cookie.split("=")[0]
    for method, path in routes():
        if path == "/launch":
            continue
        for cookie in (None, f"{name}=", f"{name}={'0' * 64}", f"{name}={served.key}"):
            headers = {"Cookie": cookie} if cookie else {}
            answer = served.ask(method, filled(path), None if method == "GET" else {}, headers, cookie=False)
            check(answer.status == 401, method, path, cookie, answer.status)
            check(len(answer.body) < 400 and b"photos" not in answer.body, method, path, "told something")
    for path in ("/", "/index.html", "/boards"):
        answer = served.ask("GET", path, cookie=False)
        check(answer.status == 401 and b"<script" not in answer.body, path, answer.status)


def keys_stay_secret(served):
    session = served.cookie.split("=")[1].encode()
    check(served.ask("GET", "/launch?key=" + served.key, cookie=False).status == 403, "the launch key worked twice")
    check(served.ask("GET", "/launch?key=" + "0" * 64, cookie=False).status == 403, "a wrong key was taken")
    proc = pathlib.Path(f"/proc/{served.process.pid}")
    served.errors.flush()
    for place in [proc / "cmdline", proc / "environ", served.work / "stderr"]:
        text = place.read_bytes()
        check(session not in text and served.key.encode() not in text, "a key stands in", place)
    check(session not in served.line, "the session's key was printed")
    for file in served.work.rglob("*"):
        if file.is_file() and not file.is_symlink():
            check(session not in file.read_bytes(), "the session's key lies in", file)


def traversals(served):
    tried = 0
    with_parts = [path for method, path in routes() if method == "GET" and "{" in path]
    places = [path.split("{")[0] for path in with_parts] + ["/", "/assets/", "/boards/"]
    for place in places:
        for up in TRAVERSALS:
            for depth in (1, 3, 8):
                for target in TARGETS:
                    path = place + up * depth + target
                    answer = served.raw(f"GET {path} HTTP/1.1\r\nHost: {served.host}\r\nCookie: {served.cookie}\r\n\r\n")
                    tried += 1
                    check(b" 200 " not in answer[:20], path, answer[:60])
                    check(not any(secret in answer for secret in SECRETS), path, "gave a file away")
    check(tried >= 5000, tried, "traversals are too few")
    return tried


def headers_are_strict(served):
    first = served.ids()[0]
    for path in ("/", "/api/v1/library", f"/api/v1/pictures/{first}/thumbnail", f"/api/v1/pictures/{first}/original",
                 "/nowhere", "/api/v1/nowhere"):
        headers = served.ask("GET", path).headers
        policy = headers["content-security-policy"]
        check("default-src 'none'" in policy and "unsafe" not in policy, path, policy)
        for name, value in {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
                            "cross-origin-resource-policy": "same-origin",
                            "cross-origin-opener-policy": "same-origin"}.items():
            check(headers.get(name) == value, path, name, headers.get(name))
    original = served.ask("GET", f"/api/v1/pictures/{first}/original").headers
    check(original["content-disposition"].startswith("attachment"), "an original is shown, not handed out")
    check("sandbox" in original["content-security-policy"], "an original has no sandbox")


def slow_connections(served):
    before = served.memory_kb()
    held = []
    for i in range(200):
        connection = socket.create_connection(("127.0.0.1", served.port), timeout=30)
        connection.sendall(b"GET /api/v1/library HTTP/1.1\r\nHost: " + served.host.encode() + b"\r\nX-Slow: ")
        held.append(connection)
    times = []
    for _ in range(20):
        for connection in held:
            connection.sendall(b"a")
        start = time.monotonic()
        check(served.ask("GET", "/api/v1/library").status == 200, "no answer beside slow connections")
        times.append(time.monotonic() - start)
    grown = served.memory_kb() - before
    for connection in held:
        connection.close()
    check(grown < 64 * 1024, f"memory grew by {grown} kB")
    # Not a matter of speed: with a thread pool that slow connections fill, the answer never comes.
    check(sorted(times)[10] < 1.0, "answers beside slow connections took", sorted(times)[10], "s")


def large_bodies(served):
    before = served.memory_kb("VmHWM")
    for path, kind in (("/api/v1/undo", JSON), ("/api/v1/pictures", "application/octet-stream")):
        with socket.create_connection(("127.0.0.1", served.port), timeout=30) as connection:
            head = (f"POST {path} HTTP/1.1\r\nHost: {served.host}\r\nCookie: {served.cookie}\r\nOrigin: {served.origin}\r\n"
                    f"Content-Type: {kind}\r\nContent-Length: {1 << 30}\r\n\r\n")
            connection.sendall(head.encode())
            piece, sent = b"x" * (1 << 20), 0
            try:
                while sent < 1 << 30:
                    connection.sendall(piece)
                    sent += len(piece)
            except OSError:
                pass
            answer = served.drain(connection)
        check(sent < 200 << 20, path, "took", sent, "bytes")
        check(not answer or b" 413 " in answer[:20] or b" 400 " in answer[:20], path, answer[:60])
    check(served.ask("GET", "/api/v1/library").status == 200, "no answer after large bodies")
    check(served.memory_kb("VmHWM") - before < 200 * 1024, "memory grew with the body")


def broken_requests(served):
    host = f"Host: {served.host}\r\nCookie: {served.cookie}\r\n"
    long_header = b"GET / HTTP/1.1\r\n" + host.encode() + b"X: " + b"a" * (1 << 20)
    many = b"GET / HTTP/1.1\r\n" + host.encode() + b"".join(b"X-%d: y\r\n" % i for i in range(5000)) + b"\r\n"
    for request in (b"\0" * 100, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"A" * 100_000, long_header, many,
                    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
                    b"POST /api/v1/undo HTTP/1.1\r\n" + host.encode() + b"Content-Length: -1\r\n\r\n{}",
                    b"POST /api/v1/undo HTTP/1.1\r\n" + host.encode() + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
                    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"):
        answer = served.raw(request)
        check(b" 200 " not in answer[:20], request[:60], answer[:60])
    # A second request inside a refused body is never served.
    inner = f"GET /api/v1/library HTTP/1.1\r\n{host}\r\n"
    outer = f"POST /api/v1/undo HTTP/1.1\r\n{host}Content-Type: text/plain\r\nContent-Length: {len(inner)}\r\n\r\n{inner}"
    check(served.raw(outer).count(b"HTTP/1.1 ") == 1, "a body was taken for a request")
    first = served.ids()[0]
    ranges = "bytes=" + ",".join(f"{i}-" for i in range(1000))
    answer = served.ask("GET", f"/api/v1/pictures/{first}/original", headers={"Range": ranges})
    check(answer.status in (400, 416), "overlapping ranges", answer.status)
    answer = served.ask("GET", f"/api/v1/pictures/{first}/original", headers={"Range": "bytes=0-9"})
    check(answer.status == 206 and len(answer.body) == 10, "one range", answer.status)
    check(served.ask("GET", "/api/v1/library").status == 200, "no answer after broken requests")


def many_thumbnails(served):
    before = served.memory_kb()
    ids = served.ids()
    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        statuses = list(pool.map(lambda i: served.ask("GET", f"/api/v1/pictures/{ids[i % len(ids)]}/thumbnail").status,
                                 range(1000)))
    check(set(statuses) == {200}, "thumbnails", set(statuses))
    check(served.memory_kb() - before < 64 * 1024, "memory grew with thumbnails")


def sockets_are_the_listeners(served):
    """Only sockets of the listening port: no other internet socket is open."""
    inodes = set()
    for fd in pathlib.Path(f"/proc/{served.process.pid}/fd").iterdir():
        try:
            target = str(fd.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in pathlib.Path(f"/proc/{served.process.pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes:
                check(int(fields[1].split(":")[1], 16) == served.port, "a foreign socket:", line)
                check(fields[1].startswith("0100007F"), "not on loopback:", line)


def other_addresses_are_refused(served):
    import subprocess
    done = subprocess.run(served.command + ["serve", "--address", "0.0.0.0"], capture_output=True, timeout=60)
    check(done.returncode == 2 and b"--allow-other-machines" in done.stderr, done.returncode, done.stderr)


def main(vitrine):
    with Served(vitrine) as served:
        for attack in (headers_are_strict, foreign_hosts, cross_site, nothing_without_the_cookie, keys_stay_secret,
                       traversals, broken_requests, large_bodies, many_thumbnails, slow_connections,
                       sockets_are_the_listeners, other_addresses_are_refused):
            start = time.monotonic()
            attack(served)
            print(f"{attack.__name__}: held ({time.monotonic() - start:.1f} s)", flush=True)
    check(served.code in (130, 143), "the server ended with", served.code)


if __name__ == "__main__":
    main(sys.argv[1])
