#!/bin/sh
# Chromium for the browser tests. Where it is missing: installed on a Debian as root, else one line that says what to do.
set -eu
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium for the browser tests…" >&2
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null
    exit 0
fi
echo "The browser tests need Chromium as \`chromium\` on the PATH (Debian: sudo apt-get install chromium)." >&2
exit 1
