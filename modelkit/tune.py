"""Contrastive tuning of one image backbone and the sentence encoder on captioned photos. The one step that needs PyTorch.

Problem: frozen ImageNet features and a frozen sentence encoder only meet linearly, and 6,000 photos are few.
Idea: train both ends with InfoNCE (van den Oord et al. 2018; CLIP, Radford et al. 2021), where a caption whose meaning
is close to the photo's own counts as partly right, and hold on to what they know with more terms: the backbone still names
the ImageNet classes as two untouched backbones do (Li and Hoiem 2016); the encoder's sentence vector stays where it
was for captions, labels and dictionary glosses; the pictures' class shares can be read off through the text tower from
"a photo of a {label}"; and a view and its marked, shifted, recompressed twin come out alike.
Why few photos are enough: the first eight blocks and all batch statistics stay frozen, views are cropped hard, layers drop.
Cost: 140 processor seconds an epoch on a core of 2024 with 16-bit products (AVX-512 BF16); memory 12 GB at most.
"""
import math
import random
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from . import backbones, labels, text_encoder, views
from .flickr8k import CAPTIONS_PER_PHOTO
from .networks import Encoder, Head, LateBlocks, head_arrays, tuned_weights

BATCH = 500
WEIGHT_DECAY, CLIP = 0.05, 5.0
BLOCK_DROP, TEXT_DROP = 0.25, 0.15
KIN_SHARE, KIN_WIDTH = 0.3, 0.07  # how much of a caption's target goes by likeness of meaning, and how narrow likeness is
KEEP_WORDS = 20.0        # weight of one minus the cosine to the untouched encoder
ALIKE = 10.0             # weight of one minus the cosine of twins, in the caption space and in the label space
KNOWN_TEXTS, NAMED_CLASSES = 100, (100, 60)  # texts to hold on to; classes by chance, classes most seen
GLOSSES = 20_000
GLOSS_FILES = {"data.noun": (4, 5, 6, 8, 13, 15, 17, 18, 20, 27), "data.verb": None}  # lexicographer files: acts, animals, things, food, people, ...


@dataclass(frozen=True)
class Plan:
    """How long and how fast: rates of the image tower, the encoder and the heads; steps until they are reached; how much of the start stays."""
    epochs: int
    warm_up: int
    image: float
    text: float
    heads: float
    keep: float = 0.0


SCALE_RATE = 1e-3
FROM_SCRATCH = Plan(18, 24, 4e-4, 8e-5, 5e-4)
FURTHER = Plan(2, 6, 1e-4, 2e-5, 1.5e-4, 0.5)   # from there: what the average forgets of chance, it keeps of both


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


class Tower(nn.Module):
    """Both ends in training: late blocks and encoder, each with its head into the caption space."""

    def __init__(self, start, labels, sharpness):
        super().__init__()
        self.backbone, self.encoder = LateBlocks(start["backbone"], backbones.FROZEN_BLOCKS, BLOCK_DROP), Encoder(start["encoder"])
        self.image, self.text = Head(*start["image"]), Head(*start["text"])
        self.scale = nn.Parameter(torch.tensor(math.log(20.0)))
        self.register_buffer("labels", torch.tensor(labels, dtype=torch.float32))
        self.sharpness = sharpness

    def seen(self, early, kept):
        """Frozen blocks' output to caption vectors [n, 256], ImageNet logits [n, 1000] and label vectors [n, 128]."""
        features = self.backbone(early, kept)
        votes = self.backbone.votes(features)
        return self.image(torch.sqrt(features + 1e-3)), votes, F.normalize(torch.softmax(self.sharpness * votes, 1) @ self.labels, dim=1)

    def said(self, states):
        return self.text(torch.cat([states[layer] for layer in text_encoder.POOLED], 1))


