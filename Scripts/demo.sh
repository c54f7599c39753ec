#!/usr/bin/env bash
# From a fresh machine to a picture: installs what is missing, builds in release mode, and compares the six methods
# on bundled images with a bundled model. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/install.sh
echo "Building (the first time takes some minutes) ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! swift build -c release --product saliency >"$log" 2>&1; then
  cat "$log" >&2
  echo "demo: the build failed; the compiler's words are above" >&2
  exit 1
fi
mkdir -p out
"$(swift build -c release --show-bin-path)/saliency" compare --model scenes-gap --output out/demo \
  --target top1 --target top2 Data/scenes/test/images/two-040.png Data/scenes/test/images/two-050.png
