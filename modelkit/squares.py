"""What a pack's image rules make of a picture, by Pillow: the reference of src/model/preprocess.cc."""
import numpy as np
from PIL import Image

FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def square(picture, rules):
    """The picture as the tower's square, by the `image` part of a pack.json: an RGB image of edge x edge."""
    edge, interpolation = rules["edge_px"], FILTERS[rules["filter"]]
    width, height = picture.size
    if rules["resize"] == "squash":
        return picture.resize((edge, edge), interpolation)
    if rules["resize"] == "crop":
        target, short = rules.get("short_px", edge), min(width, height)
        scaled = picture.resize((target * width // short, target * height // short), interpolation)
        left, top = (round((side - edge) / 2) for side in scaled.size)
        return scaled.crop((left, top, left + edge, top + edge))
    longest = max(width, height)
    scaled = picture.resize([max(1, (edge * side + longest // 2) // longest) for side in (width, height)], interpolation)
    canvas = Image.new("RGB", (edge, edge), (rules.get("fill", 127),) * 3)
    canvas.paste(scaled, ((edge - scaled.width) // 2, (edge - scaled.height) // 2))
    return canvas


def tensor(picture, rules):
    """The tower's input for one picture: [1, 3, edge, edge] or [1, edge, edge, 3], float32 or uint8."""
    pixels = np.asarray(square(picture, rules))
    if rules["dtype"] == "float32":
        pixels = ((pixels / 255 - np.array(rules["mean"])) / np.array(rules["std"])).astype(np.float32)
    if rules["layout"] == "nchw":
        pixels = pixels.transpose(2, 0, 1)
    return np.ascontiguousarray(pixels)[None]
