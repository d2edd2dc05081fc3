#!/bin/sh
# All tests, in two halves side by side: each has engines of its own, and much of either's time is waiting. What the
# second half said is shown when both are done.
set -u
cd "$(dirname "$0")/.."
said=$(mktemp)
trap 'kill "$other" 2>/dev/null; rm -f "$said"' EXIT INT TERM

.venv/bin/pytest tests/browser tests/contract tests/faults "$@" >"$said" 2>&1 &
other=$!
.venv/bin/pytest tests/integration tests/isolation tests/unit "$@"
first=$?
wait "$other"
second=$?
cat "$said"
[ "$first" -eq 0 ] && [ "$second" -eq 0 ]
