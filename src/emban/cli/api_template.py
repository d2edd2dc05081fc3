"""The process that API processes are forked from: `python -m emban.cli.api_template <descriptor>`. See `api_forks`."""

from __future__ import annotations

import gc
import importlib
import sys

if __name__ == "__main__":
    # Nothing is garbage while modules load; looking for it takes a tenth of the time. The forks turn it on again.
    gc.disable()
    importlib.import_module("emban.cli.api_forks").main(int(sys.argv[1]))
