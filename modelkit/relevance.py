"""Fit and judge what a score is worth: the two logistic models of pack.json's calibration (src/query/relevance.cc).

Only captions and photos that no tower was trained with can tell: on the training photos a caption finds its photo twice as
often. So the dev photos are dealt into two halves; models fitted on one are judged on the other, and those that ship are
fitted on both.

What counts as relevant to a caption ("near"): its own photo, and every photo whose five captions lie as near to it, by the
untouched sentence encoder (mean cosine), as the other four captions of its own photo do for three captions in four. "Own" is
the own photo alone. A single word is answered by the photos of which a caption says it.
"""
import json
import os
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from . import flickr8k, labels, pictures, text_encoder
from .align import unit
from .graph import Graph
from .runtime import embed_texts, session
from .tokens import Tokeniser

TOP = 10                                  # hits a query
SAMPLE = 2048                             # photos that stand for the library
SIZES = (15, 30, 60, 125, 250, 500)       # libraries fitted on
MEASURES = ("score", "best_mean", "deviation", "log_pictures")
LABELS_FOUND_OUT = 0.87                   # share of foreign words that must be found out; the rest are the price of finding
CUT = 0.5                                 # a list ends where a hit is likelier wrong than right
PLAIN = frozenset("the and with that are while his her has for from its two into another man person wearing other front one three looking looks holding "
                  "against near towards through over down around black white red blue green brown yellow young small large their there".split())


ALWAYS = np.array([0, 0, 0, 0, 9.0])      # pictures are never told that nothing matches


@dataclass
class Queries:
    vectors: np.ndarray  # float32 [n, d], unit
    near: np.ndarray     # bool [n, photos]: relevant
    own: np.ndarray      # int [n]: the photo it was written of, -1 for none


def sentence_encoder():
    """The untouched encoder as a session: mean-pooled, not normalised."""
    graph = Graph("sentences")
    ids, mask, column = text_encoder.add_inputs(graph)
    last = text_encoder.add_encoder(graph, text_encoder.load_weights(), ids, mask, column)[-1]
    graph.output(last, "embedding", ["n", text_encoder.WIDTH])
    return session(graph.model(), 1)


def near_truth(captions, encoder, tokeniser):
    """bool [captions, photos], and the nearness asked for."""
    said = unit(embed_texts(encoder, tokeniser, captions)[0])
    count = len(captions) // flickr8k.CAPTIONS_PER_PHOTO
    owners = np.arange(len(captions)) // flickr8k.CAPTIONS_PER_PHOTO
    nearness = said @ said.reshape(count, flickr8k.CAPTIONS_PER_PHOTO, -1).mean(axis=1).T
    own = (nearness[np.arange(len(captions)), owners] * flickr8k.CAPTIONS_PER_PHOTO - 1) / (flickr8k.CAPTIONS_PER_PHOTO - 1)
    asked = float(np.quantile(own, 0.25))
    near = nearness >= asked
    near[np.arange(len(captions)), owners] = True
    return near, asked


def words_of(captions):
    """The words that two captions of a photo agree on for three photos or more, with the photos of which any caption says them."""
    per_photo = [[set(re.findall("[a-z]+", text.lower())) for text in captions[i:i + 5]] for i in range(0, len(captions), 5)]
    agreed = Counter(word for sets in per_photo for word, times in Counter(w for s in sets for w in s).items() if times >= 2)
    words = sorted(word for word, photos in agreed.items() if photos >= 3 and len(word) > 2 and word not in PLAIN)
    return words, np.array([[any(word in s for s in sets) for sets in per_photo] for word in words])


def foreign_words(captions):
    """ImageNet's classes whose names no caption holds: bare, and as "a photo of a ..."."""
    said = {word for text in captions for word in re.findall("[a-z]+", text.lower())}
    heads = [({re.findall("[a-z]+", name.lower())[-1] for name in names}, names[0].lower()) for names in labels.names()]
    foreign = [name for last, name in heads if not any(word in said or word + "s" in said for word in last)]
    return foreign + [f"a photo of a {name}" for name in foreign]


def measures(queries, photos, chosen, library, exclude_own=False):
    """What the program measures of each query in a library of those photos: dict of arrays; hits [n, TOP] and their truth."""
    scores = queries.vectors[chosen] @ photos[library].T
    if exclude_own:
        scores[queries.own[chosen][:, None] == library[None]] = -2
    order = np.argsort(-scores, axis=1, kind="stable")[:, :TOP]
    hits = np.take_along_axis(scores, order, axis=1)
    sample = np.where(scores > -2, scores, np.nan)[:, :SAMPLE]
    return {"hits": hits, "best_mean": hits.mean(axis=1), "deviation": np.nanstd(sample, axis=1), "log_pictures": np.full(len(hits), np.log(len(library))),
            "near": np.take_along_axis(queries.near[chosen][:, library], order, axis=1), "own": library[order] == queries.own[chosen][:, None],
            "any": queries.near[chosen][:, library].any(axis=1), "relevant": queries.near[chosen][:, library].sum(axis=1)}


