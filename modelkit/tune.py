"""Contrastive tuning of one image backbone and the sentence encoder on captioned photos. The one step that needs PyTorch.

Problem: frozen ImageNet features and a frozen sentence encoder only meet linearly, and 6,000 photos are few.
Idea: train both ends with InfoNCE (van den Oord et al. 2018; CLIP, Radford et al. 2021), and hold on to what they know with
three more terms: the backbone still names the ImageNet classes as a teacher of three backbones does (Li and Hoiem 2016);
the encoder's sentence vector stays where it was for captions, labels and dictionary glosses; and the pictures' class
shares can be read off through the text tower from "a photo of a {label}".
Why few photos are enough: the first eight blocks and all batch statistics stay frozen, views are cropped hard, layers drop.
Cost: five minutes on a GPU of 2023, some hours on a few CPU cores.
"""
import io
import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from . import backbones, labels, pictures, text_encoder
from .flickr8k import CAPTIONS_PER_PHOTO

TEACHERS = (0, 1, 2)
EPOCHS, BATCH, WARM_UP = 18, 500, 30
RATES = {"image": 3e-4, "text": 6e-5, "heads": 5e-4, "scale": 1e-3}
WEIGHT_DECAY, CLIP = 0.05, 5.0
FROZEN_BLOCKS, BLOCK_DROP, TEXT_DROP = 8, 0.25, 0.15
SMALLEST_CROP = 0.4
KEEP_WORDS = 20.0        # weight of one minus the cosine to the untouched encoder
WEBP_QUALITY = 70        # training sees recompressed photos, as libraries are full of them
GLOSSES = 20_000
GLOSS_FILES = {"data.noun": (4, 5, 6, 8, 13, 15, 17, 18, 20, 27), "data.verb": None}  # lexicographer files: acts, animals, things, food, people, ...


def _key(name):
    return name.replace(".", "-")


class Backbone(nn.Module):
    """EfficientNet-Lite with fixed batch statistics: pixels [n, 3, e, e] to pooled features [n, 1280]."""

    def __init__(self, weights):
        super().__init__()
        self.weights = nn.ParameterDict()
        for name, value in weights.items():
            if value.ndim and not name.startswith("_fc."):
                fixed = name.endswith(("running_mean", "running_var")) or name.startswith(("_conv_stem", "_bn0"))
                fixed = fixed or (name.startswith("_blocks.") and int(name.split(".")[1]) < FROZEN_BLOCKS)
                self.weights[_key(name)] = nn.Parameter(torch.from_numpy(value.copy()), requires_grad=not fixed)
        self.register_buffer("classes", torch.from_numpy(weights["_fc.weight"].copy()))
        self.register_buffer("classes_bias", torch.from_numpy(weights["_fc.bias"].copy()))
        self.layout = backbones.layout(weights)

    def _convolve(self, x, layer):
        weight = self.weights[_key(layer.conv + ".weight")]
        pads, _ = backbones.same_pads(x.shape[2], weight.shape[2], layer.stride)
        x = F.conv2d(F.pad(x, (pads[1], pads[3], pads[0], pads[2])), weight, stride=layer.stride, groups=weight.shape[0] if layer.depthwise else 1)
        mean, variance, gain, bias = (self.weights[_key(f"{layer.norm}.{part}")] for part in ("running_mean", "running_var", "weight", "bias"))
        x = F.batch_norm(x, mean, variance, gain, bias, False, 0, backbones.BATCH_NORM_EPSILON)
        return F.relu6(x) if layer.clipped else x

    def forward(self, x):
        stem, blocks, head = self.layout
        x = self._convolve(x, stem)
        for number, block in enumerate(blocks):
            y = x
            for layer in block.layers:
                y = self._convolve(y, layer)
            if block.residual:
                if self.training:
                    share = BLOCK_DROP * number / len(blocks)
                    y = y * ((torch.rand(len(y), 1, 1, 1, device=y.device) >= share) / (1 - share)).to(y.dtype)
                y = x + y
            x = y
        return self._convolve(x, head).float().mean((2, 3))

    def votes(self, features):
        """ImageNet logits [n, 1000]."""
        return F.linear(features, self.classes, self.classes_bias)


