"""Writes profiles.json: what other toolkits compute on a small network, to compare convention profiles with.

    python -m pip install torch==2.13.0 torchvision captum==0.9.0 zennit==0.5.1 grad-cam==1.5.7 torchcam==0.5.0 saliency==0.2.1
    python Tests/Golden/profiles.py torch

    python -m pip install tensorflow==2.20.0 tf-keras-vis==0.8.7 xplique==2.0.2 tf-explain==0.3.1
    python Tests/Golden/profiles.py tensorflow

The two parts need not be in one environment: each run replaces its part of the file. Weights, image and noise follow from a seed.
Every entry names a profile, a method with the parameters that are not the toolkit's defaults, and whether its values are the
attribution or the map at the size of the input.
"""
import json
import pathlib
import sys

import numpy as np

HEIGHT, WIDTH, CHANNELS, CLASSES, TARGET, SAMPLES = 12, 10, 3, 3, 1, 4
PATH = pathlib.Path(__file__).with_name("profiles.json")

random = np.random.default_rng(7)


def normal(*shape, scale=1.0):
    return (random.standard_normal(shape) * scale).astype(np.float32)


WEIGHTS = {
    "conv1": normal(3, 3, CHANNELS, 4, scale=0.4), "bias1": normal(4, scale=0.3),
    "conv2": normal(3, 3, 4, 5, scale=0.4), "bias2": normal(5, scale=0.3),
    "dense": normal(3 * 2 * 5, CLASSES, scale=0.15), "bias3": normal(CLASSES, scale=0.3),
}
IMAGE = normal(HEIGHT, WIDTH, CHANNELS)
NOISE = normal(SAMPLES, HEIGHT, WIDTH, CHANNELS)


class Draws:
    """Hands out the unit noise, sample by sample or all at once, in place of a toolkit's random numbers."""

    def __init__(self):
        self.next = 0

    def unit(self, shape):
        count = int(np.prod(shape)) // IMAGE.size
        drawn = NOISE[self.next:self.next + count]
        self.next += count
        return drawn.reshape(shape)


def entry(profile, method, kind, values):
    values = np.asarray(values, dtype=np.float64)
    return {
        "profile": profile, "method": method, "kind": kind, "shape": list(values.shape),
        "values": [float(f"{value:.5g}") for value in values.ravel()],
    }


def smooth(parameters=""):
    return f"smooth-grad(samples={SAMPLES}{parameters})"


def of_torch():
    import torch
    from torch import nn

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = nn.Conv2d(CHANNELS, 4, 3, padding=1), nn.Conv2d(4, 5, 3, padding=1)
            self.relu1, self.relu2 = nn.ReLU(), nn.ReLU()
            self.pool1, self.pool2 = nn.MaxPool2d(2), nn.MaxPool2d(2)
            self.dense = nn.Linear(30, CLASSES)
            for layer, kernel, bias in ((self.conv1, "conv1", "bias1"), (self.conv2, "conv2", "bias2")):
                layer.weight.data = torch.tensor(WEIGHTS[kernel].transpose(3, 2, 0, 1).copy())
                layer.bias.data = torch.tensor(WEIGHTS[bias])
            self.dense.weight.data = torch.tensor(WEIGHTS["dense"].T.copy())
            self.dense.bias.data = torch.tensor(WEIGHTS["bias3"])

        def forward(self, x):
            x = self.pool1(self.relu1(self.conv1(x)))
            x = self.pool2(self.relu2(self.conv2(x)))
            return self.dense(x.permute(0, 2, 3, 1).flatten(1))

    network = Network().eval()

    def image():
        return torch.tensor(IMAGE.transpose(2, 0, 1)[None].copy(), requires_grad=True)

    def hwc(tensor):
        return tensor.detach().numpy()[0].transpose(1, 2, 0)

    def channels_first(noise):
        return torch.tensor(np.moveaxis(noise, -1, 1).copy())

    entries = []
    entries += of_captum(torch, network, image, hwc, channels_first)
    entries += of_pytorch_grad_cam(network, image, hwc)
    entries += of_zennit(torch, network, image, hwc, channels_first)
    entries += of_pair(torch, network)
    entries += of_torchcam(network, image)
    return entries


