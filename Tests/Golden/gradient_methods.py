"""Writes gradient_methods.json: DeepLIFT, GradientSHAP, FullGrad, Blur IG, Guided IG and XRAI of other toolkits.

    pip install torch==2.13.0 numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0 zennit==0.5.1 captum==0.9.0 saliency==0.2.1
    python Tests/Golden/gradient_methods.py
"""

import os

import numpy as np
import torch
from captum.attr import DeepLift, DeepLiftShap
from captum.attr._core.gradient_shap import InputBaselineXGradient
from method_networks import Numbers, SIDE, Residual, floats, image, network, target, write
from saliency.core import BlurIG, GuidedIG, XRAI, XRAIParameters
from saliency.core.base import INPUT_OUTPUT_GRADIENTS
from skimage.segmentation import felzenszwalb
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval


class Copy(nn.Module):
    def forward(self, x):
        return x.clone()


def separated(model):
    """The same network with a copy before each max pooling.

    Captum 0.9.0's hook of a ReLU reads the gradient before the hook of a max pooling behind it has changed it, so that the
    rule of the max pooling is lost: the attributions do not sum to the difference. A copy between the two parts the hooks.
    """
    for child in list(model.modules()):
        if isinstance(child, nn.Sequential):
            for i, layer in enumerate(child):
                if isinstance(layer, nn.MaxPool2d):
                    child[i] = nn.Sequential(Copy(), layer)
    return model


def deep_lift(name):
    model = separated(network(name))
    return DeepLift(model).attribute(image(), torch.zeros_like(image()), target=target(model))


def deep_lift_shap(name, constants):
    model = separated(network(name))
    baselines = torch.cat([torch.full_like(image(), value) for value in constants])
    return DeepLiftShap(model).attribute(image(), baselines, target=target(model))


POSITIONS = [0.05, 0.3, 0.45, 0.8, 0.95, 0.6]
CONSTANTS = [-1.0, 0.0, 1.0, -1.0, 0.0, 1.0]


def gradient_shap(name):
    """The mean over draws that are given: Captum's draws are replaced."""
    model = network(name)
    count = len(POSITIONS)
    baselines = torch.cat([torch.full_like(image(), value) for value in CONSTANTS])
    uniform = np.random.uniform
    np.random.uniform = lambda *_: np.array(POSITIONS)
    try:
        found = InputBaselineXGradient(model).attribute(image().repeat(count, 1, 1, 1), baselines, target=target(model))
    finally:
        np.random.uniform = uniform
    return found.mean(0, keepdim=True)


def fold(module):
    """Batch normalisation folded into the convolution before it, in sequences."""
    for child in module.modules():
        if isinstance(child, nn.Sequential):
            layers = list(child)
            for i in range(len(layers) - 1):
                if isinstance(layers[i], nn.Conv2d) and isinstance(layers[i + 1], nn.BatchNorm2d):
                    child[i], child[i + 1] = fuse_conv_bn_eval(layers[i], layers[i + 1]), nn.Identity()
    return module


def full_grad(name, simple=False, folds=True):
    """The authors' formulas (arXiv:1905.00780): gradient times bias of every convolution, rescaled and upsampled."""
    model = fold(network(name)) if folds else network(name)
    k, x = target(model), image().requires_grad_()
    outputs, biases = [], []

    def keep(layer, _, output):
        if isinstance(layer, nn.BatchNorm2d):
            scale = layer.weight / torch.sqrt(layer.running_var + layer.eps)
            bias = layer.bias - layer.running_mean * scale
        else:
            bias = layer.bias
        outputs.append(output)
        biases.append(bias.detach())

    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.BatchNorm2d)) and layer.bias is not None:
            layer.register_forward_hook(keep)
    gradients = torch.autograd.grad(model(x)[0, k], [x] + outputs)

    def rescaled(term):
        term = term.abs()
        term = term - term.min()
        return term / (term.max() + 1e-6)

    total = rescaled(gradients[0] * x.detach()).sum(1, keepdim=True)
    for gradient, bias in zip(gradients[1:], biases):
        term = gradient if simple else gradient * bias.view(1, -1, 1, 1)
        total = total + F.interpolate(rescaled(term), size=(SIDE, SIDE), mode="bilinear", align_corners=True).sum(
            1, keepdim=True)
    return total


