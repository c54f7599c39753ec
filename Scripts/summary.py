#!/usr/bin/env python3
"""Prints chosen columns of a run's table.csv as a Markdown table, methods in the run's order, controls last.

    Scripts/summary.py results/scenes-benchmark --model scenes-gap --metrics deletion,road,pointing-game
    Scripts/summary.py results/scenes-benchmark --metrics energy-pointing-game      # one column a model

A metric is named as in table.csv, or by the part before a bracket or slash where that is not ambiguous. Means are
followed by their 95% interval with --intervals. Bold is what table.csv calls best: told from all others by the paired test.
"""
import argparse
import csv
import os
import sys


def read(folder, model, target):
    with open(os.path.join(folder, "table.csv"), newline="") as file:
        rows = list(csv.DictReader(file))
    targets = list(dict.fromkeys(row["target"] for row in rows))
    wanted = target or targets[0]
    rows = [row for row in rows if row["target"] == wanted and model in (None, row["model"])]
    if not rows:
        sys.exit(f"{folder}: no rows for model {model}, target {wanted} (targets: {', '.join(targets)})")
    return rows


def column(name, names):
    if name in names:
        return name
    near = [n for n in names if n.split("(")[0] == name or n.split("(")[0].split("/")[0] == name]
    if not near:
        sys.exit(f"no metric {name}; there are {', '.join(names)}")
    return near[0]


def number(text, digits):
    return f"{float(text):.{digits}f}"


def cell(row, intervals):
    if not row or not row["mean"]:
        return "–"
    digits = 1 if abs(float(row["mean"])) >= 10 else 2 if abs(float(row["mean"])) >= 1 else 3
    text = number(row["mean"], digits)
    if row["best"] == "yes":
        text = f"**{text}**"
    if intervals and row["low"]:
        text += f" [{number(row['low'], digits)}, {number(row['high'], digits)}]"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", help="the folder of a run")
    parser.add_argument("--model", help="one model; without it each metric has a column for each model")
    parser.add_argument("--target", help="the first of the run by default")
    parser.add_argument("--metrics", required=True, help="separated by commas")
    parser.add_argument("--intervals", action="store_true")
    given = parser.parse_args()
    rows = read(given.run, given.model, given.target)
    names = list(dict.fromkeys(row["metric"] for row in rows))
    models = list(dict.fromkeys(row["model"] for row in rows))
    methods = list(dict.fromkeys((row["control"], row["method"]) for row in rows))
    cells = {(row["model"], row["method"], row["metric"]): row for row in rows}
    arrow = {"higher": " ↑", "lower": " ↓", "none": ""}
    better = {row["metric"]: arrow[row["better"]] for row in rows}
    columns = [(model, column(name.strip(), names)) for name in given.metrics.split(",") for model in models]
    heads = [
        (f"{model}: " if given.model is None and len(models) > 1 else "") + metric + better[metric]
        for model, metric in columns
    ]
    print("| Method | " + " | ".join(heads) + " |")
    print("|---|" + "---:|" * len(columns))
    counts = []
    for model, metric in columns:
        found = sorted({int(c["n"]) for (m, _, k), c in cells.items() if (m, k) == (model, metric) and c["n"] != "0"})
        counts.append(f"n = {found[0]}" + (f"–{found[-1]}" if found[-1] != found[0] else "") if found else "")
    print("| | " + " | ".join(counts) + " |")
    for control, method in methods:
        name = f"*{method}*" if control == "yes" else method
        line = [cell(cells.get((model, method, metric)), given.intervals) for model, metric in columns]
        print(f"| {name} | " + " | ".join(line) + " |")


if __name__ == "__main__":
    main()
