"""Run benchmarks: `python -m bench` for all of them in their short form, `python -m bench NAME …` for some.

Each is a module of this package with a docstring and a `main() -> None` that prints its figures.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import platform
import sys
import time
from pathlib import Path

import bench


def names() -> list[str]:
    """Return the benchmarks: the modules of this package that are not its machinery."""
    return sorted(
        module.name
        for module in pkgutil.iter_modules(bench.__path__)
        if not module.name.startswith("_") and module.name != "support"
    )


def machine() -> str:
    """Return the machine in one line: processor, cores, memory, Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cpuinfo = Path("/proc/cpuinfo")
    models = [line for line in cpuinfo.read_text().splitlines() if "model name" in line] if cpuinfo.exists() else []
    model = models[0].split(":")[1].strip() if models else platform.processor()
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def main() -> int:
    """Run what the arguments name; returns 2 for an unknown name."""
    known, wanted = names(), sys.argv[1:] or names()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    print(f"machine: {machine()}\n", flush=True)
    for name in wanted:
        module = importlib.import_module(f"bench.{name}")
        summary = (module.__doc__ or name).strip().splitlines()[0]
        print(f"== {name}: {summary}", flush=True)
        started = time.perf_counter()
        module.main()
        print(f"   ({time.perf_counter() - started:.0f} s)\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
