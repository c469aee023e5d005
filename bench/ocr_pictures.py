"""Photos with words on them, and the truth about the words: what ocr_bench.py judges readers by.

Backgrounds are real photos, scaled so that the long side has 640 to 1600 pixels; on each stand two to four lines of one
to four words in one of the fonts of DejaVu, 14 to 64 pixels high, a third of them turned by up to eight degrees, half of them on a
plain sign as shops and slides have, half on the photo itself. Words are those of the photos' captions, four letters
or more; a picture holds a word once. Everything follows from one seed.
"""
import pathlib
import random
import re

from PIL import Image, ImageDraw, ImageFont

SEED = 20261125
FONTS = "/usr/share/fonts/truetype/dejavu"
FACES = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSansCondensed", "DejaVuSansMono", "DejaVuSerif", "DejaVuSerif-Bold",
         "DejaVuSerif-Italic", "DejaVuSerifCondensed")


def words_of(captions):
    """Words of four letters or more, in order of the alphabet, out of a file of captions."""
    return sorted(set(re.findall(r"\b[a-z]{4,12}\b", pathlib.Path(captions).read_text(encoding="utf-8").lower())))


def _colours(patch, dice):
    """Ink for a patch of a photo: far from its mean lightness."""
    mean = sum(patch.convert("L").resize((1, 1), Image.Resampling.BOX).getdata())
    if mean > 128:
        return tuple(dice.randrange(0, 70) for _ in range(3)), (255, 255, 255)
    return tuple(dice.randrange(190, 256) for _ in range(3)), (0, 0, 0)


def _strip(text, face, height, dice, patch):
    """One line as a picture with transparency, turned or not."""
    font = ImageFont.truetype(f"{FONTS}/{face}.ttf", height)
    left, top, right, bottom = font.getbbox(text)
    pad = max(4, height // 3)
    size = right - left + 2 * pad, bottom - top + 2 * pad
    ink, paper = _colours(patch, dice)
    is_sign = dice.random() < 0.5
    strip = Image.new("RGBA", size, (*paper, 255 if is_sign else 0))
    ImageDraw.Draw(strip).text((pad - left, pad - top), text, font=font, fill=(*ink, 255))
    turn = dice.uniform(-8, 8) if dice.random() < 1 / 3 else 0
    return (strip.rotate(turn, Image.Resampling.BICUBIC, expand=True) if turn else strip), round(turn, 1), is_sign


def _styled(words, dice):
    text = " ".join(words)
    return dice.choice((text, text.upper(), text.title()))


def draw(photo, words, dice):
    """Returns the picture and its lines: text, words, height_px, turn_degrees, sign."""
    long_px = dice.randrange(640, 1601)
    scale = long_px / max(photo.size)
    picture = photo.resize((round(photo.width * scale), round(photo.height * scale)), Image.Resampling.BICUBIC)
    lines, taken, used = [], [], set()
    for _ in range(dice.randrange(2, 5)):
        chosen = dice.sample(words, dice.randrange(1, 5))
        height, face = round(14 * (64 / 14) ** dice.random()), dice.choice(FACES)
        text = _styled(chosen, dice)
        for _ in range(40):
            probe, _, _ = _strip(text, face, height, random.Random(1), picture)
            if probe.width + 40 > picture.width or used & set(chosen):
                break
            x, y = dice.randrange(0, picture.width - probe.width - 30), dice.randrange(0, max(1, picture.height - probe.height - 30))
            patch = picture.crop((x, y, x + probe.width, y + probe.height))
            strip, turn, is_sign = _strip(text, face, height, dice, patch)
            box = (x, y, x + strip.width, y + strip.height)
            apart = all(box[2] + 8 < b[0] or b[2] + 8 < box[0] or box[3] + 8 < b[1] or b[3] + 8 < box[1] for b in taken)
            if not apart or box[2] > picture.width or box[3] > picture.height:
                continue
            picture.paste(strip, (x, y), strip)
            taken.append(box)
            used |= set(chosen)
            lines.append({"text": text, "words": chosen, "height_px": height, "turn_degrees": turn, "sign": is_sign})
            break
    return picture, lines


def make(photos, captions, folder, count):
    """Writes NNN.jpg files; returns [(path, lines)]."""
    names = sorted(p for p in pathlib.Path(photos).iterdir() if p.suffix == ".jpg")
    dice, words, made = random.Random(SEED), words_of(captions), []
    dice.shuffle(names)
    for name in names:
        if len(made) == count:
            return made
        picture, lines = draw(Image.open(name).convert("RGB"), words, dice)
        if lines:
            path = pathlib.Path(folder) / f"{len(made):03}.jpg"
            picture.save(path, quality=dice.choice((75, 85, 92)))
            made.append((path, lines))
    return made
