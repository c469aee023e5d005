#!/usr/bin/env python3
"""Holds every #include against the table of rooms (docs/architecture.md). Runs as the test lint.rooms.

usage: check_rooms.py [ROOT]

A room is a folder of src/. It may include the rooms named below, the vocabulary headers of include/vitrine, the C++
standard library and the operating system; a third-party header only from the files named beside it.
"""
import pathlib
import re
import sys

# Value types and errors that every room speaks in.
VOCABULARY = {"vitrine/result.h", "vitrine/types.h", "vitrine/stop.h", "vitrine/index_report.h", "vitrine/index_policy.h",
              "vitrine/version.h", "vitrine/journal.h", "vitrine/inference.h"}

# room -> (rooms it may include, what of include/vitrine beyond the vocabulary: nothing, some headers, or True for all)
ROOMS = {
    "base": ((), False),
    "xmp": (("base",), False),
    "image": (("base", "xmp"), False),
    "model": (("base", "image"), False),
    "index": (("base",), False),
    "catalog": (("base", "index"), False),
    "ingest": (("base", "xmp", "image", "model", "index", "catalog"), False),
    "query": (("base", "model", "index", "catalog"), False),
    "boards": (("base", "image", "catalog"), {"vitrine/boards.h", "vitrine/search.h", "vitrine/vectors.h"}),
    "cluster": (("base", "model", "index", "catalog", "query", "boards"), {"vitrine/boards.h", "vitrine/gallery.h", "vitrine/search.h"}),
    "engine": (("base", "xmp", "image", "model", "index", "catalog", "ingest", "query", "boards", "cluster"), True),
    "server": (("base",), True),
    "cli": (("base", "server"), True),
    "fetch": (("base",), False),
}

# A part of a room that is a program of its own -> what it may include of src/.
PROGRAMS = {"cluster/link/": ("base/", "cluster/link/", "cluster/wire.h", "cluster/address.h")}

# third-party header (a prefix) -> files of src/ that may include it
THIRD_PARTY = {
    "openssl/": ("base/hash.cc",),
    "xxhash.h": ("base/hash.cc",),
    "seccomp.h": ("base/lockdown_linux.cc", "image/worker/sandbox_linux.cc"),
    "vips/": ("image/worker/",),
    "libraw/": ("image/worker/",),
    "stb/": ("image/worker/",),
    "jpeglib.h": ("image/worker/",),
    "jerror.h": ("image/worker/",),
    "onnxruntime_": ("model/ort_session.cc",),
    "Eigen/": ("model/fit_projection.cc", "model/fidelity.cc"),
    "expat.h": ("xmp/xml_expat.cc",),
    "cairo": ("boards/export/",),
    "pango/": ("boards/export/",),
    "archive": ("boards/export/zip_",),
    "zlib.h": ("boards/export/png_writer.cc",),
    "nlohmann/": ("model/pack_fields.", "model/json_node.", "model/tokenizer_json.cc", "model/token_model_json.cc",
                  "model/student_pack.cc",
                  "boards/board_json.cc", "server/", "cli/json_output.cc", "fetch/json_object.", "fetch/catalogue.cc",
                  "fetch/manifest.cc", "cluster/", "engine/cluster/"),
    "curl/": ("fetch/transfer_curl.cc", "cluster/link/caller_curl.cc"),
    "usearch/": ("index/hnsw_build.cc",),
    "sqlite3.h": ("catalog/sqlite.cc", "catalog/changeset.cc"),
    "httplib.h": ("server/listener.cc",),
    "CLI/": ("cli/arguments.cc", "cli/tag_arguments.cc", "cli/board_arguments.cc",
             "cli/model_arguments.cc", "fetch/arguments.cc"),
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
# Headers of the C++ library have neither a dot nor a slash; these belong to C and the operating system.
SYSTEM = re.compile(r"^([a-z_0-9]+|sys/[\w.]+|linux/[\w.]+|asm/[\w.]+|(unistd|fcntl|dirent|signal|poll|spawn|sched|time"
                    r"|errno|pthread|dlfcn|termios|cpuid|immintrin|arm_neon|ftw|fts|glob|stdio|stdlib|string|limits"
                    r"|stdint|stddef|setjmp|sysexits|wchar|locale|langinfo|getopt)\.h)$")


def problems_of(path, room, root):
    """Yields one line for each include of `path` that the table does not allow."""
    rooms, api = ROOMS[room]
    relative = path.relative_to(root / "src").as_posix()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        header = match[1] or match[2]
        where = f"src/{relative}:{number}"
        prefix = next((p for p in THIRD_PARTY if header.startswith(p)), None)
        if prefix:
            if not relative.startswith(THIRD_PARTY[prefix]):
                yield f"{where}: {header} belongs in {' or '.join(THIRD_PARTY[prefix])} alone"
        elif header.startswith("vitrine/"):
            if api is not True and header not in VOCABULARY | (api or set()):
                yield f"{where}: room {room} may include of the public API only {', '.join(sorted(VOCABULARY | (api or set())))}"
        elif match[1]:
            target = header.split("/")[0]
            part = next((p for p in PROGRAMS if relative.startswith(p)), None)
            if part and not header.startswith(PROGRAMS[part]):
                yield f"{where}: {part} may not include {header} (allowed: {', '.join(PROGRAMS[part])})"
            elif target != room and target not in rooms:
                yield f"{where}: room {room} may not include {header} (allowed: {', '.join(rooms) or 'none'})"
        elif not SYSTEM.match(header):
            yield f"{where}: {header} is in no row of the table of third-party headers"


def main(root):
    problems = []
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in (".cc", ".h"):
            continue
        room = path.relative_to(root / "src").parts[0]
        if room not in ROOMS:
            problems.append(f"src/{room}: a folder that is no room of the table")
            continue
        problems.extend(problems_of(path, room, root))
    for header in sorted((root / "include/vitrine").glob("*.h")):
        for number, line in enumerate(header.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            name = match and (match[1] or match[2])
            if name and not name.startswith("vitrine/") and ("/" in name or "." in name):
                problems.append(f"include/vitrine/{header.name}:{number}: the public API includes only the standard library")
    print("\n".join(problems) or "rooms: every include is allowed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))
