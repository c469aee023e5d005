"""The trainable networks in PyTorch: the late blocks of the backbone, the sentence encoder and the linear heads.

Everything here is made for a few CPU cores with 16-bit products: pictures lie channels last, so that a 1x1 convolution is
one matrix product; depthwise filters stay as they are, so that their backward pass is again a depthwise convolution
(the gradient of the filters themselves, a hundredth of the weights, would cost as much as all the rest).
"""
import torch
import torch.nn.functional as F
from torch import nn

from . import backbones, text_encoder

CHUNK = 50               # pictures at a time, so that a block's numbers stay in the cache
FROZEN_LAYERS = 2        # of the encoder, with the embeddings


def key(name):
    return name.replace(".", "-")


class _Depthwise(torch.autograd.Function):
    """Depthwise convolution under TensorFlow's SAME rule, with a gradient for x [n, c, e, e] alone."""

    @staticmethod
    def forward(ctx, x, weight, stride):
        ctx.save_for_backward(weight)
        ctx.stride, ctx.edge = stride, x.shape[2]
        ctx.pads, _ = backbones.same_pads(x.shape[2], weight.shape[2], stride)
        top, left, bottom, right = ctx.pads
        return F.conv2d(F.pad(x, (left, right, top, bottom)), weight, stride=stride, groups=len(weight))

    @staticmethod
    def backward(ctx, slope):
        weight, = ctx.saved_tensors
        if ctx.stride > 1:  # the outputs that a stride of one would have had in between have no say
            spread = slope.new_zeros(*slope.shape[:2], *((edge - 1) * ctx.stride + 1 for edge in slope.shape[2:])).contiguous(memory_format=torch.channels_last)
            spread[:, :, ::ctx.stride, ::ctx.stride] = slope
            slope = spread
        top, left, _, _ = ctx.pads
        reach = weight.shape[2] - 1
        after = ctx.edge - slope.shape[2] + reach
        slope = F.pad(slope, (reach - left, after - (reach - left), reach - top, after - (reach - top)))
        return F.conv2d(slope, weight.flip(2, 3), groups=len(weight)), None, None


def _names(layer):
    """The layer's arrays among the weights: filters; gain, bias, mean and variance of its normalisation."""
    return (layer.conv + ".weight", *(f"{layer.norm}.{part}" for part in ("weight", "bias", "running_mean", "running_var")))


class LateBlocks(nn.Module):
    """The blocks after the frozen ones, with fixed batch statistics: [n, 14, 14, 88] to pooled features [n, 1280]."""

    def __init__(self, weights, frozen_blocks, drop):
        super().__init__()
        _, blocks, self.head = backbones.layout(weights)
        self.blocks, self.first, self.drop = blocks[frozen_blocks:], frozen_blocks, drop
        self.weights = nn.ParameterDict()
        for layer in self.layers():
            for name in _names(layer):
                fixed = "running" in name or (layer.depthwise and not name.endswith(".bias"))
                self.weights[key(name)] = nn.Parameter(torch.from_numpy(weights[name].copy()), requires_grad=not fixed)
        self.register_buffer("classes", torch.from_numpy(weights["_fc.weight"].copy()))
        self.register_buffer("classes_bias", torch.from_numpy(weights["_fc.bias"].copy()))

    def layers(self):
        return [layer for block in self.blocks for layer in block.layers] + [self.head]

    def _folded(self, layer):
        """Filters and bias with the normalisation in them, in 16 bits."""
        weight, gain, bias, mean, variance = (self.weights[key(name)] for name in _names(layer))
        scale = gain / torch.sqrt(variance + backbones.BATCH_NORM_EPSILON)
        weight = weight * scale[:, None, None, None]
        return (weight if layer.depthwise else weight[:, :, 0, 0]).bfloat16(), (bias - mean * scale).bfloat16()

    @staticmethod
    def _layer(x, layer, folded):
        weight, bias = folded
        if layer.depthwise:
            x = _Depthwise.apply(x.permute(0, 3, 1, 2), weight, layer.stride).permute(0, 2, 3, 1) + bias
        else:
            x = F.linear(x, weight, bias)
        return F.relu6(x, inplace=True) if layer.clipped else x

    def _pooled(self, x, kept, folded):
        place = 0
        for number, block in enumerate(self.blocks):
            y = x
            for layer in block.layers:
                y = self._layer(y, layer, folded[place])
                place += 1
            if block.residual:
                y = x + (y if kept is None else y * kept[:, number, None, None, None])
            x = y
        return self._layer(x, self.head, folded[place]).float().mean((1, 2))

    def kept_blocks(self, count):
        """Which blocks each of `count` pictures goes through: factors [count, blocks], or None while judging."""
        if not self.training:
            return None
        share = self.drop * torch.arange(self.first, self.first + len(self.blocks)) / (self.first + len(self.blocks))
        return ((torch.rand(count, len(self.blocks)) >= share) / (1 - share)).bfloat16()

    def forward(self, x, kept):
        folded = [self._folded(layer) for layer in self.layers()]
        return torch.cat([self._pooled(x[start:start + CHUNK], None if kept is None else kept[start:start + CHUNK], folded) for start in range(0, len(x), CHUNK)])

    def votes(self, features):
        """ImageNet logits [n, 1000]."""
        return F.linear(features, self.classes, self.classes_bias)


class Encoder(nn.Module):
    """MiniLM: ids and mask [n, length] to the mean-pooled output of every layer, 7 x [n, 384]. The embeddings and the first layers stay fixed."""

    def __init__(self, weights):
        super().__init__()
        kept = {name: value for name, value in weights.items() if name.startswith(("encoder.", "embeddings.LayerNorm"))}
        fixed = ("embeddings.", *(f"encoder.layer.{layer}." for layer in range(FROZEN_LAYERS)))
        self.weights = nn.ParameterDict({key(name): nn.Parameter(torch.from_numpy(value.copy()), requires_grad=not name.startswith(fixed)) for name, value in kept.items()})
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
    """A linear map on standardised inputs, ending at unit length."""

    def __init__(self, mean, deviation, matrix, bias):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32))
        self.register_buffer("deviation", torch.tensor(deviation, dtype=torch.float32))
        self.matrix = nn.Parameter(torch.tensor(matrix, dtype=torch.float32))
        self.bias = nn.Parameter(torch.tensor(bias, dtype=torch.float32))

    def forward(self, x):
        return F.normalize((x - self.mean) / self.deviation @ self.matrix + self.bias, dim=1)


def tuned_weights(original, module):
    """The original weights with those the module tuned in their place; 16-bit precision, as the pack is 8-bit anyway."""
    tuned = {name: value.detach().half().float().numpy() for name, value in module.weights.items() if value.requires_grad}
    return {name: tuned.get(key(name), value) for name, value in original.items()}


def head_arrays(module):
    return tuple(part.detach().numpy().copy() for part in (module.mean, module.deviation, module.matrix, module.bias))
