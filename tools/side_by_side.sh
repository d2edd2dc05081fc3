#!/bin/sh
# Runs verbs of the Makefile side by side and shows each one's output when it has ended, so that none is mixed up.
#   tools/side_by_side.sh lint types unit
set -u
cd "$(dirname "$0")/.."
said=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$said"' EXIT
trap 'exit 1' INT TERM

run() {
    started=$(date +%s)
    make --no-print-directory "$1" >"$said/$1" 2>&1
    code=$?
    # One write for each verb: those that end at the same time do not get into each other's lines.
    {
        if [ "$code" -eq 0 ]; then printf '✓ %s, %d s\n' "$1" "$(($(date +%s) - started))"; else
            printf '✗ %s, %d s\n' "$1" "$(($(date +%s) - started))"
            sed 's/^/    /' "$said/$1"
        fi
    } >"$said/$1.shown"
    cat "$said/$1.shown"
    return "$code"
}

pids=""
for verb in "$@"; do
    run "$verb" &
    pids="$pids $!"
done
failed=0
for pid in $pids; do
    wait "$pid" || failed=1
done
exit "$failed"