class Texts:
    """Texts through an encoder, the short apart from the long, so that little padding is worked on."""

    def __init__(self, tokeniser, chunk=128):
        self.tokeniser, self.chunk = tokeniser, chunk

    def states(self, encoder, texts, drop=0.0):
        """The pooled output of every layer: 7 x [n, 384]."""
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        parts = []
        for start in range(0, len(order), self.chunk):
            ids, mask = self.tokeniser.batch([texts[place] for place in order[start:start + self.chunk]])
            with torch.autocast("cpu", torch.bfloat16):
                parts.append(encoder(torch.from_numpy(ids), torch.from_numpy(mask), drop))
        back = torch.from_numpy(np.argsort(order))
        return [torch.cat(layer)[back] for layer in zip(*parts)]


def _matched(scale, image, text, kin):
    """InfoNCE both ways over n pairs; kin [n, n]: how alike the photos' captions are in meaning, rows summing to one."""
    scores = scale * text @ image.T
    return (F.cross_entropy(scores, kin) + F.cross_entropy(scores.T, kin)) / 2


def _kin(meanings):
    """Targets from the meanings [n, d] at unit length: the own photo, and photos said to show nearly the same."""
    return (1 - KIN_SHARE) * torch.eye(len(meanings)) + KIN_SHARE * torch.softmax(meanings @ meanings.T / KIN_WIDTH, 1)


def _named(scale, image, shares, names):
    """How badly the pictures' class shares [n, c] (a part of all classes) are read off through the names' embeddings [c, d]."""
    mass = shares.sum(1, keepdim=True)
    wanted = shares / mass
    return (mass[:, 0] * (wanted * (torch.log(wanted + 1e-9) - torch.log_softmax(scale * image @ names.T, 1))).sum(1)).mean()


