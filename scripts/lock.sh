#!/bin/sh
# Choose the versions again (make lock): every dependency, hashed, for Python 3.11 and 3.12, naming no host.
#   scripts/lock.sh                    keep what is pinned where it still fits
#   scripts/lock.sh --upgrade          take the newest that fit
#   scripts/lock.sh -P pandas          upgrade one
# Needs uv (https://docs.astral.sh/uv/). `make test` afterwards: prefect and fastapi break apart easily (pyproject.toml).
set -eu
cd "$(dirname "$0")/.."
command -v uv >/dev/null || { echo "lock.sh: uv is not installed" >&2; exit 1; }
export UV_CUSTOM_COMPILE_COMMAND='make lock'
compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header "$@"
}
# hatchling and editables build the editable install; they are locked with the rest, since no build may fetch anything.
printf 'hatchling\neditables\n' | compile "$@" pyproject.toml - --extra live --output-file requirements.lock
printf 'hatchling\neditables\n' | compile "$@" pyproject.toml - --extra dev --constraint requirements.lock --output-file requirements-dev.lock
