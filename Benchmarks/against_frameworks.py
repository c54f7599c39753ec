#!/usr/bin/env python3
"""How many times faster than TensorFlow and PyTorch/Captum: `saliency time` and the framework scripts in turn.

    swift build -c release --product saliency
    python3 Benchmarks/against_frameworks.py run --rounds 3        # measures, adds to .build/benchmarks/results.json
    python3 Benchmarks/against_frameworks.py table                 # prints Markdown from what was measured
    python3 Benchmarks/against_frameworks.py ratios                # the ratios alone

Every round runs all three for each model, one after the other, so that a change of the machine's mood meets them all
alike. A ratio is the median of the better framework's times (of its fastest variant) over the median of ours, all
rounds together. `memory` runs one process for each row and program, and notes its peak resident set.

Framework scripts run under --torch and --tensorflow, Python interpreters with what Benchmarks/frameworks/requirements-*.txt
says; by default of the environments that Benchmarks/environments.sh makes. `--prefix` puts words before every command.
"""
import argparse
import json
import pathlib
import shlex
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build/benchmarks"
ROWS = ["forward", "gradient", "guided-backprop", "grad-cam", "guided-grad-cam", "smooth-grad", "six"]
MODELS = ["vgg16", "resnet50", "squeezenet"]
OTHERS = ["mobilenetv2", "efficientnetb0", "convnexttiny", "densenet121", "inceptionv3"]
OURS = "saliency"
LONG = ("smooth-grad", "six")


def command(program, model, rows, repeat, options):
    arguments = ["--models", model, "--rows", ",".join(rows), "--samples", str(options.samples),
                 "--repeat", str(repeat), "--threads", str(options.threads)]
    if program == OURS:
        start = [options.saliency, "time", "--json"]
    else:
        interpreter = options.torch if program == "torch" else options.tensorflow
        start = [interpreter, str(ROOT / f"Benchmarks/frameworks/time_{program}.py"), "--variants", options.variants]
    return shlex.split(options.prefix) + start + arguments


def measured(program, model, rows, options):
    """What a program prints for some rows; the framework scripts repeat long rows a quarter as often, and so do we."""
    if program == OURS and any(row in LONG for row in rows) and any(row not in LONG for row in rows):
        quick = measured(program, model, [row for row in rows if row not in LONG], options)
        quick["rows"] += measured(program, model, [row for row in rows if row in LONG], options)["rows"]
        return quick
    repeat = max(1, options.repeat // 4) if program == OURS and rows[0] in LONG else options.repeat
    done = subprocess.run(command(program, model, rows, repeat, options), capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{program} failed for {model}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout[done.stdout.index("{"):])


def rows_of(model, options):
    """Methods are compared on the networks of the targets, the others by their passes."""
    wanted = options.rows.split(",")
    return [row for row in wanted if model in MODELS or row in ("forward", "gradient")]


def load(options):
    path = pathlib.Path(options.results)
    return json.loads(path.read_text()) if path.exists() else {"times": {}, "memory": {}, "machine": {}}


def save(results, options):
    path = pathlib.Path(options.results)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(results, indent=1))
    partial.rename(path)


def run(options):
    for turn in range(options.rounds):
        for model in options.models.split(","):
            for program in options.programs.split(","):
                found = measured(program, model, rows_of(model, options), options)
                results = load(options)
                if program == OURS:
                    results["machine"] = {k: found[k] for k in ("threads", "instructionSet", "openBLAS", "samples")}
                for row in found["rows"]:
                    key = f"{row['name']} {program}/{row.get('variant', program)}"
                    results["times"].setdefault(key, []).extend(row["times"])
                save(results, options)
                print(f"round {turn + 1} of {options.rounds}: {model} {program}", flush=True)


def memory(options):
    options.repeat = 1
    for model in options.models.split(","):
        for row in rows_of(model, options):
            for program in options.programs.split(","):
                found = measured(program, model, [row], options)
                peak = found["rows"][0]["peakMemory"] if program == OURS else found["peakMemory"]
                results = load(options)
                results["memory"].setdefault(f"{model}:{row}", {})[program] = peak
                save(results, options)
            print(f"{model}:{row}", flush=True)


def medians(results, name, program):
    """The medians of a program's variants."""
    prefix = f"{name} {program}/"
    return {k[len(prefix):]: statistics.median(v) for k, v in results["times"].items() if k.startswith(prefix)}


def table(options):
    results = load(options)
    machine = results["machine"]
    print(f"{machine.get('threads')} threads, {machine.get('instructionSet')}, SmoothGrad of {machine.get('samples')} "
          "samples; medians in milliseconds, memory in MiB.\n")
    print("| row | saliency | PyTorch/Captum | TensorFlow | times faster | memory: saliency | PyTorch/Captum | TensorFlow "
          "| share |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for model in options.models.split(","):
        for row in rows_of(model, options):
            print_row(results, f"{model}:{row}")


def fastest(results, name):
    """For each program its fastest variant's median, and what to call the variant where it has a name of its own."""
    best = {}
    for program in (OURS, "torch", "tensorflow"):
        found = medians(results, name, program)
        if found:
            variant = min(found, key=found.get)
            best[program] = (found[variant], f" ({variant})" if variant != program else "")
    return best


def ratios(options):
    """The ratios alone, a line for each network."""
    results = load(options)
    rows = options.rows.split(",")
    print("| times faster | " + " | ".join(row.replace("-", " ") for row in rows) + " |")
    print("|---|" + "--:|" * len(rows))
    for model in options.models.split(","):
        cells = []
        for row in rows:
            best = fastest(results, f"{model}:{row}")
            theirs = [best[p][0] for p in ("torch", "tensorflow") if p in best]
            cells.append(f"{min(theirs) / best[OURS][0]:.2f}" if theirs and OURS in best else "")
        print(f"| {model} | " + " | ".join(cells) + " |")


def print_row(results, name):
    best = fastest(results, name)
    if OURS not in best:
        return
    theirs = [best[p][0] for p in ("torch", "tensorflow") if p in best]
    times = [f"{best[p][0] * 1e3:.2f}{best[p][1]}" if p in best else "" for p in (OURS, "torch", "tensorflow")]
    ratio = f"**{min(theirs) / best[OURS][0]:.2f}**" if theirs else ""
    peaks = results["memory"].get(name, {})
    sizes = [f"{peaks[p] / 2**20:.0f}" if p in peaks else "" for p in (OURS, "torch", "tensorflow")]
    others = [peaks[p] for p in ("torch", "tensorflow") if p in peaks]
    share = f"{peaks[OURS] / min(others):.2f}" if others and OURS in peaks else ""
    print("| " + " | ".join([name] + times + [ratio] + sizes + [share]) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["run", "memory", "table", "ratios"])
    parser.add_argument("--saliency", default=str(ROOT / ".build/release/saliency"))
    parser.add_argument("--torch", default=str(BUILD / "torch/bin/python"))
    parser.add_argument("--tensorflow", default=str(BUILD / "tensorflow/bin/python"))
    parser.add_argument("--programs", default=f"{OURS},torch,tensorflow")
    parser.add_argument("--models", default=",".join(MODELS), help="also: " + ",".join(OTHERS))
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--samples", type=int, default=50)
    parser.add_argument("--repeat", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--results", default=str(BUILD / "results.json"))
    parser.add_argument("--variants", default="torch,captum,tensorflow")
    parser.add_argument("--prefix", default="")
    options = parser.parse_args()
    {"run": run, "memory": memory, "table": table, "ratios": ratios}[options.action](options)


main()
