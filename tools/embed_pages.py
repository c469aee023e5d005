#!/usr/bin/env python3
"""Turns a folder of built web pages into pages.cc and pages.bin, the other half of src/server/pages.h.

usage: embed_pages.py DIST OUT

The bodies lie one after the other in OUT/pages.bin, which pages.cc takes in with the assembler's .incbin: megabytes cost
the compiler nothing. The etags in pages.cc change with every byte of a page, so pages.cc changes whenever pages.bin does.
The same DIST gives the same bytes.
"""
import gzip
import hashlib
import pathlib
import re
import sys

CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
}
SAFE_PATH = re.compile(r"^/[A-Za-z0-9._/-]+$")
# Vite's names: assets/NAME-HASH.SUFFIX, the hash eight characters of base64url.
HASHED = re.compile(r"^/assets/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$")

HEADER = """// Written by tools/embed_pages.py; not for editing.
#include "server/pages.h"

#include <algorithm>
#include <array>

asm(R"(
.pushsection .rodata
.global vitrine_pages_blob
.hidden vitrine_pages_blob
.balign 16
vitrine_pages_blob:
.incbin "pages.bin"
.byte 0
.popsection
)");

extern "C" const std::byte vitrine_pages_blob[];

namespace vitrine {
namespace {

std::span<const std::byte> Body(std::size_t offset, std::size_t size) { return {vitrine_pages_blob + offset, size}; }

"""

FOOTER = """
}  // namespace

std::span<const Page> Pages() {
  static const auto pages = MakePages();
  return pages;
}

const Page* FindPage(std::string_view path) {
  const std::span<const Page> pages = Pages();
  const auto found = std::ranges::lower_bound(pages, path, {}, &Page::path);
  return found != pages.end() && found->path == path ? &*found : nullptr;
}

}  // namespace vitrine
"""


def page_of(path, dist, offset):
    """One row of the table and the bytes to store."""
    name = "/" + path.relative_to(dist).as_posix()
    if not SAFE_PATH.match(name):
        sys.exit(f"embed_pages: {name}: a name with characters that an address would have to escape; rename the file")
    if path.suffix not in CONTENT_TYPES:
        sys.exit(f"embed_pages: {name}: no content type is known for {path.suffix}; add it to CONTENT_TYPES")
    plain = path.read_bytes()
    packed = gzip.compress(plain, 9, mtime=0)
    gzipped = len(packed) < 0.9 * len(plain)
    body = packed if gzipped else plain
    etag = hashlib.sha256(plain).hexdigest()[:32]
    flag = {True: "true", False: "false"}
    row = (f'      Page{{.path = "{name}",\n'
           f'           .content_type = "{CONTENT_TYPES[path.suffix]}",\n'
           f'           .etag = "\\"{etag}\\"",\n'
           f'           .body = Body({offset}, {len(body)}),\n'
           f'           .plain_size = {len(plain)},\n'
           f'           .gzipped = {flag[gzipped]},\n'
           f'           .immutable = {flag[bool(HASHED.match(name))]}}},\n')
    return row, body


def main(dist, out):
    paths = sorted((p for p in dist.rglob("*") if p.is_file()), key=lambda p: "/" + p.relative_to(dist).as_posix())
    if not (dist / "index.html").is_file():
        sys.exit(f"embed_pages: {dist} holds no index.html: did the web build fail?")
    rows, blob = [], bytearray()
    for path in paths:
        row, body = page_of(path, dist, len(blob))
        rows.append(row)
        blob += body
    table = ("auto MakePages() {\n"
             f"  return std::array<Page, {len(rows)}>{{\n" + "".join(rows) + "  };\n}\n")
    out.mkdir(parents=True, exist_ok=True)
    (out / "pages.bin").write_bytes(blob)
    (out / "pages.cc").write_text(HEADER + table + FOOTER)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__.split("\n\n")[1])
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
