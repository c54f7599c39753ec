"""Writes propagation_methods.json: relevance by zennit's rules and composites on small networks.

    pip install torch==2.13.0 numpy==2.4.6 zennit==0.5.1
    python Tests/Golden/propagation_methods.py
"""

import os

import torch
from method_networks import NETWORKS, floats, image, network, target, write
from zennit.canonizers import SequentialMergeBatchNorm
from zennit.composites import (
    BetaSmooth, EpsilonAlpha2Beta1, EpsilonAlpha2Beta1Flat, EpsilonGammaBox, EpsilonPlus, EpsilonPlusFlat,
    ExcitationBackprop, LayerMapComposite, SpecialFirstLayerMapComposite, layer_map_base)
from zennit.rules import AlphaBeta, Epsilon, Flat, Gamma, WSquare, ZBox, ZPlus
from zennit.types import Linear

LOW, HIGH = -2.0, 2.0
NO_BIAS = ["bias"]


def folded():
    return [SequentialMergeBatchNorm()]


def uniform(rule):
    return LayerMapComposite(layer_map_base() + [(Linear, rule)], canonizers=folded())


def first(rule, rest):
    return SpecialFirstLayerMapComposite(
        layer_map=layer_map_base() + [(Linear, rest)], first_map=[(Linear, rule)], canonizers=folded())


COMPOSITES = {
    "lrp(composite=epsilon)": lambda: uniform(Epsilon()),
    "lrp(composite=epsilon(epsilon=0.1))": lambda: uniform(Epsilon(0.1)),
    "lrp(composite=zero)": lambda: uniform(Epsilon(0.0)),
    "lrp(composite=gamma)": lambda: uniform(Gamma()),
    "lrp(composite=alpha-beta)": lambda: uniform(AlphaBeta()),
    "lrp(composite=z-plus)": lambda: uniform(ZPlus()),
    "lrp(composite=w-square)": lambda: uniform(WSquare()),
    "lrp(composite=flat)": lambda: uniform(Flat()),
    "lrp(composite=[{layers=first, rule=z-box}, {layers=linear, rule=gamma(gamma=0.5)}], low=-2, high=2)":
        lambda: first(ZBox(LOW, HIGH), Gamma(0.5)),
    "lrp(composite=epsilon-gamma-box, low=-2, high=2)":
        lambda: EpsilonGammaBox(LOW, HIGH, canonizers=folded()),
    "lrp(composite=epsilon-plus)": lambda: EpsilonPlus(canonizers=folded()),
    "lrp(composite=epsilon-plus, bias=ignore)": lambda: EpsilonPlus(zero_params=NO_BIAS, canonizers=folded()),
    "lrp(composite=epsilon-plus-flat)": lambda: EpsilonPlusFlat(canonizers=folded()),
    "lrp(composite=epsilon-alpha2-beta1)": lambda: EpsilonAlpha2Beta1(canonizers=folded()),
    "lrp(composite=epsilon-alpha2-beta1-flat)": lambda: EpsilonAlpha2Beta1Flat(canonizers=folded()),
    "deep-taylor(domain=real)": lambda: first(WSquare(zero_params=NO_BIAS), ZPlus(zero_params=NO_BIAS)),
    "deep-taylor(domain=box)": lambda: first(ZBox(LOW, HIGH, zero_params=NO_BIAS), ZPlus(zero_params=NO_BIAS)),
}


def relevance(name, composite):
    model = network(name)
    k, x = target(model), image().requires_grad_()
    with composite.context(model) as modified:
        output = modified(x)
        start = torch.zeros_like(output)
        start[0, k] = output[0, k]
        return torch.autograd.grad(output, x, start)[0]


def beta_smooth(name):
    model = network(name)
    k, x = target(model), image().requires_grad_()
    with BetaSmooth().context(model) as modified:
        return torch.autograd.grad(modified(x)[0, k], x)[0]


def excitation(name, bias, contrastive=False):
    """At the feature maps, summed over the channels; the last layer of the contrastive form by its formula."""
    model = network(name)
    k = target(model)
    zero = None if bias else NO_BIAS
    with ExcitationBackprop(zero_params=zero, canonizers=folded()).context(model) as modified:
        maps = modified.body(image()).detach().requires_grad_()
        neck = modified.neck(maps)
        if contrastive:
            start = top(model.last, neck.detach(), k, 1) - top(model.last, neck.detach(), k, -1)
            found = torch.autograd.grad(neck, maps, start)[0]
            return found.sum(1, keepdim=True).clamp(min=0)
        output = modified.last(neck)
        start = torch.zeros_like(output)
        start[0, k] = 1
        return torch.autograd.grad(output, maps, start)[0].sum(1, keepdim=True)


def top(last, x, k, sign):
    parts = (x * sign * last.weight.detach()[k]).clamp(min=0)
    return parts / (parts.sum() + 1e-6)


entries = []
for name in NETWORKS:
    for text, composite in COMPOSITES.items():
        entries.append({"network": name, "method": text, "values": floats(relevance(name, composite()))})
    entries.append({"network": name, "method": "excitation-backprop", "values": floats(excitation(name, False))})
    entries.append({"network": name, "method": "excitation-backprop(bias=absorb)",
                    "values": floats(excitation(name, True))})
    entries.append({"network": name, "method": "excitation-backprop(contrastive=true)",
                    "values": floats(excitation(name, False, True))})
    if name != "mobilenet":
        entries.append({"network": name, "method": "beta-smooth", "values": floats(beta_smooth(name))})
write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "propagation_methods.json"), entries)
