"""Which layers a tower in fewer bits leaves alone: the fewest of the costliest, found on calibration inputs."""
import numpy as np

from .runtime import session

TRIED, TRIED_ALONE = 24, 8  # inputs that a tower is compared on; that each layer alone is


class Trial:
    """How near a changed model stays to the float one, on some of the feeds.

    finish(rows): unit vectors of what the graph gives.
    """

    def __init__(self, model, feeds, finish, most=TRIED):
        self._feeds, self._finish = feeds[::max(1, len(feeds) // most)][:most], finish
        self._wanted = self._vectors(model)

    def _vectors(self, model):
        opened = session(model)
        return self._finish(np.concatenate([opened.run(None, feed)[0] for feed in self._feeds]).astype(np.float64))

    def cosines(self, model):
        return (self._vectors(model) * self._wanted).sum(axis=1)


def fewest(model, names, changed, feeds, wanted, finish):
    """A changed model whose cosines with `model` are wanted(cosines), and the names that were spared for it, costliest first.

    changed(names): the model with these layers changed. Each layer's cost is measured alone.
    """
    trial, made = Trial(model, feeds, finish), changed(names)
    if wanted(trial.cosines(made)):
        return made, []
    quick = Trial(model, feeds, finish, TRIED_ALONE)
    cost = {name: 1 - quick.cosines(changed([name])).mean() for name in names}
    order = sorted(names, key=lambda name: -cost[name])
    few, most = 1, len(order)
    while few < most:
        middle = (few + most) // 2
        few, most = (few, middle) if wanted(trial.cosines(changed([name for name in names if name not in order[:middle]]))) else (middle + 1, most)
    return changed([name for name in names if name not in order[:most]]), order[:most]
