"""Judge the starter pack: retrieval, 8 bits against float, out-of-domain proxies, speed. Prints and keeps JSON."""
import glob
import json
import os
import platform
import time

import numpy as np

from . import export, flickr8k, pictures, starter
from .runtime import CPU, OPENVINO, embed_texts, session
from .tokens import Tokeniser

QUERY = "two people in a red kayak at dusk with"  # 10 words, 12 tokens with [CLS] and [SEP]


def recall(images, texts, owners):
    """Share in percent of texts whose picture is among the first 1, 5 and 10."""
    scores = texts @ images.T
    own = scores[np.arange(len(texts)), owners]
    ranks = (scores > own[:, None]).sum(axis=1)
    return {f"R@{k}": round(100 * float((ranks < k).mean()), 2) for k in (1, 5, 10)}


def embed_pictures(opened, batches):
    return np.concatenate([opened.run(None, {"pixels": batch})[0] for batch in batches])


def agreement(a, b):
    cosines = (a * b).sum(axis=1)
    return {"mean": round(float(cosines.mean()), 5), "lowest": round(float(cosines.min()), 5)}


def stamps(folder):
    """Photographs and drawings of single things with an English line each (Debian's tuxpaint-stamps-default), without symbols."""
    pairs = []
    for path in sorted(glob.glob(os.path.join(folder, "**", "*.png"), recursive=True)):
        text = path[:-4] + ".txt"
        if "/symbols/" in path or not os.path.exists(text):
            continue
        with open(text, encoding="utf-8") as file:
            line = flickr8k.plain(file.readline())
        if line:
            pairs.append((path, line))
    return pairs


def _seconds(run, repeats):
    """The fastest of several runs: processor seconds, as other work may share the machine, and wall seconds."""
    best = [1e9, 1e9]
    for _ in range(repeats):
        cpu, wall = time.process_time(), time.perf_counter()
        run()
        best = [min(best[0], time.process_time() - cpu), min(best[1], time.perf_counter() - wall)]
    return best


def speed(folder, batch, tokeniser, threads=2):
    """Images a second for both providers, interleaved, and milliseconds a query."""
    files = {name: os.path.join(folder, f"{name}.int8.onnx") for name in ("image", "text")}
    opened = {(provider, count): session(files["image"], count, provider) for provider in (CPU, OPENVINO) for count in (1, threads)}
    best = {key: [1e9, 1e9] for key in opened}
    for _ in range(6):
        for key, one in opened.items():
            best[key] = list(map(min, best[key], _seconds(lambda: one.run(None, {"pixels": batch}), 2)))
    begun = time.perf_counter()
    cpu = time.process_time()
    text = session(files["text"], 1)
    out = {"text_session_open_ms": {"wall": round(1e3 * (time.perf_counter() - begun)), "processor": round(1e3 * (time.process_time() - cpu))}}
    ids, mask = tokeniser.batch([QUERY])
    query = _seconds(lambda: text.run(None, {"input_ids": ids, "attention_mask": mask}), 100)
    out["text_12_tokens_1_thread_ms"] = {"wall": round(1e3 * query[1], 2), "processor": round(1e3 * query[0], 2)}
    for (provider, count), (processor, wall) in best.items():
        out[f"image_per_second_{provider}_{count}_threads"] = {"wall": round(len(batch) / wall, 1), "per_processor_second": round(len(batch) / processor, 1)}
    return out


def evaluate(data, pack, wordnet, cache, proxies):
    """All figures as a dictionary; the float towers are rebuilt from the tuned parts in `cache`."""
    tokeniser, train, dev = Tokeniser(), flickr8k.read(data, "train"), flickr8k.read(data, "dev")
    recipe = starter.recipe_from(starter.tuned_parts(train, tokeniser, wordnet, cache), train, tokeniser)
    owners = np.arange(len(dev.captions)) // flickr8k.CAPTIONS_PER_PHOTO
    image = {"int8": session(os.path.join(pack, "image.int8.onnx")), "float": session(export.image_model(recipe))}
    text = {"int8": session(os.path.join(pack, "text.int8.onnx")), "float": session(export.text_model(recipe))}
    seen = {name: embed_pictures(one, pictures.batches(dev.photos, recipe.edge, 8)) for name, one in image.items()}
    said = {name: embed_texts(one, tokeniser, dev.captions)[0] for name, one in text.items()}
    out = {"schema": 1, "what": "starter pack quality", "processor": _processor(), "provider": CPU, "runtime": "onnxruntime-openvino 1.24.1",
           "dev_text_to_image_1000_photos_5000_captions": {name: recall(seen[name], said[name], owners) for name in seen},
           "cosine_int8_to_float": {"image": agreement(seen["int8"], seen["float"]), "text": agreement(said["int8"], said["float"])}}
    openvino = embed_pictures(session(os.path.join(pack, "image.int8.onnx"), 2, OPENVINO), pictures.batches(dev.photos[:64], recipe.edge, 8))
    out["cosine_int8_openvino_to_float"] = {"image": agreement(openvino, seen["float"][:64])}
    if os.path.isdir(proxies):
        out["out_of_domain_stamps"] = _stamp_figures(stamps(proxies), image["int8"], text["int8"], recipe.edge, tokeniser)
    out["cosine_at_half_size"] = agreement(seen["int8"][:200], embed_pictures(image["int8"], _shrunk(dev.photos[:200], recipe.edge)))
    out["speed"] = speed(pack, next(pictures.batches(dev.photos[:8], recipe.edge, 8)), tokeniser)
    out["pack_bytes"] = sum(os.path.getsize(os.path.join(pack, name)) for name in os.listdir(pack))
    return out


def _stamp_figures(pairs, image, text, edge, tokeniser):
    paths, lines = zip(*pairs)
    seen = embed_pictures(image, pictures.batches(list(paths), edge, 8))
    owners = np.arange(len(lines))
    bare = [line.lower().removeprefix("an ").removeprefix("a ") for line in lines]
    prompted = [f"a photo of a {line}" for line in bare]
    return {"pictures": len(lines)} | {name: recall(seen, embed_texts(text, tokeniser, texts)[0], owners)
                                       for name, texts in (("captions", list(lines)), ("bare_nouns", bare), ("a_photo_of_a", prompted))}


def _shrunk(photos, edge):
    """Batches of the photos decoded at half their size, a harder case than shrinking on load, which stops at the tower's edge."""
    for start in range(0, len(photos), 8):
        halves = [picture.resize((picture.width // 2, picture.height // 2), pictures.Image.Resampling.BOX) for picture in map(pictures.open_rgb, photos[start:start + 8])]
        yield np.stack([pictures.pixels(half, edge) for half in halves])


def _processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        lines = [line.split(":", 1)[1].strip() for line in file if line.startswith(("model name", "flags"))]
    flags = set(" ".join(lines).split())
    return {"name": lines[0] if lines else platform.machine(), "cores": os.cpu_count(), "simd": sorted(flags & {"avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8"}),
            "load_average": round(os.getloadavg()[0], 1)}


def write(figures, path):
    text = json.dumps(figures, indent=1) + "\n"
    print(text, end="")
    if path:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
