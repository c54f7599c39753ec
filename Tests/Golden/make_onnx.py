"""Writes the small ONNX files of Tests/ONNXImportTests/Fixtures, with what PyTorch computes of them.

    pip install torch==2.13.0 onnx==1.23.2 onnxscript==0.7.2 numpy==2.4.6
    python make_onnx.py ../ONNXImportTests/Fixtures

Each network is exported by both exporters, NAME_legacy.onnx and NAME_dynamo.onnx. NAME.json has `input` (channels, height, width), `logits` and the `gradient` of their largest.
"""

import json
import sys
import warnings
from pathlib import Path

import onnx
import torch
from torch import nn
from torch.nn import functional as F


class Convolutions(nn.Module):
    """Uneven padding, groups, dilation, a residual sum, ceil_mode, and a flatten before the head."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=8)
        self.grouped = nn.Conv2d(8, 12, (1, 3), padding=(0, 1), groups=4)
        self.up = nn.ConvTranspose2d(12, 4, 3, stride=2, padding=1, output_padding=1)
        self.head = nn.Linear(4 * 4 * 3, 5)

    def forward(self, x):
        x = F.relu6(self.norm(self.first(x)))
        x = x + F.hardswish(self.depthwise(F.pad(x, (0, 1, 1, 0)))[:, :, 1:, :-1])
        x = F.leaky_relu(self.grouped(F.max_pool2d(x, 2, ceil_mode=True)))
        x = F.avg_pool2d(self.up(x), 3, stride=2, padding=1)[:, :, :, :3]
        return self.head(torch.flatten(torch.cat([x, x.mean((2, 3), keepdim=True).expand_as(x)[:, :, :1]], 2)[:, :, :4], 1))


class Shuffle(nn.Module):
    """Channels shuffled, space to depth and back, upsampling, a gate for each channel."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 1)
        self.gate = nn.Conv2d(8, 8, 1)
        self.second = nn.Conv2d(8, 16, 3, padding=1)
        self.norm = nn.GroupNorm(2, 16)
        self.head = nn.Conv2d(4, 6, 1)

    def forward(self, x):
        return torch.softmax(self.scores(x), 1)

    def scores(self, x):
        x = self.first(x)
        n, c, h, w = x.shape
        x = x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
        x = x * torch.sigmoid(self.gate(F.adaptive_avg_pool2d(x, 1)))
        a, b = x.chunk(2, 1)
        x = F.silu(self.norm(self.second(torch.cat([b, a], 1))))
        x = F.interpolate(F.pixel_shuffle(x, 2), scale_factor=0.5, mode="bilinear")
        x = F.interpolate(F.pixel_unshuffle(x, 2)[:, 4:8], size=(7, 9), mode="nearest")
        return self.head(x).amax((2, 3))


class Tokens(nn.Module):
    """Patches, a class token, positions, attention, layer normalisation, GELU."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, stride=4)
        self.token = nn.Parameter(torch.randn(1, 1, 8) * 0.3)
        self.positions = nn.Parameter(torch.randn(1, 10, 8) * 0.3)
        self.norm = nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.layers = nn.Sequential(nn.LayerNorm(8), nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 8))
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        x = self.patches(x)
        n, c, h, w = x.shape
        x = x.reshape(n, c, h * w).permute(0, 2, 1)
        x = torch.cat([self.token.expand(n, -1, -1), x], 1) + self.positions
        y = self.norm(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        return self.head((x + self.layers(x))[:, 0])


class Windows(nn.Module):
    """Attention in shifted windows of a map, with a table of position biases and a mask."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 2, stride=2)
        self.qkv = nn.Linear(8, 24)
        self.out = nn.Linear(8, 8)
        self.bias = nn.Parameter(torch.randn(2, 9, 9) * 0.3)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        x = self.patches(x).permute(0, 2, 3, 1)
        n, h, w, c = x.shape
        x = torch.roll(x, (-1, -1), (1, 2))
        x = x.view(n, h // 3, 3, w // 3, 3, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, 9, c)
        q, k, v = self.qkv(x).reshape(-1, 9, 3, 2, c // 2).permute(2, 0, 3, 1, 4)
        scores = (q * 0.5) @ k.transpose(-2, -1) + self.bias
        mask = torch.zeros(9, 9)
        mask[:4, 5:] = -100.0
        x = torch.softmax(scores + mask, -1) @ v
        x = self.out(x.transpose(1, 2).reshape(-1, 9, c))
        x = x.view(n, h // 3, w // 3, 3, 3, c).permute(0, 1, 3, 2, 4, 5).reshape(n, h, w, c)
        return self.head(torch.roll(x, (1, 1), (1, 2)).mean((1, 2)))


def save(network, size, folder, name):
    network = network.eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias)
            nn.init.normal_(module.running_mean)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    image = torch.randn(1, 3, *size, requires_grad=True)
    logits = getattr(network, "scores", network)(image)
    (gradient,) = torch.autograd.grad(logits[0, int(logits[0].argmax())], image)
    numbers = {"input": image[0], "logits": logits[0], "gradient": gradient[0]}
    text = json.dumps({key: [round(float(x), 8) for x in value.detach().flatten()] for key, value in numbers.items()})
    (folder / f"{name}.json").write_text(text)
    image = image.detach()
    for exporter in ("legacy", "dynamo"):
        path = folder / f"{name}_{exporter}.onnx"
        if exporter == "legacy":
            torch.onnx.export(network, (image,), str(path), dynamo=False, opset_version=17, input_names=["image"],
                              output_names=["scores"], dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}})
        else:
            torch.onnx.export(network, (image.repeat(2, 1, 1, 1),), str(path), dynamo=True, external_data=False,
                              input_names=["image"], output_names=["scores"],
                              dynamic_shapes=({0: torch.export.Dim("batch")},))
            model = onnx.load(path)  # without the stack traces of the machine that exported it
            model.ClearField("metadata_props")
            for entry in [model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output]:
                entry.ClearField("metadata_props")
            for node in model.graph.node:
                node.ClearField("doc_string")
            onnx.save(model, path)


def main(folder):
    warnings.filterwarnings("ignore")
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(5)
    save(Convolutions(), (13, 11), folder, "convolutions")
    save(Shuffle(), (6, 8), folder, "shuffle")
    save(Tokens(), (12, 12), folder, "tokens")
    save(Windows(), (12, 12), folder, "windows")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
