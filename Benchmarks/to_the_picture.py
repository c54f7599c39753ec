#!/usr/bin/env python3
"""From the command to the picture: `saliency compare` with six methods against a Captum and a Keras script, in turn.

    python3 Benchmarks/to_the_picture.py --image photo.jpg --rounds 3

Each program starts, reads the model (random weights, made once, 553 MB for VGG16) and the photograph, finds the likeliest
class, asks the methods (SmoothGrad with 50 samples; CAM where the network ends in global average pooling), and writes a
figure. Printed: the medians in seconds from process start to its end, peak memory, and ratios.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build/benchmarks"
SCRIPTS = ROOT / "Benchmarks/frameworks"
PROGRAMS = ["saliency", "captum", "keras"]


def commands(model, options):
    folder = pathlib.Path(options.folder)
    h5, pt = str(folder / f"{model}.h5"), str(folder / f"{model}.pt")
    figure = {program: str(folder / f"{model}-{program}.png") for program in PROGRAMS}
    torch = [options.torch, str(SCRIPTS / "picture_torch.py"), model, pt, options.image]
    keras = [options.tensorflow, str(SCRIPTS / "picture_keras.py"), model, h5, options.image]
    for command, made in ((torch, pt), (keras, h5)):
        if not pathlib.Path(made).exists():
            subprocess.run(command + ["none", "--save-weights"], check=True)
    ours = [options.saliency, "compare", options.image, "--model", h5, "--preprocessing", "caffe",
            "--output", figure["saliency"]]
    return {"saliency": ours, "captum": torch + [figure["captum"]], "keras": keras + [figure["keras"]]}


def timed(command):
    """Seconds from start to end, and the process's own peak memory in bytes."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(command)}\n{errors[-2000:]}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", required=True)
    parser.add_argument("--models", default="squeezenet,vgg16")
    parser.add_argument("--programs", default=",".join(PROGRAMS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--saliency", default=str(ROOT / ".build/release/saliency"))
    parser.add_argument("--torch", default=str(BUILD / "torch/bin/python"))
    parser.add_argument("--tensorflow", default=str(BUILD / "tensorflow/bin/python"))
    parser.add_argument("--folder", default=str(BUILD / "pictures"))
    parser.add_argument("--prepare", action="store_true", help="only make the files of weights")
    options = parser.parse_args()
    pathlib.Path(options.folder).mkdir(parents=True, exist_ok=True)
    results = pathlib.Path(options.folder) / "results.json"
    found = json.loads(results.read_text()) if results.exists() else {}
    for model in options.models.split(","):
        made = commands(model, options)
        for _ in range(0 if options.prepare else options.rounds):
            for program in options.programs.split(","):
                seconds, peak = timed(made[program])
                found.setdefault(model, {}).setdefault(program, []).append([seconds, peak])
                results.write_text(json.dumps(found, indent=1))
    print("| network | saliency | Captum | Keras + tf-keras-vis | times faster than Captum | than Keras | memory, MiB |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for model, programs in found.items():
        median = {p: statistics.median(s for s, _ in runs) for p, runs in programs.items()}
        peak = {p: max(m for _, m in runs) / 2**20 for p, runs in programs.items()}
        cells = [f"{median[p]:.2f} s" if p in median else "" for p in PROGRAMS]
        cells += [f"**{median[p] / median['saliency']:.1f}**" if p in median else "" for p in PROGRAMS[1:]]
        print("| " + " | ".join([model] + cells + [" / ".join(f"{peak[p]:.0f}" for p in PROGRAMS if p in peak)]) + " |")


main()
