"""How near one model's vectors are to another's: what src/model/fidelity.h says, in numpy."""
import numpy as np


def fidelity(ours, theirs):
    """Mean cosine, 1st percentile and neighbour overlap@10 of two sets of unit vectors [n, d] of the same pictures."""
    def nearest(vectors):
        scores = vectors @ vectors.T
        np.fill_diagonal(scores, -2)
        return np.argsort(-scores, axis=1, kind="stable")[:, :10]
    cosines = (ours * theirs).sum(axis=1)
    shared = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(nearest(ours), nearest(theirs))])
    return {"cosine_mean": round(float(cosines.mean()), 4), "cosine_p1": round(float(np.percentile(cosines, 1)), 4), "overlap_at_10": round(float(shared), 4)}