def of_captum(torch, network, image, hwc, channels_first):
    from captum import attr
    from captum.attr._utils.visualization import _normalize_attr

    def pixels(method, values):
        values = hwc(values)
        summed = np.abs(values) if method == "gradient" else values
        return [
            entry("captum", method, "attribution", values),
            entry("captum", method, "map", _normalize_attr(summed.sum(axis=2), "all")),
        ]

    entries = pixels("gradient", attr.Saliency(network).attribute(image(), target=TARGET, abs=False))
    entries += pixels("gradient-x-input", attr.InputXGradient(network).attribute(image(), target=TARGET))
    entries += pixels("guided-backprop", attr.GuidedBackprop(network).attribute(image(), target=TARGET))
    entries += pixels("deconvnet", attr.Deconvolution(network).attribute(image(), target=TARGET))
    for name, method in (
        ("gauss-legendre", "gausslegendre"), ("left", "riemann_left"), ("right", "riemann_right"),
        ("midpoint", "riemann_middle"), ("trapezoid-captum", "riemann_trapezoid"),
    ):
        found = attr.IntegratedGradients(network).attribute(image(), target=TARGET, n_steps=7, method=method)
        given = "" if name == "gauss-legendre" else f", quadrature={name}"
        entries += pixels(f"integrated-gradients(steps=7{given})", found)[:1]
    original = torch.normal
    torch.normal = lambda mean, std: channels_first(Draws().unit((SAMPLES, HEIGHT, WIDTH, CHANNELS))) * std
    tunnel = attr.NoiseTunnel(attr.Saliency(network))
    entries += pixels(smooth(), tunnel.attribute(image(), nt_samples=SAMPLES, stdevs=1.0, target=TARGET))
    torch.normal = original
    cam = attr.LayerGradCam(network, network.relu2).attribute(image(), target=TARGET)
    entries.append(entry("captum", "grad-cam", "attribution", hwc(cam)))
    upsampled = attr.LayerAttribution.interpolate(cam, (HEIGHT, WIDTH))
    entries.append(entry("captum", "grad-cam", "map", _normalize_attr(hwc(upsampled)[:, :, 0], "all")))
    guided = attr.GuidedGradCam(network, network.relu2).attribute(image(), target=TARGET)
    entries += pixels("guided-grad-cam", guided)
    return entries


def of_pytorch_grad_cam(network, image, hwc):
    import pytorch_grad_cam as cams
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    entries = []
    targets = [ClassifierOutputTarget(TARGET)]
    found = {}
    for name, kind in (
        ("grad-cam", cams.GradCAM), ("hires-cam", cams.HiResCAM), ("grad-cam++", cams.GradCAMPlusPlus),
        ("xgrad-cam", cams.XGradCAM), ("layer-cam", cams.LayerCAM),
    ):
        with kind(model=network, target_layers=[network.relu2]) as cam:
            found[name] = cam(input_tensor=image(), targets=targets)[0]
        entries.append(entry("pytorch-grad-cam", name, "map", found[name]))
    # It replaces the network's ReLUs, so the network is one of its own.
    import copy
    guided = cams.GuidedBackpropReLUModel(model=copy.deepcopy(network), device="cpu")
    values = guided(image().detach(), target_category=TARGET)
    entries.append(entry("pytorch-grad-cam", "guided-backprop", "attribution", values))
    entries.append(
        entry("pytorch-grad-cam", "guided-grad-cam", "attribution", found["grad-cam"][:, :, None] * values))
    return entries


def of_zennit(torch, network, image, hwc, channels_first):
    from zennit import attribution, composites, rules

    def one_hot(output):
        return torch.eye(CLASSES)[[TARGET]]

    def composite(rule):
        return composites.LayerMapComposite([(torch.nn.ReLU, rule())])

    def run(kind, **settings):
        with kind(network, **settings) as attributor:
            return hwc(attributor(image(), one_hot)[1])

    entries = [entry("zennit", "gradient", "attribution", run(attribution.Gradient))]
    for name, rule in (("guided-backprop", rules.ReLUGuidedBackprop), ("deconvnet", rules.ReLUDeconvNet)):
        entries.append(
            entry("zennit", name, "attribution", run(attribution.Gradient, composite=composite(rule))))
    draws, original = Draws(), torch.randn_like
    torch.randn_like = lambda x: channels_first(draws.unit((1, HEIGHT, WIDTH, CHANNELS)))
    entries.append(
        entry("zennit", smooth(), "attribution", run(attribution.SmoothGrad, noise_level=0.1, n_iter=SAMPLES)))
    torch.randn_like = original
    entries.append(
        entry("zennit", "integrated-gradients", "attribution", run(attribution.IntegratedGradients)))
    return entries


