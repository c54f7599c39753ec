"""Exports torchvision's classifiers with seeded random weights to ONNX, with logits and input gradients by PyTorch.

    pip install torch==2.13.0 torchvision==0.28.0 onnx==1.23.2 onnxscript==0.7.2 h5py==3.16.0
    python make_torch_zoo.py FOLDER [MODEL ...]
    saliency-check zoo FOLDER/legacy FOLDER/dynamo

Each exporter has a folder: legacy is torch.onnx.export(dynamo=False), dynamo is dynamo=True. Beside NAME.onnx lies NAME.ref.h5
with `input` (batch, height, width, channels), `logits`, and `gradient` of the logit whose index is the attribute `target`,
computed in double precision. The attribute `rounding` is by how much PyTorch's gradient in single precision differs from that:
units of ReLUs and maxima that nearly equal fall on another side.
"""

import copy
import sys
import warnings
from pathlib import Path

import h5py
import torch
import torchvision

MODELS = """alexnet vgg11 vgg16_bn resnet18 resnet50 resnext50_32x4d wide_resnet50_2 squeezenet1_1 densenet121 inception_v3
googlenet mobilenet_v2 mobilenet_v3_large shufflenet_v2_x1_0 mnasnet1_0 efficientnet_b0 efficientnet_v2_s regnet_y_400mf
convnext_tiny swin_t vit_b_16 maxvit_t""".split()
SIZES = {"inception_v3": 299}


def model(name):
    """The model with random weights, and statistics of batch normalisation that are not those of a new model."""
    torch.manual_seed(7)
    options = {"aux_logits": False, "init_weights": False} if name in ("inception_v3", "googlenet") else {}
    network = getattr(torchvision.models, name)(weights=None, **options).eval()
    for module in network.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            torch.nn.init.uniform_(module.weight, 0.8, 1.2)
            torch.nn.init.normal_(module.bias, 0, 0.1)
            torch.nn.init.normal_(module.running_mean, 0, 0.1)
            torch.nn.init.uniform_(module.running_var, 0.8, 1.2)
    head = [m for m in network.modules() if isinstance(m, torch.nn.Linear)]
    if head and not head[-1].weight.any():  # vision transformers begin with a head of zeros
        torch.nn.init.normal_(head[-1].weight, 0, 0.02)
    return network


def reference(network, image, path):
    def explained(network, image):
        image = image.clone().requires_grad_()
        logits = network(image)
        target = int(logits[0].argmax())
        return logits, target, torch.autograd.grad(logits[0, target], image)[0]

    single = explained(network, image)[2]
    logits, target, gradient = explained(network.double(), image.double())
    rounding = float((single - gradient).norm() / gradient.norm())
    print(f"{path}: PyTorch's own gradient in single precision differs by {rounding:.1e}")
    with h5py.File(path, "w") as file:
        for key, value in (("input", image), ("gradient", gradient)):
            file[key] = value.detach().float().permute(0, 2, 3, 1).contiguous().numpy()
        file["logits"] = logits.detach().float().numpy()
        file.attrs["target"] = target
        file.attrs["rounding"] = rounding


def export(network, image, path, dynamo):
    options = (
        {"dynamo": True, "external_data": False, "dynamic_shapes": ({0: torch.export.Dim("batch")},)}
        if dynamo
        else {"dynamo": False, "dynamic_axes": {"input": {0: "batch"}, "output": {0: "batch"}}, "opset_version": 17}
    )
    try:
        torch.onnx.export(network, (image,), str(path), input_names=["input"], output_names=["output"], **options)
    except Exception as error:  # some models cannot be exported with a free batch size
        print(f"{path}: exported with a batch of 1, because: {str(error).splitlines()[0][:160]}")
        options.pop("dynamic_shapes", None)
        options.pop("dynamic_axes", None)
        torch.onnx.export(network, (image[:1],), str(path), input_names=["input"], output_names=["output"], **options)


def main(folder, names):
    warnings.filterwarnings("ignore")
    for name in names or MODELS:
        network = model(name)
        size = SIZES.get(name, 224)
        torch.manual_seed(11)
        image = torch.randn(1, 3, size, size)
        for exporter, dynamo in (("legacy", False), ("dynamo", True)):
            path = folder / exporter / f"{name}.onnx"
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                continue
            try:
                # A batch of 2 is free: the exporter takes 1 for a fixed size.
                export(network, image.repeat(2, 1, 1, 1) if dynamo else image, path, dynamo)
                reference(copy.deepcopy(network), image, path.with_suffix(".ref.h5"))
                print(path)
            except Exception as error:
                print(f"{path}: not exported: {str(error).splitlines()[0][:200]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
