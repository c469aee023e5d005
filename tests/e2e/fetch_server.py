"""A web server on the loopback that behaves as badly as some do, for fetch.sh.

usage: fetch_server.py FOLDER LOG [CERTIFICATE KEY]     prints its port, serves until it is ended

GET /MODE/PATH answers with FOLDER/PATH in the manner of MODE. A request for http://... is one to a proxy: it is answered the
same way, as if the server of that name were this one. Each request is a line of JSON in LOG.
"""
import http.server
import json
import pathlib
import ssl
import sys
import threading
import time
import urllib.parse

FOLDER = pathlib.Path(sys.argv[1])
LOG = open(sys.argv[2], "a", buffering=1)
COUNTS = {}
LOCK = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        with LOCK:
            self.turn = COUNTS[self.path] = COUNTS.get(self.path, 0) + 1
            LOG.write(json.dumps({"path": url.path, "turn": self.turn, "proxied": bool(url.scheme),
                                  "range": self.headers.get("Range"), "if_range": self.headers.get("If-Range")}) + "\n")
        _, mode, path = url.path.split("/", 2)
        self.name = path
        file = FOLDER / path
        self.bytes = file.read_bytes() if file.is_file() else b""
        self.close_connection = True
        getattr(self, mode)()

    # What a well-behaved server does.

    def head(self, status, **headers):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), str(value))
        self.end_headers()

    def start_of_range(self, etag):
        asked = self.headers.get("Range", "")
        version = self.headers.get("If-Range")
        if not asked.startswith("bytes=") or (version is not None and version != etag):
            return 0
        return int(asked[6:].split("-")[0])

    def send(self, body, etag='"v1"', cut=None, obey_if_range=True):
        start = self.start_of_range(etag) if obey_if_range else int(self.headers.get("Range", "bytes=0-")[6:].split("-")[0])
        if start > 0:
            self.head(206, ETag=etag, Content_Length=len(body) - start, Content_Range=f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            self.head(200, ETag=etag, Content_Length=len(body))
        self.wfile.write(body[start:len(body) if cut is None else max(cut, start)])

    def plain(self):
        self.send(self.bytes)

    def other(self):
        return bytes(b ^ 0x55 for b in self.bytes)

    # Broken lines.

    def cut(self):
        """Ends after a third more of the file each time."""
        self.send(self.bytes, cut=self.turn * (len(self.bytes) // 3 + 1))

    def hopeless(self):
        """Ends in the middle at first, and before the first byte from then on."""
        if self.turn == 1:
            self.send(self.bytes, cut=len(self.bytes) // 2)

    def half(self):
        """Ends in the middle, then says that it is busy."""
        self.hopeless() if self.turn == 1 else self.head(503, Content_Length=0)

    def trickle(self):
        """Half of the file, then silence while somebody listens."""
        self.send(self.bytes, cut=len(self.bytes) // 2)
        self.wfile.flush()
        self.connection.settimeout(60)
        try:
            self.connection.recv(1)
        except OSError:
            pass

    def silent(self):
        self.connection.settimeout(60)
        try:
            self.connection.recv(1)
        except OSError:
            pass

    def busy(self):
        if self.turn == 1:
            self.head(503, Retry_After=1, Content_Length=0)
        else:
            self.plain()

    # Servers that cannot do ranges, or whose file changes.

    def noranges(self):
        self.head(200, ETag='"v1"', Content_Length=len(self.bytes))
        self.wfile.write(self.bytes[:len(self.bytes) // 2] if self.turn == 1 else self.bytes)

    def changed(self):
        if self.turn == 1:
            self.send(self.other(), etag='"v0"', cut=len(self.bytes) // 2)
        else:
            self.send(self.bytes)

    def rude(self):
        """Sends parts of the new file to whoever has the old one."""
        if self.turn == 1:
            self.send(self.other(), etag='"v0"', cut=len(self.bytes) // 2)
        else:
            self.send(self.bytes, obey_if_range=False)

    def nothing(self):
        if self.turn == 1:
            self.send(self.bytes, cut=len(self.bytes) // 2)
        elif self.headers.get("Range"):
            self.head(416, Content_Range="bytes */3", Content_Length=0)
        else:
            self.plain()

    # Lies.

    def wrong(self):
        self.send(self.other())

    def long(self):
        self.head(200, ETag='"v1"', Content_Length=len(self.bytes) + 5)
        self.wfile.write(self.bytes)

    def short(self):
        self.head(200, ETag='"v1"', Content_Length=len(self.bytes) - 5)
        self.wfile.write(self.bytes)

    def huge(self):
        self.head(200, Content_Length=1 << 50)
        self.wfile.write(self.bytes)

    def endless(self):
        self.head(200, Transfer_Encoding="chunked")
        try:
            while True:
                self.wfile.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")
        except OSError:
            pass

    def chunked(self):
        self.head(200, Transfer_Encoding="chunked")
        self.wfile.write(b"%x\r\n" % len(self.bytes) + self.bytes + b"\r\n0\r\n\r\n")

    def packed(self):
        self.head(200, Content_Encoding="gzip", Content_Length=len(self.bytes))
        self.wfile.write(self.bytes)

    # Elsewhere.

    def moved(self):
        self.head(302, Location=f"/plain/{self.name}", Content_Length=0)

    def circle(self):
        self.head(302, Location=self.path, Content_Length=0)

    def outside(self):
        self.head(302, Location=f"http://models.example/{self.name}", Content_Length=0)

    def inside(self):
        self.head(302, Location="file:///etc/passwd", Content_Length=0)

    def gone(self):
        self.head(404, Content_Length=0)

    def forbidden(self):
        self.head(403, Content_Length=0)

    def waits(self):
        """Half of the file, and the rest once there is a file `go` in the folder that the server was started in."""
        start = self.start_of_range('"v1"')
        half = len(self.bytes) // 2
        extra = {"Content_Range": f"bytes {start}-{len(self.bytes) - 1}/{len(self.bytes)}"} if start > 0 else {}
        self.head(206 if start > 0 else 200, ETag='"v1"', Content_Length=len(self.bytes) - start, **extra)
        self.wfile.write(self.bytes[start:half])
        self.wfile.flush()
        while not pathlib.Path("go").exists():
            time.sleep(0.02)
        try:
            self.wfile.write(self.bytes[max(start, half):])
        except OSError:
            pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if len(sys.argv) > 3:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[3], sys.argv[4])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
