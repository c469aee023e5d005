"""Gradient training of a small image tower on the vectors of a larger one. Needs PyTorch; the result is a backbone for `vitrine model distill`.

Problem: what a small network learned of ImageNet speaks linearly for only a part of what the teacher tells apart.
Idea: move its late blocks until its vectors are the teacher's. Two terms, which CLIP-KD (Yang et al. 2024) found to carry
most of the gain and MobileCLIP (Vasu et al. 2024) trains with at scale: the squared distance of the two vectors of a
picture, and a contrastive relation, the picture's similarities to the teacher's vectors of a batch as a distribution
that must be the teacher's own (cross entropy over a temperature). No caption is needed.
Start: the head in closed form (ridge), so that training begins where `vitrine model distill` would end.
Why few pictures are enough to gain: first blocks and batch statistics stay frozen, layers drop, half of what is seen is mirrored.
Cost: of a photo, once, the teacher and the frozen blocks; then about 12 processor milliseconds an epoch.
"""
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from . import backbone, backbones, export, pictures, quantise
from .fidelity import fidelity
from .networks import Head, LateBlocks, tuned_weights
from .opened_pack import read_about, read_tower
from .runtime import session
from .towers import Refusal

FROZEN = {0: 8, 1: 12, 2: 12}   # blocks left as published: those that see 28 x 28 and the first of 14 x 14
BATCH, READ = 256, 16
RIDGE = 0.3
TEMPERATURE, RELATION = 0.05, 0.1
WEIGHT_DECAY, CLIP, BLOCK_DROP = 0.05, 5.0, 0.1
RATE_IMAGE, RATE_HEAD, WARM_UP = 3e-4, 3e-4, 12
JUDGED = 5                      # of so many pictures one is held back to judge
FEWEST = 200


@dataclass
class Seen:
    """What training reads of each photo: the teacher's vector [n, d] and the frozen blocks' output [n, h, w, c] in 16 bits."""
    vectors: torch.Tensor
    early: torch.Tensor


class Student(nn.Module):
    def __init__(self, weights, frozen, head):
        super().__init__()
        self.blocks, self.head = LateBlocks(weights, frozen, BLOCK_DROP), Head(*head)

    def features(self, early):
        """What the exported backbone gives: roots of pooled features and of class shares."""
        pooled = self.blocks(early, self.blocks.kept_blocks(len(early)))
        shares = torch.softmax(backbone.SHARPNESS * self.blocks.votes(pooled), 1)
        return torch.cat([torch.sqrt(pooled + backbone.ROOT_FLOOR), torch.sqrt(shares + 1e-9)], 1)

    def forward(self, early):
        return self.head(self.features(early))


def _teacher(folder, about):
    """The teacher's image tower as a session, and what makes unit vectors of its output."""
    rules = about["image"]
    if rules["dtype"] != "uint8" or rules["layout"] != "nhwc" or rules["resize"] != "squash":
        raise Refusal(f"{folder} prepares pictures in a way that this recipe does not; teach with a pack of modelkit's own, or use vitrine model distill, which takes any")
    data, finish = read_tower(folder, about, "image")
    return session(data), finish


def look(paths, teacher, about, weights, frozen, edge):
    """Runs the teacher, a folder and what its pack.json says, and the frozen blocks over all photos once."""
    opened, finish = _teacher(teacher, about)
    rules = about["image"]
    first = session(export.early_model(weights, frozen, edge))
    vectors, early = [], []
    for start in range(0, len(paths), READ):
        photos = [pictures.open_rgb(path) for path in paths[start:start + READ]]
        vectors.append(opened.run([rules["output"]], {rules["input"]: np.stack([pictures.pixels(photo, rules["edge_px"]) for photo in photos])})[0])
        early.append(torch.from_numpy(first.run(None, {"pixels": np.stack([pictures.pixels(photo, edge) for photo in photos])})[0]).bfloat16())
        if start % 800 == 0:
            print(f"distil: {start} of {len(paths)} photos looked at", flush=True)
    return Seen(torch.from_numpy(finish(np.concatenate(vectors))), torch.cat(early))


def _all(student, early, part):
    student.eval()
    with torch.no_grad():
        return torch.cat([part(early[start:start + BATCH]) for start in range(0, len(early), BATCH)])


