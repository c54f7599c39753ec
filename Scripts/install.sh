#!/usr/bin/env bash
# Installs what is missing: the Debian packages of the lists given, those for building unless there is one. Does nothing, and
# needs no rights, where everything is there. Works as root, or as a user with sudo; says what to do where there is neither.
#   Scripts/install.sh [LIST.txt ...]
set -euo pipefail
cd "$(dirname "$0")/.."
lists=("${@:-Scripts/debian-packages.txt}")
packages() { cat "${lists[@]}" | grep -v '^#'; }

if ! command -v swift >/dev/null 2>&1; then
  echo "install: no \`swift\` on the PATH; wanted a Swift toolchain 6.2 or newer: see https://www.swift.org/install/linux" >&2
  exit 1
fi
if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
  echo "install: this is no Debian system (no apt-get); install the equivalents of these packages by hand, then run" \
    "\`swift build -c release\`: $(packages | tr '\n' ' ')" >&2
  exit 1
fi

missing=()
while read -r package; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done < <(packages)
[ ${#missing[@]} -eq 0 ] && exit 0

echo "Installing from Debian: ${missing[*]}"
if [ "$(id -u)" = 0 ]; then
  as_root=()
elif command -v sudo >/dev/null 2>&1; then
  as_root=(sudo)
else
  echo "install: ${#missing[@]} packages are missing and this user is neither root nor has sudo; ask somebody who is" \
    "to run: apt-get install ${missing[*]}" >&2
  exit 1
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "install: apt-get could not install ${missing[*]}; its last words are above" >&2
  exit 1
fi