class _Step:
    """One step's loss from a set of photos; holds what the steps share."""

    def __init__(self, tower, untouched, train, tokeniser, wordnet, meanings, shown, dice):
        self.tower, self.untouched, self.captions, self.texts = tower, untouched, train.captions, Texts(tokeniser)
        self.meanings, self.shown, self.dice = meanings, shown, dice
        prompts = [(number, prompt.format(name)) for number, synonyms in enumerate(labels.names()) for name in synonyms[:4] for prompt in labels.PROMPTS]
        self.by_class = [[] for _ in range(backbones.CLASSES)]
        for number, text in prompts:
            self.by_class[number].append(text)
        self.extra = [text for _, text in prompts] + labels.descriptions() + glosses(wordnet)

    def _pictures(self, chosen, view, mirrored):
        """Caption vectors, class shares and the two terms of the pictures: what is forgotten, how twins differ."""
        shown, twinned = self.shown[view], np.flatnonzero(views.has_twin(chosen, view))
        early = torch.cat([shown.early[chosen], shown.twins[chosen[twinned] // 2]])
        shares = shown.shares[chosen].float()
        kept = self.tower.backbone.kept_blocks(len(chosen))
        image, votes, named = self.tower.seen(early.flip(2) if mirrored else early, torch.cat([kept, kept[twinned]]))
        forgot = F.kl_div(torch.log_softmax(votes, 1), torch.cat([shares, shares[twinned]]), reduction="batchmean")
        differ = sum((1 - (both[:len(chosen)][twinned] * both[len(chosen):]).sum(1)).mean() for both in (image, named))
        return image[:len(chosen)], shares, forgot, differ

    def loss(self, chosen, view, mirrored):
        tower, dice = self.tower, self.dice
        image, shares, forgot, differ = self._pictures(chosen, view, mirrored)
        captions = [self.captions[CAPTIONS_PER_PHOTO * photo + dice.integers(CAPTIONS_PER_PHOTO)] for photo in chosen]
        known = [self.extra[number] for number in dice.integers(0, len(self.extra), KNOWN_TEXTS)]
        classes = np.unique(np.concatenate([dice.permutation(backbones.CLASSES)[:NAMED_CLASSES[0]], shares.sum(0).topk(NAMED_CLASSES[1]).indices.numpy()]))
        names = [self.by_class[number][dice.integers(len(self.by_class[number]))] for number in classes]
        said = tower.said(self.texts.states(tower.encoder, captions + names, TEXT_DROP))
        held = known + captions[:KNOWN_TEXTS // 2]
        with torch.no_grad():
            before = self.texts.states(self.untouched, held)[-1]
        drifted = (1 - F.cosine_similarity(self.texts.states(tower.encoder, held)[-1], before)).mean()
        matched = _matched(tower.scale.exp(), image, said[:len(chosen)], _kin(self.meanings[chosen]))
        read = _named(tower.scale.exp(), image, shares[:, torch.from_numpy(classes)], said[len(chosen):])
        parts = {"matched": matched, "forgot": forgot, "drifted": KEEP_WORDS * drifted, "named": read, "differ": ALIKE * differ}
        return sum(parts.values()), {name: round(value.item(), 3) for name, value in parts.items()}


def _optimiser(tower, plan):
    groups = [(plan.image, tower.backbone), (plan.text, tower.encoder), (plan.heads, nn.ModuleList([tower.image, tower.text]))]
    settings = [{"params": [p for p in part.parameters() if p.requires_grad], "lr": rate} for rate, part in groups]
    settings.append({"params": [tower.scale], "lr": SCALE_RATE, "weight_decay": 0.0})
    return torch.optim.AdamW(settings, weight_decay=WEIGHT_DECAY, betas=(0.9, 0.98), fused=True)


def _drawn(photos, edge, count):
    drawer, shown = views.Drawer(photos, edge), []
    for view in range(count):
        shown.append(drawer.draw(view))
        print(f"tune: view {view + 1} of {count}", flush=True)
    return shown


def blended(start, tuned, keep):
    """Between two sets of parts, weight by weight: keep of the start, the rest tuned (Wortsman et al. 2022)."""
    def mean(a, b):
        return a if a is b else (keep * a + (1 - keep) * b).astype(np.float32)

    return {part: {name: mean(start[part][name], value) for name, value in tuned[part].items()} for part in ("backbone", "encoder")} | \
           {part: tuple(map(mean, start[part], tuned[part])) for part in ("image", "text")}


def tune(train, tokeniser, start, anchors, edge, wordnet, plan=FROM_SCRATCH, shown=None, after_epoch=None, seed=0):
    """Tuned weights from the training split.

    start: parts to begin with: {"backbone": weights, "encoder": weights, "image": (mean, deviation, matrix, bias), "text": likewise}, numpy arrays.
    anchors: "labels" [1000, 128] and "sharpness", the picture side of the label space; "meanings" [n, 384] of the photos' captions, at unit length.
    shown: a list of Views, drawn here where None. after_epoch: called with (epoch, parts). Returns parts as in start, blended with it.
    """
    shown = shown or _drawn(train.photos, edge, min(views.VIEWS, plan.epochs))
    torch.manual_seed(seed)
    dice = np.random.default_rng(seed)
    tower, untouched = Tower(start, anchors["labels"], anchors["sharpness"]), Encoder(text_encoder.load_weights()).eval()
    step = _Step(tower, untouched, train, tokeniser, wordnet, torch.tensor(anchors["meanings"], dtype=torch.float32), shown, dice)
    optimiser = _optimiser(tower, plan)
    rates = [group["lr"] for group in optimiser.param_groups]

    def parts():
        return {"backbone": tuned_weights(start["backbone"], tower.backbone), "encoder": tuned_weights(start["encoder"], tower.encoder),
                "image": head_arrays(tower.image), "text": head_arrays(tower.text)}

    steps_an_epoch = len(train.photos) // BATCH
    for epoch in range(plan.epochs):
        tower.train()
        order = dice.permutation(len(train.photos))
        for number in range(steps_an_epoch):
            done = epoch * steps_an_epoch + number
            pace = min(1, (done + 1) / plan.warm_up) * 0.5 * (1 + math.cos(math.pi * done / (plan.epochs * steps_an_epoch)))
            for group, rate in zip(optimiser.param_groups, rates):
                group["lr"] = rate * pace
            loss, terms = step.loss(order[number * BATCH:][:BATCH], epoch % len(shown), epoch // len(shown) % 2 == 1)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_([p for group in optimiser.param_groups for p in group["params"]], CLIP)
            optimiser.step()
            print(f"tune: step {done + 1} of {plan.epochs * steps_an_epoch}, {terms}", flush=True)
        if after_epoch:
            after_epoch(epoch, parts())
    return blended(start, parts(), plan.keep)