class Encoder(nn.Module):
    """MiniLM: ids and mask [n, length] to the mean-pooled output of every layer, 7 x [n, 384]. The word table stays fixed."""

    def __init__(self, weights):
        super().__init__()
        kept = {name: value for name, value in weights.items() if name.startswith(("encoder.", "embeddings.LayerNorm"))}
        self.weights = nn.ParameterDict({_key(name): nn.Parameter(torch.from_numpy(value.copy())) for name, value in kept.items()})
        self.register_buffer("words", torch.from_numpy(weights["embeddings.word_embeddings.weight"].copy()))
        places = weights["embeddings.position_embeddings.weight"][:text_encoder.MAX_TOKENS] + weights["embeddings.token_type_embeddings.weight"][0]
        self.register_buffer("places", torch.from_numpy(places))

    def _normalise(self, x, name):
        return F.layer_norm(x, (text_encoder.WIDTH,), self.weights[name + "-weight"], self.weights[name + "-bias"], text_encoder.EPSILON)

    def _dense(self, x, name):
        return F.linear(x, self.weights[name + "-weight"], self.weights[name + "-bias"])

    def forward(self, ids, mask, drop=0.0):
        count, length = ids.shape
        drop = drop if self.training else 0.0
        column = mask.float()[:, :, None]
        bias = ((1 - mask.float()) * -10000)[:, None, None]
        x = F.dropout(self._normalise(self.words[ids] + self.places[:length], "embeddings-LayerNorm"), drop)
        states = [x]
        for layer in range(text_encoder.LAYERS):
            name = f"encoder-layer-{layer}"
            query, key, value = (self._dense(x, f"{name}-attention-self-{part}").view(count, length, text_encoder.HEADS, -1).transpose(1, 2)
                                 for part in ("query", "key", "value"))
            share = F.dropout(torch.softmax(query @ key.transpose(2, 3) / query.shape[3] ** 0.5 + bias, -1), drop)
            mixed = self._dense((share.to(value.dtype) @ value).transpose(1, 2).reshape(count, length, -1), name + "-attention-output-dense")
            x = self._normalise(x + F.dropout(mixed, drop), name + "-attention-output-LayerNorm")
            fed = self._dense(F.gelu(self._dense(x, name + "-intermediate-dense")), name + "-output-dense")
            x = self._normalise(x + F.dropout(fed, drop), name + "-output-LayerNorm")
            states.append(x)
        return [(state.float() * column).sum(1) / column.sum(1) for state in states]


class Head(nn.Module):
    """A linear map on standardised inputs, ending at unit length; starts as one side of a CCA."""

    def __init__(self, scaling, projection):
        super().__init__()
        self.register_buffer("mean", torch.tensor(scaling[0], dtype=torch.float32))
        self.register_buffer("deviation", torch.tensor(scaling[1], dtype=torch.float32))
        self.matrix = nn.Parameter(torch.tensor(projection.matrix, dtype=torch.float32))
        self.bias = nn.Parameter(torch.tensor(-projection.mean @ projection.matrix, dtype=torch.float32))

    def forward(self, x):
        return F.normalize((x - self.mean) / self.deviation @ self.matrix + self.bias, dim=1)


def glosses(folder):
    """Dictionary entries with and without their gloss, shuffled: at most GLOSSES texts from WordNet's files."""
    texts = []
    for name, kept in GLOSS_FILES.items():
        with open(f"{folder}/{name}", encoding="utf-8") as file:
            for line in file:
                if line.startswith("  "):
                    continue
                entry, gloss = line.split("|")[:2]
                fields = entry.split()
                if kept is None or int(fields[1]) in kept:
                    word = fields[4].replace("_", " ")
                    bare = random.Random(len(texts)).random() < 0.4
                    texts.append(word if bare else f"{word}, {gloss.split(';')[0].strip()}")
    random.Random(0).shuffle(texts)
    return texts[:GLOSSES]


