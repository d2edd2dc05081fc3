"""Files of dashboards for the rest of Emban: a few renders at a time, fair among orgs, each with limits."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any, Literal

import structlog

from emban.errors import EmbanError, rate_limited
from emban.query.scheduling.fair_queue import Flow
from emban.query.scheduling.fair_slots import FairSlots, largest_share
from emban.render.document import RenderDocument
from emban.render.fonts import font_directories
from emban.render.worker import RenderFailedError, RenderLimitError, RenderLimits, RenderWorker
from emban.settings import Settings
from emban.telemetry import RENDER_SECONDS, RENDERS

log = structlog.get_logger(__name__)

# How long a request waits for its turn, and how many of an org's may.
PATIENCE_S = 10.0
MOST_WAITING = 8
RETRY_S = 2
MOST_SIDE_PX = 2000
Kind = Literal["pdf", "png", "chart", "words"]


class Renderer:
    """Draws dashboards. One per process and event loop; the children start with the first render."""

    def __init__(self, limits: RenderLimits, fonts_dir: Path | None = None) -> None:
        self._limits = limits
        fonts = font_directories(fonts_dir)
        # Whoever has to wait, waits for as long as its caller says.
        self._slots = FairSlots(limits.at_once, share=largest_share(limits.at_once), patience_s=None)
        self._free = [RenderWorker(limits, fonts) for _ in range(limits.at_once)]
        self._workers = tuple(self._free)
        self._waiting: defaultdict[str, int] = defaultdict(int)

    @classmethod
    def of(cls, settings: Settings) -> Renderer:
        return cls(RenderLimits(), settings.fonts_dir)

    @property
    def pids(self) -> list[int]:
        """The children that there are."""
        return [pid for worker in self._workers if (pid := worker.pid) is not None]

    async def pdf(self, org_id: str, document: RenderDocument, *, patience_s: float | None = PATIENCE_S) -> bytes:
        """Return a dashboard on pages of A4.

        Raises 429 where it is not its turn for `patience_s` (None waits as long as it takes), 400
        `render_too_expensive` where it needs more time or memory than a render may use, and 500 `render_failed`.
        """
        return await self._draw("pdf", org_id, {}, document, patience_s)

    async def png(self, org_id: str, document: RenderDocument, *, patience_s: float | None = PATIENCE_S) -> bytes:
        """Return a dashboard as one picture of twice a screen's pixels; raises as `pdf`."""
        return await self._draw("png", org_id, {}, document, patience_s)

    async def words(
        self, org_id: str, document: RenderDocument, *, patience_s: float | None = PATIENCE_S
    ) -> dict[str, Any]:
        """Return what the page says without its drawings: its `head`, and `cards` with their figures; raises as `pdf`.

        The keys are those of `web/apps/render/src`: `Head` in main.ts, `CardView` in view.ts.
        """
        said: dict[str, Any] = json.loads(await self._draw("words", org_id, {}, document, patience_s))
        return said

    async def chart_png(
        self,
        org_id: str,
        document: RenderDocument,
        widget_id: str,
        *,
        width: int,
        height: int,
        bare: bool = False,
        patience_s: float | None = PATIENCE_S,
    ) -> bytes:
        """Return the body of one widget, without its card and title, in so many px of a screen; raises as `pdf`.

        `bare` leaves out the legend. The picture has twice as many pixels either way.
        """
        if not 0 < width <= MOST_SIDE_PX or not 0 < height <= MOST_SIDE_PX:
            raise ValueError(f"a chart has 1 to {MOST_SIDE_PX} px a side")
        order = {"widget": widget_id, "width": width, "height": height, "bare": bare}
        return await self._draw("chart", org_id, order, document, patience_s)

    async def close(self) -> None:
        """End the children."""
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    async def _draw(
        self, kind: Kind, org_id: str, more: dict[str, Any], document: RenderDocument, patience_s: float | None
    ) -> bytes:
        encoded = await asyncio.to_thread(document.encoded)
        async with self._worker(org_id, patience_s) as worker:
            try:
                with RENDER_SECONDS.labels(kind).time():
                    made = await worker.draw({"draw": kind, **more}, encoded)
            except RenderLimitError as error:
                RENDERS.labels(kind, "limit").inc()
                log.warning("render.ended", kind=kind, org_id=org_id, reason=str(error), bytes=len(encoded))
                raise _too_expensive(self._limits) from None
            except RenderFailedError as error:
                RENDERS.labels(kind, "failed").inc()
                # No traceback: what it would show beside the reason is this call.
                log.error("render.failed", kind=kind, org_id=org_id, reason=str(error), bytes=len(encoded))  # noqa: TRY400
                raise EmbanError("render_failed", "the file could not be made") from None
        RENDERS.labels(kind, "made").inc()
        return made

    @asynccontextmanager
    async def _worker(self, org_id: str, patience_s: float | None) -> AsyncIterator[RenderWorker]:
        """Wait for a turn and hold a worker for it."""
        if patience_s is not None and self._waiting[org_id] >= MOST_WAITING:
            raise _busy()
        self._waiting[org_id] += 1
        flow = Flow(org_id, None)
        try:
            try:
                async with asyncio.timeout(patience_s):
                    await self._slots.acquire(flow)
            except TimeoutError:
                raise _busy() from None
            started, worker = monotonic(), self._free.pop()
            try:
                yield worker
            finally:
                self._free.append(worker)
                self._slots.release(flow, monotonic() - started)
        finally:
            self._waiting[org_id] -= 1
            if not self._waiting[org_id]:
                del self._waiting[org_id]


def _busy() -> EmbanError:
    RENDERS.labels("any", "refused").inc()
    return rate_limited("other files are being made; try again in a moment", RETRY_S)


def _too_expensive(limits: RenderLimits) -> EmbanError:
    size = limits.memory_bytes >> 20
    return EmbanError(
        "render_too_expensive",
        f"the file takes more than the {limits.seconds:g} s or {size} MiB that one may; choose one widget, or csv",
    )