def columns(part, best_only):
    """The design matrix of one measured part: a row a hit, or a row a query with its best hit."""
    hits = part["hits"][:, :1] if best_only else part["hits"]
    repeated = [np.repeat(part[name], hits.shape[1]) for name in MEASURES[1:]]
    return np.stack([hits.ravel(), *repeated, np.ones(hits.size)], axis=1)


def fit(x, y, weight=None, penalty=1e-4, steps=60):
    """Logistic regression by Newton's method; the last column of x is 1. Returns its coefficients."""
    weight = np.ones(len(y)) if weight is None else weight
    mean, scale = x[:, :-1].mean(axis=0), x[:, :-1].std(axis=0) + 1e-9
    z = np.c_[(x[:, :-1] - mean) / scale, x[:, -1]]
    ridge = np.r_[np.full(z.shape[1] - 1, penalty * weight.sum()), 1e-9]
    w = np.zeros(z.shape[1])
    for _ in range(steps):
        p = probability(z @ w)
        gradient = z.T @ (weight * (p - y)) + ridge * w
        w -= np.linalg.solve((z.T * (weight * p * (1 - p))) @ z + np.diag(ridge), gradient)
    return np.r_[w[:-1] / scale, w[-1] - (w[:-1] * mean / scale).sum()]


def probability(log_odds):
    return 1 / (1 + np.exp(-np.clip(log_odds, -60, 60)))


