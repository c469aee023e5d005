"""Makes the pictures that duplicates.py is measured with: photos, and what people and programs make of photos.

Of every original there is one picture of each kind: re-encoded, resized, cropped by area and cropped by side, turned by
quarters, turned a little, framed, marked, recoloured. The draw is fixed by the seed, so the same photos give the same
pictures (as far as Pillow's JPEG encoder stays the same). The rest of the photos lie beside them untouched.
"""
import json
import math
import pathlib
import random

from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

SEED = 20261125


def save(picture, path, quality=90):
    picture.save(path, quality=quality)


def cropped(picture, share_w, share_h, draw):
    width, height = picture.size
    w, h = max(32, round(width * share_w)), max(32, round(height * share_h))
    left, top = draw.randint(0, width - w), draw.randint(0, height - h)
    return picture.crop((left, top, left + w, top + h))


def reencode(picture, draw):
    quality = draw.randint(30, 95)
    return picture, quality, {"quality": quality}


def resize(picture, draw):
    scale = math.exp(draw.uniform(math.log(0.3), math.log(2)))
    size = tuple(max(48, round(edge * scale)) for edge in picture.size)
    rule = draw.choice([Image.Resampling.BICUBIC, Image.Resampling.LANCZOS, Image.Resampling.BILINEAR])
    return picture.resize(size, rule), draw.randint(75, 95), {"scale": round(scale, 3)}


def crop_area(picture, draw):
    """Keeps 50-90 % of the area, in the photo's own shape."""
    area = draw.uniform(0.5, 0.9)
    return cropped(picture, area ** 0.5, area ** 0.5, draw), 90, {"area": round(area, 3)}


def crop_side(picture, draw):
    """Keeps 50-90 % of the width and, drawn apart, of the height: 25-81 % of the area, in another shape."""
    shares = draw.uniform(0.5, 0.9), draw.uniform(0.5, 0.9)
    return cropped(picture, *shares, draw), 90, {"area": round(shares[0] * shares[1], 3)}


def quarter_turn(picture, draw):
    turn = draw.choice([Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270])
    return picture.transpose(turn), 90, {"turn": turn.name}


def small_turn(picture, draw):
    """As straightening a horizon does: turned, and cut to the largest part without black corners."""
    angle = draw.uniform(1, 8) * draw.choice([-1, 1])
    width, height = picture.size
    sine, cosine = math.sin(math.radians(abs(angle))), math.cos(math.radians(angle))
    shrink = min(width / (width * cosine + height * sine), height / (width * sine + height * cosine))
    w, h = int(width * shrink), int(height * shrink)
    turned = picture.rotate(angle, Image.Resampling.BICUBIC)
    left, top = (width - w) // 2, (height - h) // 2
    return turned.crop((left, top, left + w, top + h)), 90, {"degrees": round(angle, 2)}


def border(picture, draw):
    share = draw.uniform(0.03, 0.12)
    colour = draw.choice(["white", "black", "#d8d0c0"])
    return ImageOps.expand(picture, round(share * min(picture.size)), colour), 90, {"share": round(share, 3)}


def watermark(picture, draw):
    size = round(min(picture.size) * draw.uniform(0.10, 0.22))
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    place = (draw.uniform(0.02, 0.4) * picture.width, draw.uniform(0.05, 0.8) * picture.height)
    alpha = draw.randint(110, 230)
    ImageDraw.Draw(layer).text(place, "(c) Jane Doe", (255, 255, 255, alpha), ImageFont.load_default(size))
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB"), 90, {"px": size, "alpha": alpha}


def colours(picture, draw):
    kind = draw.choice(["grey", "warm", "contrast", "bright", "saturation", "filter"])
    if kind == "grey":
        edited = ImageOps.grayscale(picture).convert("RGB")
    elif kind == "warm":
        by = draw.uniform(0.12, 0.25)
        red, green, blue = picture.split()
        edited = Image.merge("RGB", (red.point(lambda x: min(255, x * (1 + by))), green,
                                     blue.point(lambda x: x * (1 - by))))
    elif kind == "contrast":
        edited = ImageEnhance.Contrast(picture).enhance(draw.choice([0.6, 0.75, 1.3, 1.6]))
    elif kind == "bright":
        edited = ImageEnhance.Brightness(picture).enhance(draw.choice([0.6, 0.75, 1.25, 1.4]))
    elif kind == "saturation":
        edited = ImageEnhance.Color(picture).enhance(draw.choice([0.3, 1.6, 2.2]))
    else:
        edited = ImageOps.colorize(ImageOps.grayscale(picture), "#201008", "#f8ecd0")
    return edited, 90, {"edit": kind}


KINDS = [reencode, resize, crop_area, crop_side, quarter_turn, small_turn, border, watermark, colours]


def make_set(photos, folder, originals, total):
    """Writes the set once and returns its files: [{"file", "source", "kind", ...}], names relative to `folder`."""
    folder = pathlib.Path(folder)
    manifest = folder / "manifest.json"
    if manifest.exists():
        files = json.loads(manifest.read_text())
        counts = sum(f["kind"] == "reencode" for f in files), sum(f["kind"] == "photo" for f in files)
        if counts == (originals, total):
            return files
        raise SystemExit(f"{folder} holds another set ({counts[0]} originals of {counts[1]} photos): remove it first")
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    names = sorted(p for p in pathlib.Path(photos).iterdir() if p.suffix == ".jpg")
    random.Random(SEED).shuffle(names)
    files = []
    for number, path in enumerate(names[:total]):
        source = f"p{number:05}"
        (folder / "pictures" / f"{source}.jpg").write_bytes(path.read_bytes())
        files.append({"file": f"pictures/{source}.jpg", "source": source, "kind": "photo", "photo": path.name})
        if number >= originals:
            continue
        picture = Image.open(path).convert("RGB")
        for kind in KINDS:
            draw = random.Random(f"{SEED} {source} {kind.__name__}")
            made, quality, facts = kind(picture, draw)
            name = f"pictures/{source}_{kind.__name__}.jpg"
            save(made, folder / name, quality)
            files.append({"file": name, "source": source, "kind": kind.__name__, **facts})
    manifest.write_text(json.dumps(files))
    return files