def recompressed(path, edge):
    """The photo after one more lossy compression: uint8 [edge, edge, 3]."""
    buffer = io.BytesIO()
    pictures.open_rgb(path).save(buffer, "WEBP", quality=WEBP_QUALITY, method=2)
    return pictures.pixels(Image.open(buffer).convert("RGB"), edge)


def _between(count, low, high, device):
    return torch.empty(count, device=device).uniform_(low, high)


def augmented(x):
    """Random crops, mirrors, brightness, contrast and saturation of uint8 pixels [n, 3, e, e]; normalised float of the same shape."""
    count, device, x = len(x), x.device, x.float()
    side, stretch = _between(count, SMALLEST_CROP ** 0.5, 1, device), torch.exp(_between(count, -0.15, 0.15, device))
    wide, high = (side * stretch).clamp(max=1), (side / stretch).clamp(max=1)
    mirror, zero = (torch.rand(count, device=device) < 0.5).float() * 2 - 1, torch.zeros_like(wide)
    left, top = _between(count, -1, 1, device) * (1 - wide), _between(count, -1, 1, device) * (1 - high)
    frame = torch.stack([torch.stack([wide * mirror, zero, left], 1), torch.stack([zero, high, top], 1)], 1)
    x = F.grid_sample(x, F.affine_grid(frame, list(x.shape), align_corners=False), mode="bilinear", padding_mode="reflection", align_corners=False)
    bright, contrast, colour = (_between(count, *span, device)[:, None, None, None] for span in ((0.75, 1.25), (0.75, 1.25), (0.7, 1.3)))
    x = x * bright
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * contrast + mean
    grey = x.mean(1, keepdim=True)
    return (((x - grey) * colour + grey).clamp(0, 255) - 127) / 128


def _image_terms(tower, views, teachers):
    """Embeddings of the views, the teachers' class shares, and how far the tuned backbone is from them."""
    with torch.no_grad():
        shares = torch.softmax(sum(teacher.votes(teacher(views)) for teacher in teachers) / len(teachers), 1)
    features = tower["backbone"](views)
    forgot = F.kl_div(torch.log_softmax(tower["backbone"].votes(features), 1), shares, reduction="batchmean")
    return tower["image"](torch.sqrt(features + 1e-3)), shares, forgot


def _said(tower, batch):
    states = tower["encoder"](*batch, drop=TEXT_DROP)
    return tower["text"](torch.cat([states[layer] for layer in text_encoder.POOLED], 1))


def _matched(scale, image, text):
    """InfoNCE both ways; text holds two captions a photo, in the photos' order."""
    scores = scale * text @ image.T
    own = torch.arange(len(image), device=image.device)
    back = torch.log_softmax(scores.T, 1).view(len(image), len(image), 2)[own, own].mean()
    return (F.cross_entropy(scores, own.repeat_interleave(2)) - back) / 2


def _named(scale, image, shares, names):
    """How badly the pictures' class shares [n, c] (a part of all classes) are read off through the names' embeddings [c, d]."""
    mass = shares.sum(1, keepdim=True)
    wanted = shares / mass
    return (mass[:, 0] * (wanted * (torch.log(wanted + 1e-9) - torch.log_softmax(scale * image @ names.T, 1))).sum(1)).mean()