def libraries(queries, photos, half, seed, exclude_own=False):
    """Measured parts over random libraries of each size out of `half`, asked for what is there and for what is not."""
    random, parts = np.random.default_rng(seed), []
    for size in SIZES:
        for _ in range(max(1, 250 // size)):
            library = random.permutation(half)[:size]
            inside, outside = np.flatnonzero(np.isin(queries.own, library)), np.flatnonzero(np.isin(queries.own, np.setdiff1d(half, library)))
            if exclude_own:
                outside = outside[:0]
            if not len(inside):                       # single words belong to no photo
                inside = np.arange(len(queries.vectors))
            chosen = np.r_[random.permutation(inside)[:200], random.permutation(outside)[:100]]
            parts.append(measures(queries, photos, chosen, library, exclude_own))
    return parts


def fit_hits(groups):
    """One model over several groups of parts, each group weighing the same."""
    x = [np.concatenate([columns(part, False) for part in parts]) for parts in groups]
    y = [np.concatenate([part["near"].ravel() for part in parts]).astype(float) for parts in groups]
    return fit(np.concatenate(x), np.concatenate(y), np.concatenate([np.full(len(v), 1 / len(v)) for v in y]) * 1e4)


def fit_present(groups, foreign):
    """Is anything there? Zero log-odds are set where the wanted share of foreign words lies below."""
    parts = [part for group in groups for part in group]
    x = np.concatenate([columns(part, True) for part in parts + foreign])
    y = np.concatenate([part["any"] for part in parts] + [np.zeros(len(part["hits"]), bool) for part in foreign]).astype(float)
    model = fit(x, y)
    edge = np.quantile(np.concatenate([columns(part, True) @ model for part in foreign]), LABELS_FOUND_OUT)
    model[-1] -= edge
    return model


def shown_hits(p, answered, cut):
    """bool [n, TOP]: the hits before the list falls off; none where nothing matches."""
    return (p >= cut) & answered[:, None]


def reliability(p, y, bins=10):
    """Expected calibration error and the diagram behind it."""
    which = np.minimum((p * bins).astype(int), bins - 1)
    rows = [{"from": k / bins, "hits": int((which == k).sum()), "said": round(float(p[which == k].mean()), 3), "true": round(float(y[which == k].mean()), 3)}
            for k in range(bins) if (which == k).any()]
    return round(sum(row["hits"] * abs(row["said"] - row["true"]) for row in rows) / len(p), 4), rows


def judged(model, present, cut, part):
    """Figures of one judged part."""
    p, answered = probability((columns(part, False) @ model).reshape(part["hits"].shape)), columns(part, True) @ present >= 0
    error, rows = reliability(p.ravel(), part["near"].ravel())
    shown = shown_hits(p, answered, cut)
    in_top = np.maximum(part["near"].sum(axis=1), 1)
    return {"queries": len(p), "expected_calibration_error": error, "reliability": rows, "said_that_nothing_matches": round(float(1 - answered.mean()), 3), "with_a_hit_above_the_cut": round(float(shown.any(axis=1).mean()), 3),
            "hits_shown_a_query": round(float(shown.sum() / len(p)), 2), "precision_at_cut_near": round(float(part["near"][shown].mean()), 3),
            "precision_at_cut_own": round(float(part["own"][shown].mean()), 3), "precision_without_cut_near": round(float(part["near"].mean()), 3),
            "recall_at_cut_near_of_those_in_the_ten": round(float(((part["near"] & shown).sum(axis=1) / in_top)[part["near"].any(axis=1)].mean()), 3),
            "recall_at_cut_own": round(float((part["own"] & shown).any(axis=1).mean()), 3), "recall_at_10_own": round(float(part["own"].any(axis=1).mean()), 3)}


def coefficients(model):
    return {"intercept": round(float(model[-1]), 4)} | {name: round(float(value), 4) for name, value in zip(MEASURES, model)}


def gathered(data, pack, encoder, tokeniser):
    """Photos [1000, d] of dev, the queries by kind, the nearness that counts as near, and the text tower."""
    dev, threads = flickr8k.read(data, "dev"), 1
    text = session(os.path.join(pack, "text.int8.onnx"), threads)
    said = lambda texts: unit(embed_texts(text, tokeniser, texts)[0])
    image = session(os.path.join(pack, "image.int8.onnx"), threads)
    with open(os.path.join(pack, "pack.json"), encoding="utf-8") as file:
        edge = json.load(file)["image"]["edge_px"]
    photos = unit(np.concatenate([image.run(None, {"pixels": batch})[0] for batch in pictures.batches(dev.photos, edge, 8)]))
    near, asked = near_truth(dev.captions, encoder, tokeniser)
    words, holders = words_of(dev.captions)
    foreign = said(foreign_words(dev.captions))
    between = near.reshape(len(photos), 5, -1).sum(axis=1) >= 3
    np.fill_diagonal(between, False)
    kinds = {"captions": Queries(said(dev.captions), near, np.arange(len(dev.captions)) // 5),
             "words": Queries(said(words), holders, np.full(len(words), -1)),
             "foreign": Queries(foreign, np.zeros((len(foreign), len(photos)), bool), np.full(len(foreign), -1)),
             "pictures": Queries(photos, between, np.arange(len(photos)))}
    return photos, kinds, asked, said


def models(photos, kinds, half, seed):
    """hit, present and the picture model, fitted on half of the photos."""
    asked = [libraries(kinds[kind], photos, half, seed) for kind in ("captions", "words")]
    foreign = [measures(kinds["foreign"], photos, np.random.default_rng(seed + size).permutation(len(kinds["foreign"].vectors))[:400],
                        np.random.default_rng(size).permutation(half)[:size]) for size in SIZES[2:]]
    hit, present = fit_hits(asked), fit_present(asked, foreign)
    alike = libraries(kinds["pictures"], photos, half, seed, exclude_own=True)
    return hit, present, fit_hits([alike])


def fit_relevance(data, pack, absent, out, write):
    """Fits and judges; prints and keeps the figures; with `write` puts the models into the pack."""
    encoder, tokeniser = sentence_encoder(), Tokeniser()
    photos, kinds, asked, said = gathered(data, pack, encoder, tokeniser)
    with open(absent, encoding="utf-8") as file:
        missing = said([line.split("\t")[0] for line in file])
    kinds["absent"] = Queries(missing, np.zeros((len(missing), len(photos)), bool), np.full(len(missing), -1))
    everything, figures, parts = np.arange(len(photos)), [], {"captions": [], "words": [], "pictures": []}
    for fold in (0, 1):
        half, other = everything[everything % 2 == fold], everything[everything % 2 != fold]
        hit, present, alike = models(photos, kinds, half, fold + 1)
        for kind in ("captions", "words"):
            chosen = np.flatnonzero(np.isin(kinds[kind].own, other)) if kind == "captions" else np.arange(len(kinds[kind].vectors))
            library = everything if kind == "captions" else other
            parts[kind].append(judged(hit, present, CUT, measures(kinds[kind], photos, chosen, library)))
        parts["pictures"].append(judged(alike, ALWAYS, 0.0, measures(kinds["pictures"], photos, other, everything, True)))
        nothing = measures(kinds["absent"], photos, np.arange(len(missing)), everything)
        figures.append({"said_that_nothing_matches": round(float((columns(nothing, True) @ present < 0).mean()), 3)})
    hit, present, alike = models(photos, kinds, everything, 3)
    shipped = {"text_relevance": {"hit": coefficients(hit), "present": coefficients(present), "cut": CUT},
               "picture_relevance": {"hit": coefficients(alike), "present": coefficients(ALWAYS), "cut": 0.0}}
    report = {"schema": 1, "what": "relevance, two halves of the dev photos, each judged by models of the other", "photos": len(photos), "nearness_that_counts": round(asked, 4),
              "folds": parts, "absent_queries": {"queries": len(missing), "folds": figures}, "shipped": shipped}
    if write:
        put_into_pack(pack, shipped)
    with open(out, "w", encoding="utf-8") as file:
        file.write(json.dumps(report, indent=1) + "\n")
    print(json.dumps({key: report[key] for key in ("nearness_that_counts", "absent_queries", "shipped")}))


def put_into_pack(pack, shipped):
    path = os.path.join(pack, "pack.json")
    with open(path, encoding="utf-8") as file:
        description = json.load(file)
    description["calibration"] |= shipped
    with open(path, "w", encoding="utf-8") as file:
        json.dump(description, file, indent=1)
        file.write("\n")
