"""What the framework scripts share: arguments, architectures, rows, and how a row is timed.

A row is a function from nothing to an answer. It runs once to warm up and then `repeat` times (a quarter as often where
it takes SmoothGrad's many passes); the JSON printed at the end holds every time, in seconds, and the process's peak
memory in bytes. Rows have the names that `saliency time` uses; a row may come in several variants, of which the driver
takes the fastest.
"""
import argparse
import json
import pathlib
import resource
import statistics
import time
import zipfile

ROWS = ["forward", "gradient", "guided-backprop", "grad-cam", "guided-grad-cam", "smooth-grad", "six"]
TARGET = 3
CHUNK = 10  # noisy copies that go through the network at once, as the libraries' documentation has it
NOISE = 0.15
NAMES = {
    "vgg16": "VGG16", "resnet50": "ResNet50", "squeezenet": "SqueezeNet", "mobilenetv2": "MobileNetV2",
    "efficientnetb0": "EfficientNetB0", "convnexttiny": "ConvNeXtTiny", "densenet121": "DenseNet121",
    "inceptionv3": "InceptionV3",
}
# The layer Grad-CAM looks at: what `saliency inspect` calls the default layer.
LAYERS = {"vgg16": "block5_conv3", "resnet50": "conv5_block3_out", "squeezenet": "fire9_concat"}
# Where the network ends in global average pooling, CAM is the sixth method.
HEADS = {"resnet50": "predictions", "squeezenet": None}


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--models", default="vgg16,resnet50,squeezenet")
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--samples", type=int, default=50)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--variants", default="torch,captum,tensorflow")
    return parser.parse_args()


def architecture(name):
    """What Keras' to_json() prints for a built-in network, with He's initialisation, so that no number fades away."""
    archive = pathlib.Path(__file__).parents[2] / "Sources/ModelLibrary/Architectures/architectures.zip"
    with zipfile.ZipFile(archive) as file:
        text = file.read(NAMES.get(name, name) + ".json").decode()
    return text.replace('"GlorotUniform"', '"HeNormal"')


def input_size(name):
    return {"squeezenet": 227, "inceptionv3": 299}.get(name, 224)


def run(make_jobs, description):
    """`make_jobs(name, options)` gives {row: {variant: function}}."""
    options = arguments(description)
    wanted = options.rows.split(",")
    records = []
    for name in options.models.split(","):
        for row, variants in make_jobs(name, options).items():
            if row not in wanted:
                continue
            repeat = max(1, options.repeat // 4) if row in ("smooth-grad", "six") else options.repeat
            for variant, job in variants.items():
                if variant not in options.variants.split(",") and len(variants) > 1:
                    continue
                job()
                times = []
                for _ in range(repeat):
                    start = time.perf_counter()
                    job()
                    times.append(time.perf_counter() - start)
                records.append(dict(
                    name=f"{name}:{row}", variant=variant, times=times, median=statistics.median(times),
                    minimum=min(times)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(dict(rows=records, peakMemory=peak), indent=1))