def of_pair(torch, network):
    from saliency.core import (
        CONVOLUTION_LAYER_VALUES, CONVOLUTION_OUTPUT_GRADIENTS, INPUT_OUTPUT_GRADIENTS, GradCam, GradientSaliency,
        IntegratedGradients, VisualizeImageGrayscale)

    def call(batch, call_model_args=None, expected_keys=None):
        x = torch.tensor(np.moveaxis(np.asarray(batch, dtype=np.float32), -1, 1).copy(), requires_grad=True)
        kept = []
        hook = network.relu2.register_forward_hook(lambda _m, _i, output: kept.append(output))
        score = network(x)[:, TARGET]
        hook.remove()
        if INPUT_OUTPUT_GRADIENTS in expected_keys:
            gradient = torch.autograd.grad(score.sum(), x)[0]
            return {INPUT_OUTPUT_GRADIENTS: np.moveaxis(gradient.numpy(), 1, -1)}
        gradient = torch.autograd.grad(score.sum(), kept[0])[0]
        return {
            CONVOLUTION_LAYER_VALUES: np.moveaxis(kept[0].detach().numpy(), 1, -1),
            CONVOLUTION_OUTPUT_GRADIENTS: np.moveaxis(gradient.numpy(), 1, -1),
        }

    def pixels(method, values):
        return [
            entry("pair-saliency", method, "attribution", values),
            entry("pair-saliency", method, "map", VisualizeImageGrayscale(values)),
        ]

    entries = pixels("gradient", GradientSaliency().GetMask(IMAGE, call))
    draws, original = Draws(), np.random.normal
    np.random.normal = lambda mean, deviation, shape: draws.unit(shape) * deviation
    entries += pixels(smooth(), GradientSaliency().GetSmoothedMask(IMAGE, call, nsamples=SAMPLES))
    np.random.normal = original
    entries += pixels("integrated-gradients", IntegratedGradients().GetMask(IMAGE, call))
    entries.append(entry("pair-saliency", "grad-cam", "map", GradCam().GetMask(IMAGE, call, three_dims=False)))
    return entries


def of_torchcam(network, image):
    from torchcam import methods

    entries = []
    for name, kind in (
        ("grad-cam", methods.GradCAM), ("grad-cam++", methods.GradCAMpp), ("xgrad-cam", methods.XGradCAM),
        ("layer-cam", methods.LayerCAM),
    ):
        with kind(network, "relu2", input_shape=(CHANNELS, HEIGHT, WIDTH)) as extractor:
            scores = network(image())
            cam = extractor(TARGET, scores, normalized=False)[0]
        entries.append(entry("torchcam", name, "attribution", cam.detach().numpy()[0][:, :, None]))
    return entries


def of_tensorflow():
    import tensorflow as tf
    tf.config.run_functions_eagerly(True)

    layers = tf.keras.layers
    x = image = layers.Input((HEIGHT, WIDTH, CHANNELS))
    for layer in (
        layers.Conv2D(4, 3, padding="same", activation="relu", name="conv1"), layers.MaxPooling2D(2),
        layers.Conv2D(5, 3, padding="same", activation="relu", name="conv2"), layers.MaxPooling2D(2),
        layers.Flatten(), layers.Dense(CLASSES, name="logits"), layers.Activation("softmax", name="softmax"),
    ):
        x = layer(x)
    network = tf.keras.Model(image, x)
    for name, kernel, bias in (("conv1", "conv1", "bias1"), ("conv2", "conv2", "bias2"), ("logits", "dense", "bias3")):
        network.get_layer(name).set_weights([WEIGHTS[kernel], WEIGHTS[bias]])
    return of_tf_keras_vis(tf, network) + of_xplique(tf, network) + of_tf_explain(tf, network)


def of_tf_keras_vis(tf, network):
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.gradcam_plus_plus import GradcamPlusPlus
    from tf_keras_vis.layercam import Layercam
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.utils.model_modifiers import GuidedBackpropagation
    from tf_keras_vis.utils.scores import CategoricalScore

    score, batch = CategoricalScore([TARGET]), IMAGE[None]
    entries = [entry("tf-keras-vis", "gradient", "map", Saliency(network)(score, batch)[0])]
    guided = Saliency(network, model_modifier=GuidedBackpropagation(), clone=True)
    entries.append(entry("tf-keras-vis", "guided-backprop", "map", guided(score, batch)[0]))
    draws, original = Draws(), np.random.normal
    np.random.normal = lambda mean, deviation, shape: draws.unit(shape) * np.asarray(deviation)
    smoothed = Saliency(network)(score, batch, smooth_samples=SAMPLES, smooth_noise=0.2)
    np.random.normal = original
    entries.append(entry("tf-keras-vis", smooth(), "map", smoothed[0]))
    for name, kind in (("grad-cam", Gradcam), ("grad-cam++", GradcamPlusPlus), ("layer-cam", Layercam)):
        found = kind(network)(score, batch, penultimate_layer="conv2")
        entries.append(entry("tf-keras-vis", name, "map", found[0]))
        if name == "grad-cam++":
            continue  # Its attribution is larger by exp(score), which the map from 0 to 1 does not show.
        low = kind(network)(score, batch, penultimate_layer="conv2", expand_cam=False, normalize_cam=False)
        entries.append(entry("tf-keras-vis", name, "attribution", np.asarray(low)[0][:, :, None]))
    return entries


