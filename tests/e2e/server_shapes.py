"""What attackers send: Host headers of other servers, requests as other sites' pages make them, paths that climb."""
import itertools
import random

SEED = 20261125


def foreign_hosts(port):
    """Values of Host that do not name the server at 127.0.0.1:port, each a byte or more away from those that do."""
    p = str(port)
    names = ["attacker.com", "localhost.attacker.com", "127.0.0.1.attacker.com", "127.0.0.1.nip.io", "127-0-0-1.nip.io",
             "localtest.me", "lvh.me", "0.0.0.0", "0", "127.1", "127.0.1", "127.0.0.2", "127.0.0.01", "127.000.000.001",
             "2130706433", "0x7f000001", "0x7f.0.0.1", "017700000001", "0177.0.0.1", "[::]", "[::ffff:127.0.0.1]",
             "[0:0:0:0:0:0:0:1]", "[::1%25lo]", "::1", "[::2]", "localhost.", "127.0.0.1.", "LOCALHOST", "Localhost",
             "localhosT", "localhost.localdomain", "ip6-localhost", "local", "host", "xlocalhost", "localhostx", "127.0.0.1x",
             "x127.0.0.1", "1127.0.0.1", "user@127.0.0.1", "user:pass@127.0.0.1", "127.0.0.1@attacker.com",
             "127.0.0.1#@attacker.com", "attacker.com#127.0.0.1", "attacker.com/127.0.0.1", "attacker.com?127.0.0.1",
             "attacker.com\\127.0.0.1", "http://127.0.0.1", "//127.0.0.1", "127.0.0.1/", "127.0.0.1,attacker.com",
             "127.0.0.1 attacker.com", "attacker.com 127.0.0.1", "%31%32%37.0.0.1", "127%2e0%2e0%2e1",
             "\u2460\u2461\u2466.0.0.1", "loc\u0430lhost", "localhost\u3002", "*", "*.localhost", "a.localhost", "-",
             "192.168.0.1", "10.0.0.1", "169.254.169.254", "metadata", "router", "printer.local", "\"127.0.0.1\"", "'localhost'"]
    hosts = [f"{name}:{p}" for name in names]
    ports = ["", ":", ":0", ":80", ":443", f":{port + 1}", f":0{p}", f":{p}0", f":{p}.", f":{p} x", f":+{p}", f":{p}/", f":{p}:80",
             f":80:{p}", f":{p}@attacker.com", f":{p},", f":{p};", f":{p}#", f":{p}?", f"::{p}", f".:{p}", f" :{p}", f":{p}%00"]
    hosts += [name + end for name in ("127.0.0.1", "localhost") for end in ports]
    return list(dict.fromkeys(hosts + ["", "attacker.com", "null", f":{p}", p]))


def foreign_origins(port):
    own = f"http://127.0.0.1:{port}"
    return ["http://attacker.com", "https://attacker.com", f"http://attacker.com:{port}", "null", "file://", "http://127.0.0.1",
            "http://localhost", f"http://127.0.0.1:{port + 1}", f"https://127.0.0.1:{port}", own + "/", own + ".attacker.com",
            own + "@attacker.com", own + "0", own + " ", own.upper() + "X", f"HTTP://127.0.0.1:{port}",
            f"http://localhost:{port}.attacker.com", f"http://localhost.attacker.com:{port}", f"http://user@127.0.0.1:{port}",
            f"http://attacker.com/{own}", f"http://attacker.com?{own}", f"http://attacker.com#{own}", f"{own} http://attacker.com",
            f"http://attacker.com {own}", f"{own},http://attacker.com", f"http://[::ffff:127.0.0.1]:{port}",
            f"http://127.1:{port}", f"ws://127.0.0.1:{port}", "chrome-extension://abcdefghijklmnop", "data:text/html,x", "*"]


