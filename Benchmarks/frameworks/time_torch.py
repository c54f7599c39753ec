"""How long PyTorch and Captum take for the rows of `saliency time`: python time_torch.py [--models ...] [--rows ...]

Variants: `torch` is hand-written PyTorch with parameter gradients off, `captum` the library as documented.
"""
import captum.attr as ca
import torch
import torch.nn.functional as F

import timing
from torch_network import Network


def jobs(name, options):
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    size = timing.input_size(name)
    net = Network(timing.architecture(name), size).eval().requires_grad_(False)
    x = torch.rand(1, 3, size, size)
    noise = lambda: torch.randn(timing.CHUNK, 3, size, size) * timing.NOISE

    def forward():
        with torch.no_grad():
            return net(x)

    def gradient(batch=x):
        batch = batch.clone().requires_grad_(True)
        net(batch)[:, timing.TARGET].sum().backward()
        return batch.grad

    def smooth_grad():
        total = 0
        for start in range(0, options.samples, timing.CHUNK):
            count = min(timing.CHUNK, options.samples - start)
            total = total + gradient(x + noise()[:count]).sum(0)
        return total / options.samples

    result = {"forward": {"torch": forward}, "gradient": {"torch": gradient, "captum": lambda: ca.Saliency(net).attribute(
        x.clone().requires_grad_(True), target=timing.TARGET, abs=False)}, "smooth-grad": {
        "torch": smooth_grad, "captum": lambda: ca.NoiseTunnel(ca.Saliency(net)).attribute(
            x.clone().requires_grad_(True), nt_type="smoothgrad", nt_samples=options.samples,
            nt_samples_batch_size=timing.CHUNK, stdevs=timing.NOISE, target=timing.TARGET, abs=False)}}
    if name not in timing.LAYERS:
        return result
    conv = net.layers[timing.LAYERS[name]]
    attribute = lambda method, **options: method.attribute(
        x.clone().requires_grad_(True), target=timing.TARGET, **options)
    kept = {}

    def maps():
        hook = conv.register_forward_hook(lambda m, i, o: kept.update(maps=o.requires_grad_(True)))
        score = net(x)[0, timing.TARGET]
        hook.remove()
        return kept.pop("maps"), score

    def grad_cam():
        found, score = maps()
        weights, = torch.autograd.grad(score, found)
        return torch.relu((weights.mean((2, 3), keepdim=True) * found).sum(1, keepdim=True))

    def guided():
        return attribute(ca.GuidedBackprop(net))

    def guided_grad_cam():
        return guided() * F.interpolate(grad_cam(), (size, size), mode="bilinear")

    def cam():
        with torch.no_grad():
            found, _ = maps()
            if name == "squeezenet":  # the last convolution's maps are the classes'
                return net.layers["conv10"](found)[:, timing.TARGET]
            return (net.layers[timing.HEADS[name]].weight[timing.TARGET][:, None, None] * found[0]).sum(0)

    captum = {
        "gradient": result["gradient"]["captum"], "guided-backprop": guided,
        "grad-cam": lambda: attribute(ca.LayerGradCam(net, conv), relu_attributions=True),
        "guided-grad-cam": lambda: attribute(ca.GuidedGradCam(net, conv)),
        "smooth-grad": result["smooth-grad"]["captum"]}
    sixth = [cam] if name in timing.HEADS else []
    result["guided-backprop"] = {"captum": guided}
    result["grad-cam"] = {"torch": grad_cam, "captum": captum["grad-cam"]}
    result["guided-grad-cam"] = {"torch": guided_grad_cam, "captum": captum["guided-grad-cam"]}
    result["six"] = {
        "torch": lambda: [f() for f in [gradient, guided, grad_cam, guided_grad_cam, smooth_grad] + sixth],
        "captum": lambda: [f() for f in list(captum.values()) + sixth]}
    return result


timing.run(jobs, __doc__)
