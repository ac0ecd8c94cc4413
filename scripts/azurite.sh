#!/bin/sh
# Put Azurite, the blob server that the tests of the object stores start on loopback, into .cache/azurite.
# Needs node and npm. The versions are those of tests/azurite/package-lock.json, each with its hash; no package's own
# script is run. Does nothing when it is in place.
set -eu
cd "$(dirname "$0")/.."
from=tests/azurite
to=.cache/azurite
if cmp -s "$from/package-lock.json" "$to/.made" && [ -f "$to/node_modules/azurite/dist/src/blob/main.js" ]; then exit 0; fi
if ! command -v npm >/dev/null 2>&1 || ! command -v node >/dev/null 2>&1; then
    echo "azurite.sh: node and npm are needed for the tests of the Azure store, and are not there." >&2
    echo "  do:    install them (Debian and Ubuntu: apt-get install nodejs npm), then run again" >&2
    exit 1
fi
echo "Making $to with npm $(npm --version 2>/dev/null)" >&2
mkdir -p "$to"
rm -f "$to/.made"
cp "$from/package.json" "$from/package-lock.json" "$to/"
(cd "$to" && npm ci --ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error >/dev/null)
cp "$from/package-lock.json" "$to/.made"
