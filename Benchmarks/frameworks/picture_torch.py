"""Six maps of one photograph with PyTorch and Captum: python picture_torch.py vgg16 weights.pt photo.png figure.png"""
import captum.attr as ca
import torch

import picture
import timing
from torch_network import Network

options = picture.arguments(__doc__)
torch.set_num_threads(2)
size = timing.input_size(options.model)
net = Network(timing.architecture(options.model), size, initialised=options.save_weights).eval().requires_grad_(False)
if options.save_weights:
    torch.save(net.state_dict(), options.weights)
    raise SystemExit
net.load_state_dict(torch.load(options.weights, mmap=True))
photo, pixels = picture.read(options.image, size)
x = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].contiguous()
with torch.no_grad():
    target = int(net(x)[0].argmax())
x.requires_grad_(True)
conv = net.layers[timing.LAYERS[options.model]]
spread = picture.NOISE * float(x.max() - x.min())
answers = {
    "Gradient": ca.Saliency(net).attribute(x, target=target, abs=False),
    "Guided backprop": ca.GuidedBackprop(net).attribute(x, target=target),
    "Grad-CAM": ca.LayerGradCam(net, conv).attribute(x, target=target, relu_attributions=True),
    "Guided Grad-CAM": ca.GuidedGradCam(net, conv).attribute(x, target=target),
    "SmoothGrad": ca.NoiseTunnel(ca.Saliency(net)).attribute(
        x, nt_type="smoothgrad", nt_samples=picture.SAMPLES, nt_samples_batch_size=timing.CHUNK, stdevs=spread,
        target=target, abs=False),
}
if options.model == "squeezenet":
    kept = {}
    hook = net.layers["relu_conv10"].register_forward_hook(lambda m, i, o: kept.update(maps=o))
    with torch.no_grad():
        net(x)
    hook.remove()
    answers["CAM"] = kept["maps"][:, target][:, None]
maps = {name: a[0].detach().permute(1, 2, 0).numpy() for name, a in answers.items()}
picture.draw(photo, maps, options.output)