def ridge(x, y):
    """The head in closed form: mean, deviation, matrix, bias."""
    mean, deviation = x.mean(axis=0), x.std(axis=0) + 1e-4
    z = (x - mean) / deviation
    centre = y.mean(axis=0)
    return mean, deviation, np.linalg.solve(z.T @ z / len(z) + RIDGE * np.eye(z.shape[1]), z.T @ (y - centre) / len(z)), centre


def loss(ours, theirs):
    """Squared distance plus contrastive relation, both a picture."""
    apart = torch.eye(len(ours), dtype=torch.bool)
    wanted = torch.softmax((theirs @ theirs.T / TEMPERATURE).masked_fill(apart, -1e4), 1)
    told = torch.log_softmax((ours @ theirs.T / TEMPERATURE).masked_fill(apart, -1e4), 1)
    return (ours - theirs).square().sum(1).mean() - RELATION * (wanted * told).sum(1).mean()


def train(student, seen, rows, epochs, seed=0):
    torch.manual_seed(seed)
    dice = np.random.default_rng(seed)
    groups = [{"params": [p for p in student.blocks.parameters() if p.requires_grad], "lr": RATE_IMAGE}, {"params": list(student.head.parameters()), "lr": RATE_HEAD}]
    optimiser = torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY, betas=(0.9, 0.98))
    steps = max(1, len(rows) // BATCH)
    for epoch in range(epochs):
        student.train()
        order, total = dice.permutation(rows), 0.0
        for number in range(steps):
            done = epoch * steps + number
            pace = min(1, (done + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * done / (epochs * steps)))
            for group, rate in zip(optimiser.param_groups, (RATE_IMAGE, RATE_HEAD)):
                group["lr"] = rate * pace
            chosen = torch.from_numpy(order[number * BATCH:][:BATCH])
            early = seen.early[chosen]
            value = loss(student(early.flip(2) if dice.random() < 0.5 else early), seen.vectors[chosen])
            optimiser.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(student.parameters(), CLIP)
            optimiser.step()
            total += value.item()
        print(f"distil: epoch {epoch + 1} of {epochs}, loss {total / steps:.4f}", flush=True)


def distil(teacher, photos, out, size, epochs, report):
    """Trains EfficientNet-Lite`size` on the pack in `teacher` and writes the backbone `out`; `report`: a file for the figures, or None. Raises Refusal."""
    backbone.free(out)
    about = read_about(teacher)
    paths = pictures.files_in(photos, FEWEST, "to learn from; some 10,000 of all kinds are better")
    edge, frozen = backbone.SIZES[f"efficientnet-lite{size}"][1], FROZEN[size]
    began = time.process_time()
    weights = backbones.load_weights(size)
    seen = look(paths, teacher, about, weights, frozen, edge)
    rows = np.arange(len(paths))
    judged, taught = rows[rows % JUDGED == JUDGED - 1], rows[rows % JUDGED != JUDGED - 1]
    width, dimension = backbone.FEATURES, seen.vectors.shape[1]
    bare = Student(weights, frozen, (np.zeros(width), np.ones(width), np.zeros((width, dimension)), np.zeros(dimension)))
    student = Student(weights, frozen, ridge(_all(bare, seen.early[taught], bare.features).numpy(), seen.vectors[taught].numpy()))

    def judge():
        return fidelity(_all(student, seen.early[judged], student).numpy(), seen.vectors[judged].numpy())
    before = judge()
    looked = time.process_time()
    train(student, seen, taught, epochs)
    figures = {"teacher": Path(teacher).name, "student": f"efficientnet-lite{size}", "edge_px": edge, "pictures": len(taught), "judged_on": len(judged), "epochs": epochs,
               "temperature": TEMPERATURE, "relation": RELATION, "seed": 0, "torch": torch.__version__,
               "closed_form": before, "trained": judge(), "looking_cpu_s": round(looked - began, 1), "training_cpu_s": round(time.process_time() - looked, 1)}
    print(json.dumps(figures))
    tuned = tuned_weights(weights, student.blocks)
    model = quantise.image_to_int8(backbone.feature_graph(tuned, edge), backbone.calibration(photos, edge))
    backbone.write_folder(out, model, backbone.FEATURES, backbone.rules(edge, "int8"), f"lite{size}-taught-{about['name']}"[:40], backbone.LICENCE,
                          f"efficientnet-lite{size}, ImageNet weights, trained on the vectors of {about['name']} for {len(taught)} pictures")
    if report:
        Path(report).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
