#!/usr/bin/env python3
"""Small facts that hold for every source file. Runs as the test lint.tree.

usage: check_tree.py [ROOT]

Files of at most 800 lines; no tabs, trailing blanks or missing last newline; no note of unfinished work; every
*_test.cc and every *.sh of tests/ is named in a CMakeLists.txt, so that no test silently stops being run. A test of the
web pages has a name that its runner looks for (*.test.ts beside the code, *.spec.ts in web/tests), and none is left
narrowed to itself by `.only`. web/package-lock.json names no registry.
"""
import pathlib
import re
import sys

SUFFIXES = {".cc", ".h", ".py", ".sh", ".md", ".cmake", ".ts", ".svelte", ".css"}
FOLDERS = ("include", "src", "tests", "bench", "tools", "modelkit", "cmake", "docs", "web/src", "web/tests")
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")


def problems_of(path, name):
    text = path.read_text(errors="replace")
    lines = text.splitlines()
    if len(lines) > 800:
        yield f"{name}: {len(lines)} lines; 800 is the ceiling"
    if text and not text.endswith("\n"):
        yield f"{name}: no newline at the end"
    for number, line in enumerate(lines, 1):
        if line != line.rstrip() or "\t" in line:
            yield f"{name}:{number}: tab or trailing blank"
        if UNFINISHED.search(line):
            yield f"{name}:{number}: a note of unfinished work"


def web_problems(root):
    for path in sorted([*(root / "web/src").rglob("*.ts"), *(root / "web/tests").rglob("*.ts")]):
        name = path.relative_to(root).as_posix()
        text = path.read_text()
        is_test = re.search(r"^\s*(test|it|describe)(\.\w+)*\(", text, re.MULTILINE)
        wanted = ".test.ts" if name.startswith("web/src/") else ".spec.ts"
        if is_test and not name.endswith(wanted):
            yield f"{name}: holds tests, but its runner takes only *{wanted}"
        if re.search(r"\b(test|it|describe)\.only\(", text):
            yield f"{name}: .only keeps every other test from running"
    lock = root / "web/package-lock.json"
    if lock.exists() and '"resolved": "http' in lock.read_text():
        yield "web/package-lock.json: names a registry; web/.npmrc leaves that out, so run npm inside web/"


def main(root):
    problems = []
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix in SUFFIXES:
                problems.extend(problems_of(path, path.relative_to(root).as_posix()))
    listed = "\n".join(p.read_text() for p in (root / "tests").rglob("CMakeLists.txt"))
    for path in sorted((root / "tests").rglob("*")):
        is_test = path.name.endswith("_test.cc") or (path.suffix == ".sh" and path.name != "common.sh")
        if is_test and path.name not in listed and path.stem not in listed:
            problems.append(f"{path.relative_to(root)}: named in no CMakeLists.txt, so never run")
    problems.extend(web_problems(root))
    print("\n".join(problems) or "tree: every file keeps the rules")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))
