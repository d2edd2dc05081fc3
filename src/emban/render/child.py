"""The process that draws: `python -m emban.render.child ORDERS`, started by `worker.py`.

It works on names and texts from anybody's events with two large engines, so it has no other business and few means:
no secret in its environment, no file but code and fonts, no network (Landlock, seccomp), no more memory than it is
given. It takes documents from standard input and answers on standard output, one at a time, until the pipe closes.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import select
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from emban.engines.clickhouse.sandbox import confine_files, forgo_new_rights
from emban.engines.clickhouse.seccomp import refuse_system_calls
from emban.render.document import RenderDocument
from emban.render.frames import FAILURE, FILE, READY, pack, read_frame, write_all

# Renders in a row, and a pause in them, after which memory is given back.
MOST_KEPT, PAUSE_S = 3, 0.1
# Places in the charts' script that a failure went through: what V8 says beside them holds the script and the data.
_PLACES = re.compile(r"<anonymous>:(\d+:\d+)")


def main() -> None:
    """Draw until nobody asks any more."""
    orders: dict[str, Any] = json.loads(sys.argv[1])
    answers = os.dup(1)
    # What a library prints is no answer.
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    fonts = [Path(name) for name in orders["fonts"]]
    _confine(fonts)
    from emban.render.drawing_engine import DrawingEngine  # noqa: PLC0415 - only once nothing can be reached any more

    engine = DrawingEngine(fonts)
    _warm(engine)
    _hold_memory(orders["memory_bytes"])
    write_all(answers, pack(READY))
    since = 0
    while (frame := read_frame(0)) is not None:
        order, _, document = frame.content.partition(b"\n")
        try:
            made = engine.draw(json.loads(order), document.decode())
        except Exception as error:  # noqa: BLE001 - whatever V8 or typst raise is this file's failure
            write_all(answers, pack(FAILURE, _kind(error).encode()))
        else:
            write_all(answers, pack(FILE, made))
            del made
        since += 1
        # Not while the next one waits, but not put off for long either.
        if since >= MOST_KEPT or not select.select([0], [], [], PAUSE_S)[0]:
            engine.forget()
            since = 0
    os._exit(0)  # Neither engine has anything to put in order, and V8's threads are not waited for.


def _confine(fonts: list[Path]) -> None:
    """Give up all files but code and fonts, the network, and what no renderer asks the kernel for."""
    installed = [Path(name) for name in os.environ.get("PYTHONPATH", "").split(os.pathsep) if name]
    system = [Path(name) for name in ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib")]
    kernel = [Path(name) for name in ("/proc/self", "/proc/meminfo", "/proc/cpuinfo", "/sys/fs/cgroup")]
    small = [Path(name) for name in ("/etc/ld.so.cache", "/dev/urandom")]
    confine_files(
        read=[Path(sys.prefix), Path(sys.base_prefix), *installed, *system, *kernel, *small, *fonts],
        write=[Path(os.devnull)],
    )
    forgo_new_rights()
    refuse_system_calls()


def _hold_memory(most: int) -> None:
    """Let this process use so many bytes in all; a render that needs more ends it.

    V8 reserves address space that it never fills, and the kernel counts some of that: what is left to grow by is
    therefore reckoned from the memory in use.
    """
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    used, counted = (int(status[name].split()[0]) << 10 for name in ("RssAnon", "VmData"))
    limit = counted + max(0, most - used)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _warm(engine: Any) -> None:
    """Draw an empty page: the first one takes longer, and the parent waits for that anyway."""
    now = datetime.fromtimestamp(0, UTC)
    empty = RenderDocument(name="-", timezone="UTC", generated_at=now, as_of=None, widgets=(), answers={})
    engine.draw({"draw": "pdf"}, empty.encoded().decode())


def _kind(error: Exception) -> str:
    """Return what may be logged of a failure: its kind, and where in the script it was; never what it says."""
    places = _PLACES.findall(str(error))[:4]
    return " ".join([type(error).__name__, *places])


if __name__ == "__main__":
    main()
