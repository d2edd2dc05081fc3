#!/bin/sh
# Makes .venv with everything that Emban, its tests and its web build need. Needs Python 3.11 or newer, nothing else.
set -eu
cd "$(dirname "$0")/.."

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

python=""
for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    say "Emban needs Python 3.11 or newer; set PYTHON=/path/to/python3 if it is not on the PATH."
    exit 1
fi

make_venv() { "$python" -m venv .venv >/dev/null 2>&1; }

if [ ! -x .venv/bin/pip ]; then
    rm -rf .venv
    if ! make_venv; then
        # Debian ships venv apart from Python.
        rm -rf .venv
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
            say "Installing Debian's python3-venv…"
            apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
            make_venv
        elif "$python" -m virtualenv --version >/dev/null 2>&1; then
            "$python" -m virtualenv -q .venv
        else
            say "Python's venv module is missing. Install it (Debian: sudo apt-get install python3-venv) and run make setup again."
            exit 1
        fi
    fi
fi

say "Installing Python packages…"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