def tune(train, tokeniser, start, edge, wordnet, seed=0):
    """Tuned weights from the training split.

    start: what the alignment of the frozen parts gave: "image" and "text", each (scaling, Projection).
    Returns {"backbone": weights, "encoder": weights, "image": (scaling, matrix, bias), "text": likewise} as numpy arrays.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(seed)
    dice = np.random.default_rng(seed)
    original, words = backbones.load_weights(backbones.STARTER), text_encoder.load_weights()
    tower = nn.ModuleDict({"backbone": Backbone(original), "encoder": Encoder(words), "image": Head(*start["image"]), "text": Head(*start["text"])}).to(device)
    scale = nn.Parameter(torch.tensor(math.log(20.0), device=device))
    teachers = [Backbone(backbones.load_weights(size)).to(device).eval() for size in TEACHERS]
    untouched = Encoder(words).to(device).eval()
    groups = [("image", tower["backbone"]), ("text", tower["encoder"]), ("heads", nn.ModuleList([tower["image"], tower["text"]]))]
    settings = [{"params": [p for p in part.parameters() if p.requires_grad], "lr": RATES[name]} for name, part in groups]
    optimiser = torch.optim.AdamW(settings + [{"params": [scale], "lr": RATES["scale"], "weight_decay": 0.0}], weight_decay=WEIGHT_DECAY, betas=(0.9, 0.98))
    rates = [group["lr"] for group in optimiser.param_groups]

    photos = torch.from_numpy(np.stack([recompressed(path, edge) for path in train.photos])).permute(0, 3, 1, 2)
    prompts = [(number, prompt.format(name)) for number, synonyms in enumerate(labels.names()) for name in synonyms[:4] for prompt in ("a photo of a {}", "{}")]
    by_class = [[text for owner, text in prompts if owner == number] for number in range(backbones.CLASSES)]
    extra = [text for _, text in prompts] + labels.descriptions() + glosses(wordnet)

    def batch(texts):
        ids, mask = tokeniser.batch(texts)
        return torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device)

    steps_an_epoch = len(photos) // BATCH
    for step in range(EPOCHS * steps_an_epoch):
        if step % steps_an_epoch == 0:
            order = dice.permutation(len(photos))
            tower.train()
        pace = min(1, (step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * step / (EPOCHS * steps_an_epoch)))
        for group, rate in zip(optimiser.param_groups, rates):
            group["lr"] = rate * pace
        chosen = order[step % steps_an_epoch * BATCH:][:BATCH]
        captions = [train.captions[CAPTIONS_PER_PHOTO * photo + number] for photo in chosen for number in dice.permutation(CAPTIONS_PER_PHOTO)[:2]]
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            image, shares, forgot = _image_terms(tower, augmented(photos[chosen].to(device)), teachers)
            matched = _matched(scale.exp(), image, _said(tower, batch(captions)))
            known = batch([extra[number] for number in dice.integers(0, len(extra), 200)] + captions[::5][:100])
            with torch.no_grad():
                before = untouched(*known)[-1]
            drifted = (1 - F.cosine_similarity(tower["encoder"](*known)[-1], before)).mean()
            classes = np.unique(np.concatenate([dice.permutation(backbones.CLASSES)[:200], shares.sum(0).topk(100).indices.cpu().numpy()]))
            names = _said(tower, batch([by_class[number][dice.integers(len(by_class[number]))] for number in classes]))
            loss = matched + forgot + KEEP_WORDS * drifted + _named(scale.exp(), image, shares[:, torch.from_numpy(classes).to(device)], names)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for group in optimiser.param_groups for p in group["params"]], CLIP)
        optimiser.step()
        print(f"tune: step {step + 1} of {EPOCHS * steps_an_epoch}, loss {loss.item():.3f}", flush=True)
    return _as_arrays(tower, original, words)


def _as_arrays(tower, original, words):
    """Everything tuned, back under the names it came with; 16-bit precision, as the pack is 8-bit anyway."""
    def merged(weights, module):
        tuned = {name: value.detach().half().float().cpu().numpy() for name, value in module.weights.items() if value.requires_grad}
        return {name: tuned.get(_key(name), value) for name, value in weights.items()}

    def head(module):
        return tuple(part.detach().cpu().numpy() for part in (module.mean, module.deviation, module.matrix, module.bias))

    return {"backbone": merged(original, tower["backbone"]), "encoder": merged(words, tower["encoder"]), "image": head(tower["image"]), "text": head(tower["text"])}
