"""Writes perturbation_methods.json: maps of perturbation and class activation methods that other toolkits, or the papers' formulas in
PyTorch, make of one small network.

    pip install torch==2.13.0 captum==0.9.0 grad-cam==1.5.7 scikit-learn==1.9.1
    python3 Tests/Golden/perturbation_methods.py

Weights, image, masks and orders are made by `numbers(shape, phase)`, which the test repeats, so only results are stored. All
tensors are written in the order height, width, channels.
"""

import json
import os

import numpy as np
import torch
import torch.nn.functional as F
from captum.attr import FeatureAblation, KernelShap, Occlusion, ShapleyValueSampling
from pytorch_grad_cam import FEM, AblationCAM, EigenCAM, EigenGradCAM, GradCAMElementWise
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from sklearn.linear_model import Ridge
from torch import nn

HEIGHT, WIDTH, TARGET = 12, 10, 2


def numbers(shape, phase):
    count = int(np.prod(shape))
    i = np.arange(count, dtype=np.float64)
    return np.sin(1.7 * i * i + 0.3 * i + phase).astype(np.float32).reshape(shape)


class Network(nn.Module):
    """Two convolutions (3 x 3, same, ReLU), a max pooling between them, and a dense layer."""

    def __init__(self):
        super().__init__()
        self.conv1, self.relu1, self.pool = nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)
        self.conv2, self.relu2 = nn.Conv2d(4, 6, 3, padding=1), nn.ReLU()
        self.dense = nn.Linear(HEIGHT * WIDTH // 4 * 6, 5)
        kernels = [numbers((3, 3, 3, 4), 1) * 0.5, numbers((3, 3, 4, 6), 2) * 0.4]
        for conv, kernel, phase in zip([self.conv1, self.conv2], kernels, [3, 4]):
            conv.weight.data = torch.tensor(kernel.transpose(3, 2, 0, 1).copy())
            conv.bias.data = torch.tensor(numbers(kernel.shape[3:], phase) * 0.1)
        self.dense.weight.data = torch.tensor((numbers((180, 5), 5) * 0.3).T.copy())
        self.dense.bias.data = torch.tensor(numbers((5,), 6) * 0.1)

    def forward(self, x):
        return self.head(self.relu2(self.conv2(self.pool(self.relu1(self.conv1(x))))))

    def head(self, maps):
        return self.dense(maps.permute(0, 2, 3, 1).flatten(1))


net = Network().eval()
image = torch.tensor((numbers((HEIGHT, WIDTH, 3), 7) * 2).transpose(2, 0, 1).copy())[None]
results = {}


def record(name, values):
    results[name] = [float(f"{v:.8g}") for v in np.ravel(np.asarray(values, dtype=np.float64))]


def score(x):
    return net(x)[:, TARGET]


def maps_of(x):
    return net.relu2(net.conv2(net.pool(net.relu1(net.conv1(x)))))


A = maps_of(image).detach()
record("scores", net(image).detach())
h, w = A.shape[2:]
K = A.shape[1]


def enlarged(maps):
    return F.interpolate(maps, size=(HEIGHT, WIDTH), mode="bilinear", align_corners=False)


def stretched(maps):
    low, high = maps.amin((2, 3), keepdim=True), maps.amax((2, 3), keepdim=True)
    return (maps - low) / (high - low).clamp(min=1e-30)


# Captum.
occlusion = Occlusion(net).attribute(image, (3, 5, 5), strides=(3, 3, 3), baselines=0, target=TARGET)
record("occlusion", occlusion[0, 0].detach())
rows, columns = 4, 4
segments = torch.tensor([[y * rows // HEIGHT * columns + x * columns // WIDTH for x in range(WIDTH)] for y in range(HEIGHT)])
count = rows * columns
ablation = FeatureAblation(net).attribute(image, baselines=0, target=TARGET, feature_mask=segments[None, None])
record("feature-ablation", ablation[0, 0].detach())
coalitions = numbers((60, count), 8) > 0


class GivenKernelShap(KernelShap):
    def kernel_shap_perturb_generator(self, original_inp, **kwargs):
        yield torch.zeros(1, count)
        yield torch.ones(1, count)
        for row in coalitions:
            yield torch.tensor(row.astype(np.float32))[None]


shap = GivenKernelShap(net).attribute(image, baselines=0, target=TARGET, feature_mask=segments[None, None], n_samples=62)
record("kernel-shap", shap[0, 0].detach())
orders = np.argsort(numbers((3, count), 9), axis=1, kind="stable")
sampling = ShapleyValueSampling(net)
sampling.permutation_generator = lambda features, samples: iter([list(map(int, order)) for order in orders])
shapley = sampling.attribute(image, baselines=0, target=TARGET, feature_mask=segments[None, None], n_samples=3)
record("shapley-sampling", shapley[0, 0].detach())


def through(mask):
    """Scores of the image through masks [n, H, W]."""
    return score(image * torch.as_tensor(mask)[:, None]).detach().numpy()


# LIME: the regression of the authors' package, lime_base.py, at the width of the paper's kernel.
seen = np.stack([row[segments.numpy()] for row in coalitions.astype(np.float32)])
distance = 1 - np.sqrt(coalitions.mean(1))
weights = np.exp(-(distance**2) / 0.25**2)
lime = Ridge(alpha=1, fit_intercept=True).fit(coalitions.astype(float), through(seen), sample_weight=weights)
record("lime", lime.coef_)

# RISE, given masks: the authors' sum, and xplique's.
masks = 0.5 + 0.5 * numbers((20, HEIGHT, WIDTH), 10)
weighted = (through(masks)[:, None, None] * masks).sum(0)
record("rise", weighted / (20 * 0.5))
record("rise coverage", weighted / masks.sum(0))

# pytorch-grad-cam: the maps before they are cut at 0, enlarged and stretched.
targets = [ClassifierOutputTarget(TARGET)]


def cam(method, **options):
    extractor = method(net, [net.relu2], **options)
    extractor(image.clone(), targets)
    activations = extractor.activations_and_grads.activations[0].numpy()
    gradients = extractor.activations_and_grads.gradients
    gradients = gradients[0].numpy() if gradients else None
    return extractor.get_cam_image(image.clone(), net.relu2, targets, activations, gradients, False)


record("ablation-cam", np.maximum(cam(AblationCAM), 0))
record("eigen-cam centred", cam(EigenCAM))
record("eigen-grad-cam centred", cam(EigenGradCAM))
record("grad-cam-elementwise", cam(GradCAMElementWise))
record("fem coverage", cam(FEM))

# Formulas.
with torch.no_grad():
    inputs = image * stretched(enlarged(A)).transpose(0, 1)
    record("score-cam", torch.relu((torch.softmax(score(inputs), 0)[:, None, None] * A[0]).sum(0)))
    means = sum(score(inputs * (i * (i + 1) / 8)) for i in range(1, 5)) / 4
    record("is-cam", torch.relu((torch.softmax(means, 0)[:, None, None] * A[0]).sum(0)))
    window = torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16
    spots = []
    for y in range(h):
        for x in range(w):
            mask = torch.zeros(h + 2, w + 2)
            mask[y : y + 3, x : x + 3] = window
            spots.append(mask[1:-1, 1:-1])
    spots = net.head(A * torch.stack(spots)[:, None])[:, TARGET]
    record("recipro-cam", (spots - spots.min()) / (spots.max() - spots.min()))
    strong = A > A.mean((2, 3), keepdim=True) + 1.5 * A.std((2, 3), keepdim=True, unbiased=False)
    record("fem", (strong * A.mean((2, 3), keepdim=True)).sum(1))

gradients = torch.autograd.functional.jacobian(lambda m: net.head(m)[0], A)[:, 0]
near = torch.argsort((net(image)[0] - net(image)[0, TARGET]).abs())[1:4]
finer = gradients[TARGET] - 0.6 * gradients[near].mean(0)
record("finer-cam", torch.relu((finer.mean((1, 2))[:, None, None] * A[0]).sum(0)))

# Opti-CAM: 10 steps of torch's Adam. Stretched, for the weight of a map that is 0 everywhere is drawn by rounding.
logits = torch.zeros(K, requires_grad=True)
adam = torch.optim.Adam([logits], lr=0.1)
for _ in range(10):
    mask = stretched(enlarged((torch.softmax(logits, 0)[None, :, None, None] * A).sum(1, keepdim=True)))
    adam.zero_grad()
    (-score(image * mask)).sum().backward()
    adam.step()
record("opti-cam", stretched((torch.softmax(logits, 0)[None, :, None, None] * A).sum(1, keepdim=True)).detach())

# Meaningful perturbation: cells of 3 pixels, no shift, covered with 0.
cells = torch.ones(1, 1, HEIGHT // 3, (WIDTH + 2) // 3, requires_grad=True)
adam = torch.optim.Adam([cells], lr=0.1)
with torch.no_grad():
    whole, covered = score(image), score(image * 0)
for _ in range(15):
    adam.zero_grad()
    share = (score(image * enlarged(cells)) - covered) / (whole - covered)
    variation = ((cells[..., 1:, :] - cells[..., :-1, :]).abs() ** 3).sum()
    variation = variation + ((cells[..., 1:] - cells[..., :-1]).abs() ** 3).sum()
    (share.sum() + 1e-4 * (1 - cells).sum() + 1e-2 * variation).backward()
    adam.step()
    cells.data.clamp_(0, 1)
record("meaningful-perturbation", (1 - enlarged(cells)).detach())

# Extremal perturbation: a grid of 2 pixels, sigma of 3 pixels, a fifth of the image, 12 steps.
rows, columns, sigma, temperature = HEIGHT // 2, WIDTH // 2, 1.5, 1 / 20
reach = int(3 * sigma)
bumps, sources = [], []
for y in range(rows):
    for x in range(columns):
        for dy in range(-reach, reach + 1):
            for dx in range(-reach, reach + 1):
                distance = (dy * dy + dx * dx) ** 0.5 / sigma
                # Mirrored at the first and the last point.
                v, u = [abs(p) if p < n else 2 * (n - 1) - p for p, n in ((y + dy, rows), (x + dx, columns))]
                if distance <= 3 and 0 <= v < rows and 0 <= u < columns:
                    bumps.append(np.exp(-max(0, distance - 1) ** 2 / 4))
                    sources.append((y * columns + x, v * columns + u))
bumps = torch.tensor(bumps, dtype=torch.float32)
points, sources = torch.tensor(sources).T
parameters = torch.full((rows * columns,), 0.5, requires_grad=True)
descent = torch.optim.SGD([parameters], lr=0.01, momentum=0.9)


def wanted(mask):
    """1 for the largest fifth, 0 for the rest; equal values share."""
    values, inverse, counts = torch.unique(mask, return_inverse=True, return_counts=True)
    above = counts.flip(0).cumsum(0).flip(0) - counts
    seen = (HEIGHT * WIDTH // 5 - above).clamp(min=0)
    return (torch.minimum(seen, counts) / counts)[inverse]


def smooth_mask():
    values = bumps * parameters[sources]
    powers = torch.exp((values - 1) / temperature)
    total = torch.zeros(rows * columns).index_add(0, points, powers)
    mask = torch.zeros(rows * columns).index_add(0, points, values * powers) / total
    return enlarged(mask.view(1, 1, rows, columns))


for _ in range(12):
    descent.zero_grad()
    mask = smooth_mask()
    area = ((mask - wanted(mask.detach())) ** 2).mean()
    (300 * area - score(image * mask).sum()).backward()
    descent.step()
    parameters.data.clamp_(0, 1)
record("extremal-perturbation", smooth_mask().detach())

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "perturbation_methods.json")
with open(path, "w") as file:
    json.dump(results, file)
print(path, os.path.getsize(path), "bytes")
