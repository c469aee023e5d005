"""A served library for the tests of the server: a few pictures, `vitrine serve`, and requests byte by byte."""
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.parse

STAMPS = pathlib.Path("/usr/share/tuxpaint/stamps")
SKIP = 77


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Served:
    """Use as a context. `ask` speaks as the gallery's own page does unless told otherwise."""

    def __init__(self, vitrine, names=()):
        if not (STAMPS / "food/fruit").is_dir():
            print("SKIPPED: the package tuxpaint-stamps-default is not here")
            sys.exit(SKIP)
        self.vitrine = vitrine
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="served-"))
        self.photos = self.work / "photos"
        self.photos.mkdir()
        pictures = sorted((STAMPS / "food/fruit").glob("*.png"))[:12]
        for picture in pictures:
            shutil.copy(picture, self.photos)
        for i, name in enumerate(names):
            shutil.copy(pictures[i % len(pictures)], os.fsencode(self.photos) + b"/" + name)

    def __enter__(self):
        environment = dict(os.environ, HOME=str(self.work), TMPDIR=str(self.work))
        self.command = [self.vitrine, "--library", str(self.work / "library")]
        done = subprocess.run(self.command + ["-q", "index", str(self.photos)], env=environment)
        assert done.returncode in (0, 3), done.returncode
        self.errors = open(self.work / "stderr", "wb")
        self.process = subprocess.Popen(self.command + ["serve", "--json"], stdout=subprocess.PIPE,
                                        stderr=self.errors, env=environment)
        self.line = self.process.stdout.readline()
        told = json.loads(self.line)
        self.port = int(told["url"].rsplit(":", 1)[1].rstrip("/"))
        self.host = f"127.0.0.1:{self.port}"
        self.origin = f"http://{self.host}"
        self.launch = urllib.parse.urlsplit(told["launch_url"])
        self.key = self.launch.query.split("=", 1)[1]
        answer = self.ask("GET", "/launch?" + self.launch.query, cookie=None)
        assert answer.status == 303, answer.status
        self.cookie = answer.headers["set-cookie"].split(";", 1)[0]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.code = self.process.wait(60)
        self.errors.close()
        shutil.rmtree(self.work, ignore_errors=True)

    def ask(self, method, target, body=None, headers=None, cookie=True, origin=True, host=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Host": host or self.host}
        if cookie:
            sent["Cookie"] = self.cookie
        if origin and method not in ("GET", "HEAD"):
            sent["Origin"] = self.origin
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        if isinstance(body, str):
            body = body.encode()
        if body is not None:
            sent.setdefault("Content-Length", str(len(body)))
        for name, value in sent.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(body)
        reply = connection.getresponse()
        answer = Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
        connection.close()
        return answer

    def raw(self, text, timeout=30):
        """Sends bytes as they are and returns all that comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
            try:
                connection.sendall(text if isinstance(text, bytes) else text.encode())
            except OSError:
                pass
            return self.drain(connection)

    @staticmethod
    def drain(connection):
        got = b""
        try:
            while piece := connection.recv(65536):
                got += piece
        except OSError:
            pass
        return got

    def ids(self):
        return self.ask("GET", "/api/v1/pictures").json()["ids"]

    def memory_kb(self, field="VmRSS"):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith(field)).split()[1])


def fail(*words):
    print("FAILED:", *words)
    sys.exit(1)


def check(condition, *words):
    if not condition:
        fail(*words)
