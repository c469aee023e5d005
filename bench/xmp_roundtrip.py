#!/usr/bin/env python3
"""Judges with ExifTool that merging into sidecars loses nothing of what belongs to others.

usage: xmp_roundtrip.py BENCH_PROGRAM [--count N] [--pictures DIR] [--out FILE]

Makes N sidecars (and takes the packets out of the pictures under DIR), lets xmp_bench change what each says of tags,
rating and caption, and reads all of them before and after with `exiftool -j -G1 -struct`. Whatever is not one of the
five properties has to be the same. Exit 1 when anything was lost, 77 when there is no ExifTool.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# The five and Vitrine's own, with the qualifiers of entries (SubjectSure), which go where their entries go.
OURS = re.compile(r"XMP-(dc:Subject\w*|dc:Description|lr:HierarchicalSubject\w*|digiKam:TagsList\w*|xmp:Rating|vitrine:\w+)$",
                  re.I)
# What ExifTool makes of RDF without a prefix, which it does not read as XMP.
UNREADABLE = "XMP:Description"


def read_all(folder):
    """{file name: {property: value}} of what is not ours; captions in other languages count as not ours."""
    command = ["exiftool", "-j", "-G1", "-struct", "-a", "-u", "-XMP:all", "-charset", "utf8", "-r", str(folder)]
    found = json.loads(subprocess.run(command, capture_output=True, check=False).stdout or b"[]")
    return {pathlib.Path(item.pop("SourceFile")).name: {k: v for k, v in item.items() if not OURS.match(k)}
            for item in found}


def collect(pictures, folder):
    """Writes the XMP packets of pictures as sidecars."""
    folder.mkdir(parents=True)
    for number, path in enumerate(sorted(p for p in pictures.rglob("*") if p.is_file())):
        packet = subprocess.run(["exiftool", "-b", "-XMP", str(path)], capture_output=True, check=False).stdout
        if packet.strip():
            (folder / f"c{number:03}-{path.stem}.xmp").write_bytes(packet)


def cpu():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--pictures", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path)
    arguments = parser.parse_args()
    if not shutil.which("exiftool"):
        print("SKIPPED: exiftool is not here (tools/bootstrap --test installs it)")
        return 77
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        if arguments.pictures and arguments.pictures.is_dir():
            collect(arguments.pictures, work / "collected")
        run = subprocess.run([arguments.program, work, str(arguments.count)], capture_output=True, text=True, check=True)
        report = json.loads(run.stdout)
        before, after = read_all(work / "before"), read_all(work / "after")
    unreadable = [name for name, says in before.items() if UNREADABLE in says]
    for name in unreadable:
        del before[name]
        after.pop(name, None)
    lost = {name: {key: [value, after.get(name, {}).get(key)] for key, value in says.items()
                   if after.get(name, {}).get(key) != value} for name, says in before.items()}
    gained = {name: [key for key in says if key not in before.get(name, {})] for name, says in after.items()}
    lost = {name: what for name, what in lost.items() if what}
    gained = {name: what for name, what in gained.items() if what}
    version = subprocess.run(["exiftool", "-ver"], capture_output=True, text=True, check=True).stdout.strip()
    result = {"bench": "xmp_roundtrip", "cpu": cpu(), "cores": os.cpu_count(), "judge": f"exiftool {version}", **report,
              "sidecars_judged": len(before), "sidecars_the_judge_cannot_read": len(unreadable), "properties_judged": sum(len(says) for says in before.values()),
              "properties_lost_or_changed": sum(len(what) for what in lost.values()),
              "properties_gained": sum(len(what) for what in gained.values())}
    print(json.dumps(result, indent=2))
    for what, names in (("lost", lost), ("gained", gained)):
        for name, properties in names.items():
            print(what, name, properties, file=sys.stderr)
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=2) + "\n")
    # A packet that somebody else made may be one that is refused as a whole; a made one may not.
    whole = len(before) + len(unreadable) + len(report["refused"]) == arguments.count + report["collected"]
    made_refused = [name for name in report["refused"] if not re.match(r"c\d\d\d-", name)]
    return 0 if whole and not lost and not gained and not made_refused else 1


if __name__ == "__main__":
    sys.exit(main())
