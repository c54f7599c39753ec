#!/usr/bin/env bash
# Installs what is missing and passes the tests, in release mode (the C kernels are slow without optimisation).
# Arguments go to `swift test`, for example: Scripts/test.sh --filter MethodsTests
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/install.sh
if ! Scripts/install.sh Scripts/debian-packages-test.txt; then
  [ "${SALIENCY_STRICT:-}" = 1 ] && exit 1
  echo "test: going on without; the tests that need what is missing are skipped and say so" >&2
fi
exec swift test -c release --disable-xctest --explicit-target-dependency-import-check error "$@"