def cross_site_shapes(port):
    """(name, headers): as a browser, or something worse, sends them on behalf of another site. All of them read, too."""
    own = f"http://127.0.0.1:{port}"
    shapes = [(f"origin {value!r}", [("Origin", value)]) for value in foreign_origins(port) if value.strip() != own]
    shapes += [(f"{site} {dest}", [("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest)])
               for site in ("cross-site", "same-site")
               for mode, dest in (("no-cors", "image"), ("no-cors", "script"), ("navigate", "iframe"), ("navigate", "document"),
                                  ("cors", "empty"), ("no-cors", "style"), ("no-cors", "video"), ("websocket", "websocket"))]
    foreign = ("Origin", "http://attacker.com")
    shapes += [
        ("form", [foreign, ("Content-Type", "application/x-www-form-urlencoded")]),
        ("text form", [foreign, ("Content-Type", "text/plain")]),
        ("multipart form", [foreign, ("Content-Type", "multipart/form-data; boundary=x")]),
        ("beacon", [foreign, ("Content-Type", "text/plain;charset=UTF-8"), ("Sec-Fetch-Mode", "no-cors")]),
        ("json by a page", [foreign, ("Content-Type", "application/json")]),
        ("json of nobody", [("Origin", "null"), ("Content-Type", "application/json")]),
        ("websocket", [foreign, ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
                       ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]),
        ("own origin, another site", [("Origin", own), ("Sec-Fetch-Site", "cross-site")]),
        ("two origins", [("Origin", own), foreign]),
        ("two origins, turned round", [foreign, ("Origin", own)]),
        ("two sites", [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")]),
        ("a site of no kind", [("Sec-Fetch-Site", "same-origin, cross-site")]),
    ]
    return shapes


def shapes_that_change_nothing(port):
    """(name, headers) of requests that may read but never change: nothing says that they come from the server's page."""
    return [
        ("no origin", []),
        ("no origin, as JSON", [("Content-Type", "application/json")]),
        ("by hand", [("Sec-Fetch-Site", "none")]),
        ("an empty origin", [("Origin", "")]),
        ("a referer alone", [("Referer", f"http://127.0.0.1:{port}/"), ("Content-Type", "application/json")]),
        ("another method inside", [("X-HTTP-Method-Override", "DELETE")]),
    ]


def climbing_paths(count, targets):
    """Parts of paths that try to reach `targets` (absolute paths) or leave a folder. Different from each other."""
    rng = random.Random(SEED)
    ups = ["..", "%2e%2e", ".%2e", "%2E.", "%252e%252e", "..%00", "%00..", "..;", "..%c0%af", "%c0%ae%c0%ae", "%e0%80%ae%2e",
           "..%5c", "....", "...", ". .", "..%20", "%uff0e%uff0e", "\u2025", "..%09", "..%0d%0a"]
    slashes = ["/", "%2f", "%2F", "%5c", "\\", "//", "/./", "%252f", "%c0%af", "%e2%88%95", "/%2e/", ";/"]
    starts = ["", "/", "%2f", "1/", "1%2f", "./", "~/", "~", "C:%5c", "file:%2f%2f", "%00", "assets/", "assets%2f", "1%00/", "."]
    ends = ["", "%00", "%00.jpg", "/", "%2f", ".jpg", "%20", "?x", "#x", "/.", "%0a", ".png%00"]
    files = [target.lstrip("/") for target in targets] + ["etc/passwd", "catalog.sqlite", "boards.sqlite", "proc/self/environ"]
    paths = {}
    for up, slash in itertools.product(ups, slashes):
        for file in files:
            paths[(up + slash) * 8 + file.replace("/", slash)] = None
    while len(paths) < count:
        deep = rng.randint(1, 12)
        ups_here = "".join(rng.choice(ups) + rng.choice(slashes) for _ in range(deep))
        file = rng.choice(files).replace("/", rng.choice(slashes))
        paths[rng.choice(starts) + ups_here + file + rng.choice(ends)] = None
    return [path.replace(" ", "%20") for path in list(paths)[:count]]
