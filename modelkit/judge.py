"""What a tower in another precision loses against float32, and what it gains: the row that pack.json keeps for it."""
import statistics
import time

import numpy as np
import onnxruntime

from .runtime import CPU, OPENVINO, session

ROUNDS = 7
KEPT = 2 / 3  # of a picture's sides, and of a sentence's words, in the parts that look for their wholes


def recall10(queries, rows, owners):
    """Percent of the queries [n, d] whose own row is among the ten nearest of rows [m, d]."""
    scores = queries @ rows.T
    own = scores[np.arange(len(queries)), owners]
    return 100 * float(((scores > own[:, None]).sum(axis=1) < 10).mean())


def _part_of_picture(picture):
    width, height = (int(side * KEPT) for side in picture.size)
    return picture.crop((0, 0, max(1, width), max(1, height)))


def _part_of_text(text):
    words = text.split()
    return " ".join(words[:max(1, round(len(words) * KEPT))])


class Held:
    """Pictures and sentences that nothing was calibrated with.

    owners: for each sentence the number of the picture that it describes, or None where nobody knows. Then R@10 is that of
    parts: the upper left two thirds of a picture looking for the picture, a sentence's first words for the sentence.
    """

    def __init__(self, pack, pictures, texts, owners):
        self.owners, whole, part = owners, [], []
        for picture in pictures:
            whole.append(pack.pixels(picture))
            if owners is None:
                part.append(pack.pixels(_part_of_picture(picture)))
        self.image, self.image_parts = pack.picture_feeds(whole), pack.picture_feeds(part)
        self.text = pack.text_feeds(texts)
        self.text_parts = pack.text_feeds([_part_of_text(text) for text in texts]) if owners is None else []


class Judge:
    """Rows for the precisions of both towers. The float towers are run once, when this is made."""

    def __init__(self, pack, held):
        self._pack, self._held = pack, held
        self.base = {part: self._vectors(part, getattr(pack, part)) for part in ("image", "text")}

    def _vectors(self, part, model):
        """Unit vectors of what is held, and of its parts."""
        opened = session(model)
        run = lambda feeds: self._pack.vectors(part, opened, feeds) if feeds else None
        return run(getattr(self._held, part)), run(getattr(self._held, part + "_parts"))

    def _recall(self, part, vectors):
        whole, parts = vectors
        if self._held.owners is None:
            return recall10(parts, whole, np.arange(len(whole)))
        texts, pictures = (whole, self.base["image"][0]) if part == "text" else (self.base["text"][0], whole)
        return recall10(texts, pictures, self._held.owners)

    def losses(self, part, model):
        """cosine_mean, cosine_p1 and recall10_change of a tower's other precision."""
        vectors = self._vectors(part, model)
        cosines = (vectors[0] * self.base[part][0]).sum(axis=1)
        return {"cosine_mean": round(float(cosines.mean()), 5), "cosine_p1": round(float(np.percentile(cosines, 1)), 5),
                "recall10_change": round(self._recall(part, vectors) - self._recall(part, self.base[part]), 2)}

    def rates(self, part, models):
        """{precision: (items a second, provider)}, the precisions by turns; each where a long run has it: int8 pictures on OpenVINO if that is here."""
        feed = getattr(self._held, part)[0]
        items, opened = len(next(iter(feed.values()))), {}
        for name, model in models.items():
            moves = part == "image" and name == "int8" and OPENVINO in onnxruntime.get_available_providers()
            opened[name] = session(model, provider=OPENVINO if moves else CPU), OPENVINO if moves else CPU
        seconds = {name: [] for name in models}
        for _ in range(ROUNDS + 1):  # the first warms up
            for name, (one, _) in opened.items():
                start = time.perf_counter()
                one.run(None, feed)
                seconds[name].append(time.perf_counter() - start)
        return {name: (round(items / statistics.median(times[1:]), 1), opened[name][1]) for name, times in seconds.items()}
