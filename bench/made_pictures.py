#!/usr/bin/env python3
"""Makes many different small pictures out of some photographs, for measuring a gallery of 100,000.

usage: made_pictures.py --source FOLDER --count N --out FOLDER

Picture i is a cut of photograph i mod n, mirrored or not, with its colours shifted, at most 320 px, with a date of the
last fifteen years and one of eight cameras in its EXIF, in a folder for its month. The same arguments give the same
files.
"""
import argparse
import pathlib
import random
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta

from PIL import Image, ImageEnhance, ImageOps

CAMERAS = [("FUJIFILM", "X-T5"), ("Canon", "EOS R6"), ("NIKON CORPORATION", "Z 6"), ("SONY", "ILCE-7M4"),
           ("Apple", "iPhone 15"), ("Panasonic", "DC-S5"), ("OLYMPUS", "E-M1"), ("LEICA", "Q3")]
MODEL, MAKE, TAKEN, EXIF_IFD = 0x0110, 0x010F, 0x9003, 0x8769
FIRST_DAY = datetime(2010, 1, 1)
SECONDS = 15 * 365 * 86400


def make(photo, number, out):
    rng = random.Random(number)
    taken = FIRST_DAY + timedelta(seconds=rng.randrange(SECONDS))
    folder = out / f"{taken:%Y}" / f"{taken:%Y-%m}"
    folder.mkdir(parents=True, exist_ok=True)
    with Image.open(photo) as original:
        original.draft("RGB", (400, 400))
        picture = original.convert("RGB")
    width, height = picture.size
    cut_width, cut_height = int(width * rng.uniform(0.6, 1)), int(height * rng.uniform(0.6, 1))
    left, top = rng.randint(0, width - cut_width), rng.randint(0, height - cut_height)
    picture = picture.crop((left, top, left + cut_width, top + cut_height))
    picture.thumbnail((320, 320), reducing_gap=2)
    if rng.random() < 0.5:
        picture = ImageOps.mirror(picture)
    picture = ImageEnhance.Color(picture).enhance(rng.uniform(0.5, 1.5))
    picture = ImageEnhance.Brightness(picture).enhance(rng.uniform(0.8, 1.2))
    exif = Image.Exif()
    exif[MAKE], exif[MODEL] = CAMERAS[rng.randrange(len(CAMERAS))]
    exif[EXIF_IFD] = {TAKEN: f"{taken:%Y:%m:%d %H:%M:%S}"}
    picture.save(folder / f"IMG_{number:06d}.jpg", quality=80, exif=exif)


def make_range(photos, first, last, out):
    for number in range(first, last):
        make(photos[number % len(photos)], number, out)
    return last - first


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    photos = sorted(options.source.rglob("*.jpg"))
    if not photos:
        parser.error(f"there is no .jpg under {options.source}")
    with ProcessPoolExecutor() as pool:
        starts = range(0, options.count, 500)
        done = [pool.submit(make_range, photos, start, min(start + 500, options.count), options.out) for start in starts]
        print(sum(part.result() for part in done), "pictures in", options.out)


if __name__ == "__main__":
    main()
