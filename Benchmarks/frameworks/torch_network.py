"""A Keras architecture (`to_json()`) as a PyTorch module, layer for layer, so that both frameworks run one network.

Weights are random (He). Padding is symmetric, as PyTorch users write it, where Keras pads one side more: the sizes, and
so the work, are the same. The final softmax is left out: the score before it is explained.
"""
import json

import torch
from torch import nn


class Merge(nn.Module):
    def __init__(self, operation):
        super().__init__()
        self.operation = operation

    def forward(self, *inputs):
        return self.operation(inputs)


def add(inputs):
    total = inputs[0]
    for part in inputs[1:]:
        total = total + part
    return total


class ChannelNorm(nn.LayerNorm):
    """Layer normalisation over the channels of [N, C, H, W]."""

    def forward(self, x):
        if x.dim() == 2:
            return super().forward(x)
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Affine(nn.Module):
    def __init__(self, scale, offset):
        super().__init__()
        shape = (1, -1, 1, 1)
        self.register_buffer("scale", torch.tensor(scale, dtype=torch.float32).reshape(shape))
        self.register_buffer("offset", torch.tensor(offset, dtype=torch.float32).reshape(shape))

    def forward(self, x):
        return x * self.scale + self.offset


class Pooled(nn.Module):
    def __init__(self, keepdims):
        super().__init__()
        self.keepdims = keepdims

    def forward(self, x):
        return x.mean((2, 3), keepdim=self.keepdims)


ACTIVATIONS = {"relu": nn.ReLU, "relu6": nn.ReLU6, "silu": nn.SiLU, "swish": nn.SiLU, "sigmoid": nn.Sigmoid, "gelu": nn.GELU}


def activated(module, name):
    return module if name in (None, "linear", "softmax") else nn.Sequential(module, ACTIVATIONS[name]())


def pair(value):
    return tuple(value) if isinstance(value, (list, tuple)) else (value, value)


def same(config, window):
    """Padding of a window: half of it where Keras says "same"."""
    return tuple(size // 2 for size in pair(window)) if config.get("padding") == "same" else (0, 0)


def layer(kind, config, channels, padding):
    """The module of one layer that reads `channels` channels, with the padding of a layer before it."""
    if kind in ("Conv2D", "DepthwiseConv2D"):
        depthwise = kind != "Conv2D"
        filters = channels if depthwise else config["filters"]
        total = tuple(a + b for a, b in zip(same(config, config["kernel_size"]), padding))
        module = nn.Conv2d(
            channels, filters, pair(config["kernel_size"]), pair(config["strides"]), total,
            groups=channels if depthwise else config.get("groups", 1), bias=config["use_bias"])
        return activated(module, config["activation"])
    if kind == "Dense":
        return activated(nn.Linear(channels, config["units"], bias=config["use_bias"]), config["activation"])
    if kind == "BatchNormalization":
        return nn.BatchNorm2d(channels, eps=config["epsilon"])
    if kind == "LayerNormalization":
        return ChannelNorm(channels, eps=config["epsilon"])
    if kind == "Activation":
        return activated(nn.Identity(), config["activation"])
    if kind == "ReLU":
        return nn.ReLU6() if config.get("max_value") == 6 else nn.ReLU()
    if kind == "MaxPooling2D":
        total = tuple(a + b for a, b in zip(same(config, config["pool_size"]), padding))
        return nn.MaxPool2d(pair(config["pool_size"]), pair(config["strides"]), total)
    if kind == "AveragePooling2D":
        return nn.AvgPool2d(
            pair(config["pool_size"]), pair(config["strides"]), same(config, config["pool_size"]), count_include_pad=False)
    if kind == "GlobalAveragePooling2D":
        return Pooled(config["keepdims"])
    if kind == "Flatten":
        return nn.Flatten()
    if kind == "Reshape":
        h, w, c = config["target_shape"]
        return nn.Unflatten(1, (c, h, w))
    if kind == "Add":
        return Merge(add)
    if kind == "Multiply":
        return Merge(lambda inputs: inputs[0] * inputs[1])
    if kind == "Concatenate":
        return Merge(lambda inputs: torch.cat(inputs, 1))
    if kind in ("Rescaling", "Normalization", "LayerScale"):
        scale = config.get("scale", [1.0] * channels)
        scale = scale if isinstance(scale, list) else [scale]
        return Affine(scale, [0.0])
    if kind in ("Dropout", "StochasticDepth", "InputLayer"):
        return nn.Identity()
    raise SystemExit(f"torch_network.py: no layer {kind}")


def sources(node):
    """The names of the layers whose outputs a Keras 3 inbound node reads."""
    found = []

    def visit(value):
        if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
            found.append(value["config"]["keras_history"][0])
        elif isinstance(value, (list, tuple)):
            for part in value:
                visit(part)

    visit(node["args"])
    return found


class Network(nn.Module):
    def __init__(self, text, size, initialised=True):
        super().__init__()
        self.layers = nn.ModuleDict()
        self.steps = []  # (name, names read)
        padded = {}  # a zero padding is taken into the only layer that reads it
        x = {None: torch.zeros(1, 3, size, size)}
        layers = flat(json.loads(text)["config"])
        for name, kind, config, reads in layers:
            if kind == "ZeroPadding2D":
                (top, bottom), (left, right) = config["padding"]
                padded[name] = (reads[0], (max(top, bottom), max(left, right)))
                continue
            padding = padded[reads[0]][1] if reads and reads[0] in padded else (0, 0)
            reads = [padded[r][0] if r in padded else r for r in reads] or [None]
            module = layer(kind, config, x[reads[0]].shape[1], padding).eval()
            if kind == "Dense" and x[reads[0]].dim() == 4:
                module = activated(nn.Conv2d(x[reads[0]].shape[1], config["units"], 1), config["activation"]).eval()
            with torch.no_grad():
                x[name] = module(*[x[r] for r in reads])
            self.layers[name] = module
            self.steps.append((name, reads))
        last = {}
        for name, reads in self.steps:
            for read in reads:
                last[read] = name
        self.done = {name: [r for r in reads if last[r] == name] for name, reads in self.steps}
        if initialised:
            self.apply(initialise)

    def forward(self, x):
        values = {None: x}
        for name, reads in self.steps:
            value = self.layers[name](*[values[r] for r in reads])
            for read in self.done[name]:
                del values[read]
            values[name] = value
        return value


def initialise(module):
    if isinstance(module, (nn.Conv2d, nn.Linear)):
        nn.init.kaiming_normal_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def flat(config, prefix="", outer=None):
    """Layers of a model and of the sequential models inside it: (name, kind, config, names read)."""
    result, renamed, previous = [], {}, outer
    for entry in config["layers"]:
        name = (prefix + entry["config"]["name"]).replace(".", "_")
        nodes = entry.get("inbound_nodes") or []
        reads = [renamed.get(n, (prefix + n).replace(".", "_")) for n in sources(nodes[0])] if nodes else []
        if not reads and previous is not None:
            reads = [previous]
        if entry["class_name"] in ("Sequential", "Functional"):
            inner = flat(entry["config"], name + "/", reads[0])
            result += inner
            renamed[name] = inner[-1][0]
        else:
            result.append((name, entry["class_name"], entry["config"], reads))
        if config.get("name", "").startswith("sequential") or outer is not None:
            previous = result[-1][0]
    return result
