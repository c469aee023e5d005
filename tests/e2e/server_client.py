"""A running `vitrine serve` and requests to it, byte for byte: what tests of the server share.

Requests go over plain sockets, one a connection, so that a test can send what no HTTP library would. Every answer is held
against what must hold for all of them: the safety headers are there, no header ever lets another origin in, nothing is a
server's failure.
"""
import gzip
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

PATIENCE_S = 60  # For an answer, on a busy machine. No test depends on it but to end.
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}


def check(fine, *words):
    if not fine:
        sys.exit("FAILED: " + " ".join(str(word)[:600] for word in words))


class Answer:
    """status 0: the connection ended without one."""

    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        self.status = int(words[1]) if len(words) > 1 and words[0].startswith("HTTP/") else 0
        self.headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
        if self.header("transfer-encoding") == "chunked":
            self.body = whole_of_chunks(self.body)
        if self.header("content-encoding") == "gzip" and self.body:
            self.body = gzip.decompress(self.body)

    def header(self, name):
        return next((value for key, value in self.headers if key == name), None)

    def json(self):
        return json.loads(self.body)


def whole_of_chunks(body):
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        count = int(size or b"0", 16)
        if count == 0:
            break
        whole += body[:count]
        body = body[count + 2:]
    return whole


def read_to_end(connection):
    pieces = []
    try:
        while piece := connection.recv(1 << 16):
            pieces.append(piece)
    except ConnectionResetError:
        pass
    return b"".join(pieces)


class Server:
    """Started on construction, with a session."""

    def __init__(self, vitrine, library, *options, launch=True, address="127.0.0.1"):
        self.command = [vitrine, "--library", library, "serve", "--json", *options]
        self.errors = open(f"server-{os.getpid()}-{id(self)}.err", "w+b")
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=self.errors)
        self.line = self.process.stdout.readline()
        check(self.line, "no address was printed:", self.words())
        self.said = json.loads(self.line)
        self.address = address
        self.port = int(re.search(r":(\d+)/$", self.said["url"]).group(1))
        self.key = self.said["launch_url"].partition("?key=")[2]
        self.host = f"{address}:{self.port}"
        self.origin = f"http://{self.host}"
        self.cookie = self.session = ""
        if launch:
            opened = self.get(f"/launch?key={self.key}", cookie=None)
            check(opened.status == 303, "the launch address gives", opened.status, opened.body)
            self.set_cookie = opened.header("set-cookie")
            self.cookie = self.set_cookie.partition(";")[0]
            self.session = self.cookie.partition("=")[2]

    def words(self):
        self.errors.flush()
        with open(self.errors.name, "rb") as file:
            return file.read()

    def connect(self):
        for _ in range(100):
            try:
                return socket.create_connection((self.address, self.port), timeout=PATIENCE_S)
            except (ConnectionRefusedError, BlockingIOError):
                check(self.process.poll() is None, "the server ended by itself:", self.process.poll(), self.words())
                time.sleep(0.05)
        sys.exit("FAILED: no connection")

    def raw(self, data, safe=True):
        """Sends bytes, returns the Answer."""
        with self.connect() as connection:
            try:
                connection.sendall(data)
                if b"Connection: close" not in data:
                    connection.shutdown(socket.SHUT_WR)  # Else the server waits for another request.
            except OSError:
                pass  # Refused before the end; the answer may be there all the same.
            answer = Answer(read_to_end(connection))
        if safe:
            self.hold(answer, data)
        return answer

    def hold(self, answer, data):
        asked = data[:300]
        check(self.process.poll() is None, "the server ended by itself at", asked, self.words())
        for name, _ in answer.headers:
            check(not name.startswith("access-control"), "a CORS header for", asked)
        if answer.status == 0:
            return
        check(answer.status < 500 or answer.status in (501, 503), answer.status, answer.body, "for", asked)
        for name, value in ALWAYS.items():
            check(answer.header(name) == value, f"{name} is {answer.header(name)} for", asked, answer.status)
        policy = answer.header("content-security-policy") or ""
        check("default-src 'none'" in policy and "unsafe" not in policy, "the policy is", policy, "for", asked)
        if asked.split(b" ")[1:2] and asked.split(b" ")[1].startswith(b"/api/"):
            check(not (answer.header("content-type") or "").startswith("text/html"), "HTML for", asked)

    def send(self, method, path, headers=(), body=None, cookie="", host=None, origin=None):
        """cookie: None for none, "" for the session's. origin: "" for none; the server's own where something changes."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host if host is None else host}", "Connection: close"]
        if cookie is not None and (cookie or self.cookie):
            lines.append(f"Cookie: {cookie or self.cookie}")
        if origin is None and method not in ("GET", "HEAD"):
            origin = self.origin
        if origin:
            lines.append(f"Origin: {origin}")
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers = [*headers, ("Content-Type", "application/json")]
        lines += [f"{name}: {value}" for name, value in headers]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        data = "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + (body or b"")
        return self.raw(data)

    def get(self, path, **more):
        return self.send("GET", path, **more)

    def stop(self, sign=signal.SIGTERM):
        """Returns the exit code."""
        self.process.send_signal(sign)
        code = self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        self.errors.close()
        return code

    def memory_kb(self, most=False):
        """What it holds now; with `most`, the most since forget_most()."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(rf"{'VmHWM' if most else 'VmRSS'}:\s+(\d+)", file.read()).group(1))

    def forget_most(self):
        with open(f"/proc/{self.process.pid}/clear_refs", "w") as file:
            file.write("5")


def described_routes(description):
    """[(METHOD, pattern, operation)], without /launch."""
    return [(method.upper(), path, operation)
            for path, operations in description["paths"].items() if path != "/launch"
            for method, operation in operations.items()]


def fill(pattern, value="1"):
    return re.sub(r"\{\w+\}", lambda _: value, pattern)
