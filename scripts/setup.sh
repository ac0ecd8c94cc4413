#!/bin/sh
# Make .venv hold what a lock says:  scripts/setup.sh run   what the observatory needs
#                                    scripts/setup.sh dev   that, and what the tests need
# Needs a Python 3.11 or 3.12 with pip and venv, nothing else. Says nothing and does nothing when all is in place.
# What is in place is told by content, not by time: a lock or a pyproject.toml that reads otherwise is installed again,
# a folder that was moved or copied gets an environment of its own, and an install that was cut short starts over.
set -eu
cd "$(dirname "$0")/.."
kind=${1:?run or dev}
venv=.venv
python=${PYTHON:-}
case $kind in
    run) lock=requirements.lock ;;
    dev) lock=requirements-dev.lock ;;
    *) echo "setup.sh: run or dev, not '$kind'" >&2; exit 2 ;;
esac

wanted() { # what an environment of kind $1 is made from
    pwd -P
    cat pyproject.toml requirements.lock
    [ "$1" = run ] || cat requirements-dev.lock
}

fits() { # a name on the PATH may be a shim that fails: only a Python that runs, and can make environments, counts
    "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' \
        >/dev/null 2>&1 </dev/null
}

same_python() { # the one that PYTHON asks for; without it, any that fits
    [ -z "$python" ] || [ "$("$python" -c 'import sys; print(sys.base_prefix, sys.version)' 2>&1)" = \
        "$("$venv/bin/python" -c 'import sys; print(sys.base_prefix, sys.version)' 2>&1)" ]
}

ours() { # pip writes the folder's path into .venv/bin: an environment made elsewhere is as bad as a half-made one
    [ -x "$venv/bin/python" ] && [ ! -e "$venv/.unfinished" ] &&
        [ "$(cat "$venv/.made-in" 2>/dev/null)" = "$(pwd -P)" ]
}

made_by_hand() { # somebody's own environment is not thrown away: the lock is installed into it
    [ -d "$venv" ] && [ ! -e "$venv/.made-in" ] && [ ! -e "$venv/.unfinished" ] &&
        fits "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1 </dev/null
}

usable() {
    { ours || made_by_hand; } && same_python
}

in_place() {
    [ -x "$venv/bin/ptce" ] && wanted "$kind" | cmp -s - "$venv/.made-$kind"
}

choose() {
    if [ -n "$python" ]; then
        if fits "$python"; then return; fi
        echo "PYTHON=$python does not run, or is not a Python 3.11 or 3.12 with pip and venv." >&2
    else
        for python in python3.12 python3.11 python3 python; do
            if fits "$python"; then return; fi
        done
        echo "No usable Python: none of python3.12, python3.11, python3 and python is a 3.11 or 3.12 with pip and venv." >&2
    fi
    echo "  do:    install one (Debian and Ubuntu: with its -venv package), or name it: make run PYTHON=python3.12" >&2
    exit 1
}

# The tests look at the pages in a browser; a checkout without the script has no such tests.
if [ "$kind" = dev ] && [ -x scripts/browser.sh ]; then scripts/browser.sh; fi

if usable; then
    if in_place; then exit 0; fi
else
    choose
    echo "Making $venv with $("$python" --version 2>&1)" >&2
    rm -rf "$venv"
    mkdir "$venv"
    : >"$venv/.unfinished"
    "$python" -m venv "$venv" </dev/null
fi

: >"$venv/.unfinished"
pwd -P >"$venv/.made-in"
rm -f "$venv/.made-run" "$venv/.made-dev"
echo "Installing $lock into $venv: once, a minute or two" >&2
quiet=--quiet
if [ -t 2 ]; then quiet=''; fi
pip() {
    "$venv/bin/python" -m pip --disable-pip-version-check --no-input "$@" $quiet </dev/null
}
# Every file is checked against the lock's hashes.
# --no-deps: the lock is whole, and pip, left to find versions by itself, takes for an extra what the lock rules out.
pip install --no-compile --no-deps --require-hashes --only-binary=:all: -r "$lock"
pip install --no-compile --no-deps --no-build-isolation --no-index --force-reinstall -e .
# Compiled now, on every core: processes that start often (Prefect's) start in half the time, also where
# PYTHONDONTWRITEBYTECODE keeps Python from writing bytecode by itself. Some packages carry files that do not compile.
"$venv/bin/python" -m compileall -qq -j 0 "$venv/lib" </dev/null >/dev/null 2>&1 || :
"$venv/bin/python" -m compileall -q src flows </dev/null || echo "(some of our files do not compile: see above)" >&2

wanted run >"$venv/.made-run"
if [ "$kind" = dev ]; then wanted dev >"$venv/.made-dev"; fi
rm -f "$venv/.unfinished"
