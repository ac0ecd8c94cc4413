#!/bin/sh
# The browser that tests/browser drives: Debian's chromium, with a font to write with. Says nothing when it is there.
# Installs it where apt-get may (as root, or through sudo without a password); elsewhere says what to do, and goes on:
# the other tests need no browser.
set -eu
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then exit 0; fi
done
asked() {
    echo "No Chromium here: the tests of tests/browser will fail." >&2
    echo "  do:    install chromium (Debian and Ubuntu: apt-get install --no-install-recommends chromium fonts-dejavu-core)" >&2
    exit 0
}
command -v apt-get >/dev/null || asked
if [ "$(id -u)" = 0 ]; then as_root=''; else
    command -v sudo >/dev/null && sudo -n true 2>/dev/null || asked
    as_root='sudo -n'
fi
echo "Installing chromium: once, for the tests of the pages" >&2
install() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        chromium fonts-dejavu-core </dev/null >/dev/null
}
install 2>/dev/null || { $as_root apt-get update -qq </dev/null && install; } || asked
