#!/usr/bin/env bash
# Installs what is missing and passes the tests, in release mode (the C kernels are slow without optimisation).
# Arguments go to `swift test`, for example: Scripts/test.sh --filter MethodsTests
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/install.sh
exec swift test -c release --disable-xctest --explicit-target-dependency-import-check error "$@"
