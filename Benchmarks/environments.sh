#!/bin/sh
# Makes the two Python environments that the framework scripts run in, under .build/benchmarks (2 GB): sh
# Benchmarks/environments.sh [PYTHON]. Their packages are pinned in Benchmarks/frameworks/requirements-*.txt.
set -eu
cd "$(dirname "$0")/.."
python="${1:-python3}"
for name in torch tensorflow; do
  folder=".build/benchmarks/$name"
  [ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
  "$folder/bin/pip" install --quiet --requirement "Benchmarks/frameworks/requirements-$name.txt"
done