def of_xplique(tf, network):
    from xplique import attributions

    batch, targets = IMAGE[None], np.eye(CLASSES, dtype=np.float32)[[TARGET]]

    def run(kind, **settings):
        return np.asarray(kind(network, **settings).explain(batch, targets))[0]

    entries = [entry("xplique", "gradient", "map", run(attributions.Saliency)[:, :, 0])]
    for name, kind in (
        ("gradient-x-input", attributions.GradientInput), ("guided-backprop", attributions.GuidedBackprop),
        ("deconvnet", attributions.DeconvNet),
    ):
        entries.append(entry("xplique", name, "map", run(kind)[:, :, 0]))
        entries.append(entry("xplique", name, "attribution", run(kind, reducer=None)))
    entries.append(
        entry("xplique", "integrated-gradients(steps=7)", "map",
              run(attributions.IntegratedGradients, steps=7)[:, :, 0]))
    original = tf.random.normal
    for name, kind in (
        (smooth(), attributions.SmoothGrad), (smooth(", aggregate=mean-square"), attributions.SquareGrad),
        (smooth(", aggregate=sample-variance"), attributions.VarGrad),
    ):
        draws = Draws()
        tf.random.normal = lambda shape, mean, deviation, dtype: tf.constant(draws.unit(shape)) * deviation
        entries.append(entry("xplique", name, "map", run(kind, nb_samples=SAMPLES)[:, :, 0]))
        tf.random.normal = original
    for name, kind in (("grad-cam", attributions.GradCAM), ("grad-cam++", attributions.GradCAMPP)):
        entries.append(entry("xplique", name, "map", run(kind, conv_layer="conv2")[:, :, 0]))
    return entries


def of_tf_explain(tf, network):
    from tf_explain.core.grad_cam import GradCAM
    from tf_explain.core.integrated_gradients import IntegratedGradients
    from tf_explain.core.smoothgrad import SmoothGrad

    batch = IMAGE[None]
    entries = []
    outputs, gradients = GradCAM.get_gradients_and_filters(network, batch, "conv2", TARGET, True)
    cam = GradCAM.generate_ponderated_output(outputs, gradients)[0].numpy()
    entries.append(entry("tf-explain", "grad-cam", "attribution", cam[:, :, None]))
    path = IntegratedGradients.generate_interpolations(batch, 10)
    values = IntegratedGradients.get_integrated_gradients(path, network, TARGET, 10).numpy()[0]
    entries.append(entry("tf-explain", "integrated-gradients", "attribution", values))
    draws, original = Draws(), np.random.normal
    np.random.normal = lambda mean, deviation, shape: draws.unit(shape) * deviation
    noisy = SmoothGrad.generate_noisy_images(batch, SAMPLES, 1.0)
    np.random.normal = original
    values = SmoothGrad.get_averaged_gradients(noisy, network, TARGET, SAMPLES).numpy()[0]
    entries.append(entry("tf-explain", smooth(), "attribution", values))
    return entries


def main():
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    parts = {"torch": of_torch, "tensorflow": of_tensorflow}
    if part not in parts:
        sys.exit(f"usage: python {sys.argv[0]} torch|tensorflow")
    data = json.loads(PATH.read_text()) if PATH.exists() else {"parts": {}}
    data["target"] = TARGET
    for name, values in {**WEIGHTS, "image": IMAGE, "noise": NOISE}.items():
        data[name] = {"shape": list(values.shape), "values": [float(f"{v:.9g}") for v in values.ravel()]}
    data["parts"][part] = parts[part]()
    PATH.write_text(json.dumps(data, separators=(",", ":")) + "\n")
    print(f"{PATH.name}: {len(data['parts'][part])} entries of {part}, {PATH.stat().st_size} bytes")


if __name__ == "__main__":
    main()
