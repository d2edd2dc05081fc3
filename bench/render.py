"""A dashboard of 12 widgets as PDF and PNG: the first one of a new child, then one after another; memory of the child.

python -m bench render
python -m bench.render --rounds 100
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psutil
from tests.support.documents import EVERY_CHART, document_of, long_table

from emban.render.document import RenderDocument
from emban.render.renderer import Renderer
from emban.render.worker import RenderLimits

KINDS = ("pdf", "png")


def main() -> None:
    """Run in the short form."""
    asyncio.run(_run([] if sys.argv[0].endswith("__main__.py") else sys.argv[1:]))


async def _run(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    rounds: int = parser.parse_args(arguments).rounds
    documents = _documents(rounds)
    for kind in KINDS:
        renderer = Renderer(RenderLimits())
        first = await _timed(renderer, kind, documents[0])
        used = _processor(renderer.pids[0])
        warm = [await _timed(renderer, kind, one) for one in documents[1:]]
        used = _processor(renderer.pids[0]) - used
        await asyncio.sleep(0.5)  # What was drawn last is given back once it has been sent.
        kept, most = _memory(renderer.pids[0])
        middle, slow = statistics.median(warm) * 1000, sorted(warm)[int(len(warm) * 0.95)] * 1000
        print(
            f"{kind}: first {first * 1000:.0f} ms, then p50 {middle:.0f}, p95 {slow:.0f} ms, of the processor "
            f"{used / rounds * 1000:.0f} each with giving memory back; memory {kept} MiB, at most {most}"
        )
        await renderer.close()
    renderer = Renderer(RenderLimits())
    await renderer.pdf("org", documents[0])
    took = await _timed(renderer, "pdf", document_of(long_table(1000)))
    print(f"pdf of a table of 1,000 rows: {took * 1000:.0f} ms; memory at most {_memory(renderer.pids[0])[1]} MiB")
    await renderer.close()


def _documents(rounds: int) -> list[RenderDocument]:
    """Return dashboards of twelve widgets, of which none has the name, the time or the figures of another."""
    parts = [*EVERY_CHART.values(), long_table(20, y=20)]
    assert len(parts) == 12
    made = []
    for nth in range(rounds + 1):
        answers = {}
        for one, answer in parts:
            points = [{**dot, "value": (dot["value"] or 0) * (1 + nth / 7)} for dot in answer.get("points", ())]
            answers[one["id"]] = {**answer, "points": points} if points else answer
        base = document_of(*parts, name=f"Usage {nth}")
        made.append(replace(base, answers=answers, generated_at=base.generated_at + timedelta(seconds=nth)))
    return made


async def _timed(renderer: Renderer, kind: str, document: RenderDocument) -> float:
    draw = renderer.pdf if kind == "pdf" else renderer.png
    started = time.perf_counter()
    await draw("org", document)
    return time.perf_counter() - started


def _processor(pid: int) -> float:
    """Return the seconds of the processor that a process has used: what counts on a busy machine."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def _memory(pid: int) -> tuple[int, int]:
    """Return the MiB that a process has in memory, and the most that it ever had."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    kept, most = (int(lines[name].split()[0]) >> 10 for name in ("VmRSS", "VmHWM"))
    return kept, most
