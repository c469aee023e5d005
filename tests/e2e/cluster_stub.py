"""What answers at a port as a cluster would in some mood: python3 cluster_stub.py MOOD PORT_FILE [CERT KEY].

Moods: fit, there (has a library), old, bare (no k-NN plugin), other (not OpenSearch), login (wants me:secret), flood (takes no writes), silent.
Prints each request line, and of an Authorization header its kind alone.
"""
import base64
import http.server
import json
import os
import ssl
import sys
import time

MOOD = sys.argv[1]
VERSION = "2.9.0" if MOOD == "old" else "3.3.2"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        print(self.command, self.path, flush=True)
        if MOOD == "silent":
            time.sleep(60)
        wanted = "Basic " + base64.b64encode(b"me:secret").decode()
        if MOOD == "login" and self.headers.get("Authorization") != wanted:
            return self.answer(401, {"error": "Unauthorized"})
        if self.path == "/":
            version = {"number": VERSION} if MOOD == "other" else {"number": VERSION, "distribution": "opensearch"}
            return self.answer(200, {"version": version})
        if self.path.startswith("/_nodes"):
            plugins = [] if MOOD == "bare" else [{"name": "opensearch-knn"}]
            return self.answer(200, {"nodes": {"x": {"name": "stub1", "version": VERSION, "plugins": plugins}}})
        if MOOD == "there" and self.path.split("?")[0].endswith("_mapping"):
            said = {"format": 2, "space": "0" * 16, "model": "starter", "model_id": "starter", "dimension": 8,
                    "vectors": "byte", "complete": True, "pictures": 0, "roots_b64": []}
            return self.answer(200, {"index": {"mappings": {"_meta": {"vitrine": said}}}})
        if MOOD == "flood" and self.command != "GET":
            reason = "index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark]"
            error = {"type": "cluster_block_exception", "reason": reason}
            return self.answer(403, {"error": {"root_cause": [error], **error}})
        return self.answer(404, {"error": {"type": "index_not_found_exception", "reason": "no such index"}})

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass


server = Server(("127.0.0.1", 0), Handler)
if len(sys.argv) > 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    server.socket = context.wrap_socket(server.socket, server_side=True)
with open(sys.argv[2] + ".new", "w") as file:
    file.write(str(server.server_address[1]))
os.rename(sys.argv[2] + ".new", sys.argv[2])
server.serve_forever()
