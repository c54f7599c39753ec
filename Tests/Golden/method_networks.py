"""Three small networks with weights made by a formula, which the tests repeat, so that only results are stored.

Every tensor is drawn in the order of the layers from one linear congruential generator. Weights are in Keras' layout here
and turned into PyTorch's.
"""

import json

import numpy as np
import torch
from torch import nn
from zennit.layer import Sum

SIDE, CLASSES = 10, 5


class Numbers:
    """Uniform numbers in [-0.5, 0.5)."""

    def __init__(self, seed):
        self.state = seed

    def draw(self, shape, scale=1.0, shift=0.0):
        values = np.empty(int(np.prod(shape)))
        for i in range(values.size):
            self.state = (1664525 * self.state + 1013904223) % 2**32
            values[i] = self.state / 2**32 - 0.5
        return (values * scale + shift).astype(np.float32).reshape(shape)


def he(fan_in):
    return float(np.sqrt(24.0 / fan_in))


def convolution(numbers, inputs, outputs, size=3, bias=True, depthwise=False):
    fan_in = size * size * (1 if depthwise else inputs)
    shape = (size, size, inputs, 1) if depthwise else (size, size, inputs, outputs)
    kernel = numbers.draw(shape, he(fan_in))
    layer = nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=bias, groups=inputs if depthwise else 1)
    layer.weight.data = torch.tensor(kernel.transpose(2, 3, 0, 1) if depthwise else kernel.transpose(3, 2, 0, 1))
    if bias:
        layer.bias.data = torch.tensor(numbers.draw((outputs,), 0.4))
    return layer


def normalization(numbers, channels):
    # zennit's folding leaves 1 / sqrt(1 + eps) behind.
    layer = nn.BatchNorm2d(channels, eps=1e-8)
    layer.weight.data = torch.tensor(numbers.draw((channels,), 1.0, 1.0))
    layer.bias.data = torch.tensor(numbers.draw((channels,), 0.5))
    layer.running_mean.data = torch.tensor(numbers.draw((channels,), 0.5))
    layer.running_var.data = torch.tensor(numbers.draw((channels,), 1.0, 1.0))
    return layer


def dense(numbers, inputs, outputs):
    layer = nn.Linear(inputs, outputs)
    layer.weight.data = torch.tensor(numbers.draw((inputs, outputs), he(inputs)).T.copy())
    layer.bias.data = torch.tensor(numbers.draw((outputs,), 0.4))
    return layer


class Flatten(nn.Module):
    """Rows, columns, channels, as Keras."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


class Pooled(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)

    def forward(self, x):
        return self.pool(x).flatten(1)


class Residual(nn.Module):
    def __init__(self, branch, shortcut=None):
        super().__init__()
        self.branch, self.shortcut, self.sum = branch, shortcut, Sum()

    def forward(self, x):
        other = self.shortcut(x) if self.shortcut is not None else x
        return self.sum(torch.stack([self.branch(x), other], dim=-1))


class Network(nn.Module):
    """A body that ends in feature maps, a neck that ends before the last layer, and the last layer."""

    def __init__(self, body, neck, last):
        super().__init__()
        self.body, self.neck, self.last = body, neck, last

    def forward(self, x):
        return self.last(self.neck(self.body(x)))


def vgg():
    n = Numbers(11)
    body = nn.Sequential(
        convolution(n, 3, 8), nn.ReLU(), convolution(n, 8, 8), nn.ReLU(), nn.MaxPool2d(2),
        convolution(n, 8, 12), nn.ReLU())
    neck = nn.Sequential(nn.MaxPool2d(2), Flatten(), dense(n, 2 * 2 * 12, 16), nn.ReLU())
    return Network(body, neck, dense(n, 16, CLASSES))


def resnet():
    n = Numbers(22)
    stem = [convolution(n, 3, 8, bias=False), normalization(n, 8), nn.ReLU()]
    first = Residual(nn.Sequential(
        convolution(n, 8, 8, bias=False), normalization(n, 8), nn.ReLU(),
        convolution(n, 8, 8, bias=False), normalization(n, 8)))
    second = Residual(
        nn.Sequential(convolution(n, 8, 12), normalization(n, 12), nn.ReLU(),
                      convolution(n, 12, 12), normalization(n, 12)),
        nn.Sequential(convolution(n, 8, 12, size=1), normalization(n, 12)))
    body = nn.Sequential(*stem, first, nn.ReLU(), nn.MaxPool2d(2), second, nn.ReLU())
    return Network(body, Pooled(), dense(n, 12, CLASSES))


def mobilenet():
    n = Numbers(33)
    stem = [convolution(n, 3, 8, bias=False), normalization(n, 8), nn.ReLU6()]
    block = Residual(nn.Sequential(
        convolution(n, 8, 8, bias=False, depthwise=True), normalization(n, 8), nn.ReLU6(),
        convolution(n, 8, 8, size=1, bias=False), normalization(n, 8)))
    tail = [convolution(n, 8, 8, bias=False, depthwise=True), normalization(n, 8), nn.SiLU(),
            convolution(n, 8, 12, size=1, bias=False), normalization(n, 12), nn.ReLU6()]
    body = nn.Sequential(*stem, block, nn.AvgPool2d(2), *tail)
    return Network(body, Pooled(), dense(n, 12, CLASSES))


NETWORKS = {"vgg": vgg, "resnet": resnet, "mobilenet": mobilenet}


def network(name):
    return NETWORKS[name]().eval()


def image():
    """One image, `[1, 3, H, W]`, with numbers in [-2, 2)."""
    return torch.tensor(Numbers(44).draw((1, SIDE, SIDE, 3), 4.0).transpose(0, 3, 1, 2).copy())


def target(model):
    return int(model(image()).argmax())


def floats(tensor):
    """Rows, columns, channels."""
    values = tensor.detach().numpy() if torch.is_tensor(tensor) else np.asarray(tensor)
    values = values.transpose(0, 2, 3, 1) if values.ndim == 4 else values
    return [float(f"{x:.6g}") for x in values.ravel()]


def write(path, entries):
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]\n")
