#!/bin/sh
# All tests, in two halves side by side: each run of pytest has engines of its own, and much of its time is waiting. What
# the second half said is shown when both are done.
set -u
cd "$(dirname "$0")/.."
said=$(mktemp)
# Folders of integration tests that the second half has time for.
moved="tests/integration/demo tests/integration/cli"
trap 'kill "$other" 2>/dev/null; rm -f "$said"' EXIT INT TERM

second_half() {
    trap 'kill "$running" 2>/dev/null; exit 1' INT TERM
    failed=0
    for folders in "tests/browser tests/contract tests/faults" "tests/isolation $moved"; do
        # shellcheck disable=SC2086 # several folders
        .venv/bin/pytest $folders "$@" &
        running=$!
        wait "$running" || failed=1
    done
    return "$failed"
}

second_half "$@" >"$said" 2>&1 &
other=$!
# shellcheck disable=SC2046,SC2086 # several folders
.venv/bin/pytest tests/integration tests/unit $(printf -- '--ignore=%s ' $moved) "$@"
first=$?
wait "$other"
second=$?
cat "$said"
[ "$first" -eq 0 ] && [ "$second" -eq 0 ]