def caller(model, k):
    """What the package `saliency` calls: images rows, columns, channels."""

    def call(images, call_model_args=None, expected_keys=None):
        x = torch.tensor(np.asarray(images, np.float32).transpose(0, 3, 1, 2)).requires_grad_()
        gradient = torch.autograd.grad(model(x)[:, k].sum(), x)[0]
        return {INPUT_OUTPUT_GRADIENTS: gradient.numpy().transpose(0, 2, 3, 1)}

    return call


def pair(method, name, **options):
    model = network(name)
    x = image()[0].numpy().transpose(1, 2, 0).astype(np.float64)
    return method.GetMask(x, caller(model, target(model)), **options)[None].transpose(0, 3, 1, 2)


def quantile(function):
    """NumPy 2.4 has no `interpolation` any more."""
    return lambda *values, interpolation=None, **options: function(*values, method=interpolation or "linear", **options)


RECTANGLES = [(0, 12, 0, 24), (12, 24, 0, 12), (12, 24, 12, 24), (3, 15, 5, 20), (6, 9, 2, 23), (0, 24, 8, 16),
              (10, 22, 9, 19), (1, 8, 1, 8), (15, 23, 14, 23), (0, 24, 0, 10)]


def xrai(algorithm):
    """Given segments and given pixels."""
    masks = []
    for top, bottom, left, right in RECTANGLES:
        mask = np.zeros((24, 24), bool)
        mask[top:bottom, left:right] = True
        masks.append(mask)
    pixels = Numbers(55).draw((24, 24, 1)).astype(np.float64)
    return XRAI().GetMask(pixels, None, segments=masks, base_attribution=pixels,
                          extra_parameters=XRAIParameters(algorithm=algorithm))


def picture(side=64):
    """Smooth areas, edges and a little noise."""
    y, x = np.mgrid[0:side, 0:side] / side
    channels = [np.sin(5 * x + 2 * y), np.cos(4 * y - x), np.where((x - 0.4) ** 2 + (y - 0.6) ** 2 < 0.07, 1.0, -0.5)]
    return np.stack(channels, -1) + 0.2 * Numbers(66).draw((side, side, 3)).astype(np.float64)


def segments(scale):
    return felzenszwalb(picture(), scale=scale, sigma=0.8, min_size=50).ravel().tolist()


np.quantile = quantile(np.quantile)
entries = []


def add(name, method, values):
    entries.append({"network": name, "method": method, "values": values})


for name in ["vgg", "resnet"]:
    add(name, "deep-lift(baselines=[0])", floats(deep_lift(name)))
    add(name, "deep-lift(baselines=[0, 1, -0.5])", floats(deep_lift_shap(name, [0.0, 1.0, -0.5])))
    add(name, "draws", floats(gradient_shap(name)))
    add(name, "full-grad", floats(full_grad(name)))
    add(name, "full-grad(foldNormalization=false)", floats(full_grad(name, folds=False)))
    add(name, "simple-full-grad", floats(full_grad(name, simple=True)))
    add(name, "simple-full-grad(foldNormalization=false)", floats(full_grad(name, simple=True, folds=False)))
for name in ["vgg", "resnet", "mobilenet"]:
    add(name, "blur-ig(steps=20, maxSigma=4)", floats(pair(BlurIG(), name, steps=20, max_sigma=4)))
    add(name, "blur-ig(steps=20, maxSigma=4, squareRoot=true)",
        floats(pair(BlurIG(), name, steps=20, max_sigma=4, sqrt=True)))
    add(name, "guided-ig(steps=20)", floats(pair(GuidedIG(), name, x_steps=20)))
    add(name, "guided-ig(steps=10, fraction=0.1, maxDistance=0.2)",
        floats(pair(GuidedIG(), name, x_steps=10, fraction=0.1, max_dist=0.2)))
add("", "xrai", floats(xrai("full")))
add("", "xrai fast", floats(xrai("fast")))
for scale in [50, 250, 1200]:
    add("", f"felzenszwalb {scale}", segments(scale))
write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "gradient_methods.json"), entries)
