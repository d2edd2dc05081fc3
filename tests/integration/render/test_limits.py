"""What a render may take, and what happens to it and to the others when it takes more."""

from __future__ import annotations

import asyncio
import os
import signal
import struct
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvloop
from structlog.testing import capture_logs

from emban.errors import EmbanError
from emban.render import renderer as renderer_module
from emban.render.document import RenderDocument
from emban.render.fonts import SHIPPED, font_directories
from emban.render.renderer import Renderer
from emban.render.worker import RenderFailedError, RenderLimits, RenderWorker, _environment
from tests.support.documents import (
    EVERY_CHART,
    document_of,
    heavy_document,
    long_table,
    metadata_of,
    pages_of,
)
from tests.support.waiting import until, until_so

ROOT = Path(__file__).parents[3]
SMALL = document_of(EVERY_CHART["stat"])


@asynccontextmanager
async def renderer_with(**limits: float) -> AsyncIterator[Renderer]:
    made = Renderer(RenderLimits(**limits))  # type: ignore[arg-type]
    try:
        yield made
    finally:
        await made.close()


async def test_a_render_that_takes_too_long_is_ended_and_the_next_one_is_as_any() -> None:
    async with renderer_with(seconds=1.5, at_once=1) as renderer:
        await renderer.pdf("org", SMALL)
        (before,) = renderer.pids
        with pytest.raises(EmbanError) as refused:
            await renderer.pdf("org", heavy_document(40))
        assert (refused.value.code, refused.value.status) == ("render_too_expensive", 400)
        await until_so(lambda: not Path(f"/proc/{before}").exists())
        assert "4,321" in pages_of(await renderer.pdf("org", SMALL))[0]
        assert renderer.pids != [before]


async def test_a_render_that_needs_too_much_memory_ends_alone() -> None:
    async with renderer_with(memory_bytes=110 << 20, at_once=2) as renderer:
        with capture_logs() as logs:
            heavy, light = await asyncio.gather(
                renderer.pdf("one", heavy_document()), renderer.pdf("two", SMALL), return_exceptions=True
            )
        assert isinstance(heavy, EmbanError)
        assert heavy.code == "render_too_expensive"
        assert isinstance(light, bytes)
        assert "4,321" in pages_of(await renderer.pdf("one", SMALL))[0]
    (ended,) = [line for line in logs if line["event"] == "render.ended"]
    assert ended["reason"].startswith("the child ended with")
    assert ended["org_id"] == "one"


async def test_a_picture_is_as_sharp_as_its_memory_allows() -> None:
    one, answer = EVERY_CHART["line"]

    def high(count: int) -> RenderDocument:
        layouts = [{"x": 0, "y": nth * 6, "w": 12, "h": 6} for nth in range(count)]
        return document_of(
            *(({**one, "id": f"w{nth}", "layout": layout}, answer) for nth, layout in enumerate(layouts))
        )

    async with renderer_with(at_once=1) as renderer:
        pictures = [await renderer.png("org", high(count)) for count in (1, 23)]
        widths = [struct.unpack(">I", png[16:20])[0] for png in pictures]
        assert widths[0] == 2496
        assert 1248 < widths[1] < 2496
        with pytest.raises(EmbanError) as refused:
            await renderer.png("org", high(50))
        assert refused.value.code == "render_too_expensive"
        assert len(pages_of(await renderer.pdf("org", high(50)))) == 25


async def test_a_killed_child_is_one_files_failure() -> None:
    async with renderer_with(at_once=1) as renderer:
        await renderer.pdf("org", SMALL)
        (pid,) = renderer.pids
        drawing = asyncio.create_task(renderer.pdf("org", heavy_document()))
        await asyncio.sleep(0.2)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(EmbanError, match="takes more than the 20 s or 512 MiB"):
            await drawing
        assert "4,321" in pages_of(await renderer.pdf("org", SMALL))[0]


async def test_a_child_that_died_while_nobody_needed_it_is_not_noticed() -> None:
    async with renderer_with(at_once=1) as renderer:
        await renderer.pdf("org", SMALL)
        (pid,) = renderer.pids
        os.kill(pid, signal.SIGKILL)
        await until_so(lambda: not renderer.pids)
        assert "4,321" in pages_of(await renderer.pdf("org", SMALL))[0]


async def test_whoever_goes_away_leaves_no_work_behind() -> None:
    async with renderer_with(at_once=1) as renderer:
        await renderer.pdf("org", SMALL)
        (pid,) = renderer.pids
        drawing = asyncio.create_task(renderer.pdf("org", heavy_document()))
        await asyncio.sleep(0.2)
        drawing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await drawing
        await until_so(lambda: not Path(f"/proc/{pid}").exists())
        assert "4,321" in pages_of(await renderer.pdf("org", SMALL))[0]


async def test_an_idle_child_gives_its_memory_back() -> None:
    async with renderer_with(at_once=1, idle_s=0.1) as renderer:
        await renderer.pdf("org", SMALL)
        (pid,) = renderer.pids
        await until_so(lambda: not renderer.pids and not Path(f"/proc/{pid}").exists())
        assert "4,321" in pages_of(await renderer.pdf("org", SMALL))[0]


async def test_two_at_a_time_and_of_one_org_one() -> None:
    async with renderer_with(at_once=2) as renderer:
        # Three of one org and one of another: the other's is made beside the first, not after the third.
        order: list[str] = []

        async def draw(org_id: str) -> None:
            await renderer.pdf(org_id, SMALL if org_id == "few" else document_of(long_table(1000)))
            order.append(org_id)

        await asyncio.gather(renderer.pdf("a", SMALL), renderer.pdf("b", SMALL))
        await asyncio.gather(draw("many"), draw("many"), draw("many"), draw("few"))
        assert order.index("few") < 2
        assert len(renderer.pids) == 2


def test_children_go_with_a_parent_that_is_killed() -> None:
    program = textwrap.dedent(
        """
        import asyncio, time
        from emban.render.renderer import Renderer
        from emban.render.worker import RenderLimits
        from tests.support.documents import EVERY_CHART, document_of

        async def main():
            renderer = Renderer(RenderLimits(at_once=1))
            await renderer.pdf("org", document_of(EVERY_CHART["stat"]))
            print(*renderer.pids, flush=True)
            await asyncio.sleep(600)

        asyncio.run(main())
        """
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert Path(f"/proc/{pid}").exists()
        parent.kill()
    until(lambda: not Path(f"/proc/{pid}").exists())
    assert not Path(f"/proc/{pid}").exists()


async def test_who_waits_too_long_is_told_when_to_come_back() -> None:
    async with renderer_with(at_once=1) as renderer:
        drawing = asyncio.create_task(renderer.pdf("one", document_of(long_table(1000))))
        await asyncio.sleep(0)
        for org_id in ("one", "two"):
            with pytest.raises(EmbanError) as refused:
                await renderer.png(org_id, SMALL, patience_s=0.05)
            assert (refused.value.status, refused.value.code, refused.value.retry_after) == (429, "rate_limited", 2)
        patient = await renderer.pdf("two", SMALL, patience_s=None)
        assert drawing.done()
        assert "4,321" in pages_of(patient)[0]
        assert len(pages_of(await drawing)) > 20


async def test_an_org_has_so_many_waiting_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderer_module, "MOST_WAITING", 3)
    async with renderer_with(at_once=1) as renderer:
        made = await asyncio.gather(*(renderer.pdf("org", SMALL) for _ in range(5)), return_exceptions=True)
        assert [type(one) for one in made] == [bytes, bytes, bytes, EmbanError, EmbanError]
        # Reports wait as long as it takes: none of them is refused.
        reports = await asyncio.gather(*(renderer.pdf("org", SMALL, patience_s=None) for _ in range(5)))
        assert len(reports) == 5


async def test_a_document_that_cannot_be_drawn_is_a_failure_that_says_nothing_of_it() -> None:
    async with renderer_with(at_once=1) as renderer:
        broken = document_of(({"id": "secret-name", "title": "secret-title", "kind": "kpi"}, {"points": "secret"}))
        with capture_logs() as logs, pytest.raises(EmbanError) as failed:
            await renderer.pdf("org", broken)
        assert (failed.value.code, failed.value.status, failed.value.message) == (
            "render_failed",
            500,
            "the file could not be made",
        )
        assert "4,321" in pages_of(await renderer.pdf("org", SMALL))[0]
    assert "secret" not in str(logs)
    assert [line["event"] for line in logs] == ["render.failed"]
    assert logs[0]["reason"].startswith("JSEvalException ")


def test_renders_are_made_on_the_event_loop_that_serve_uses() -> None:
    async def draw() -> bytes:
        async with renderer_with(at_once=1) as renderer:
            return await renderer.pdf("org", SMALL)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert "4,321" in pages_of(runner.run(draw()))[0]


async def test_a_renderer_that_cannot_start_is_no_fault_of_the_document(tmp_path: Path) -> None:
    worker = RenderWorker(RenderLimits(), [tmp_path])
    with pytest.raises(RenderFailedError):
        # Without any font there is nothing to draw with, which shows at the start.
        await worker.draw({"draw": "pdf"}, b"{")
    await worker.stop()


async def test_a_running_child_has_no_rights_no_network_and_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBAN_SECRET_KEY", "nobody may read this")
    async with renderer_with(at_once=1) as renderer:
        await renderer.pdf("org", SMALL)
        (pid,) = renderer.pids
        assert confinement_of(pid) == {"Seccomp": "2", "NoNewPrivs": "1", "CapEff": 0, "CapPrm": 0}
        assert b"nobody may read this" not in read(pid, "environ")
        assert network_sockets_of(pid) == []


def read(pid: int, name: str) -> bytes:
    return Path(f"/proc/{pid}/{name}").read_bytes()


def confinement_of(pid: int) -> dict[str, object]:
    lines = (line.split(":\t", 1) for line in read(pid, "status").decode().splitlines() if ":\t" in line)
    said = dict(lines)
    return {
        **{name: said[name] for name in ("Seccomp", "NoNewPrivs")},
        **{name: int(said[name], 16) for name in ("CapEff", "CapPrm")},
    }


def network_sockets_of(pid: int) -> list[str]:
    """Return the lines of the kernel's tables that are of this process; its pipes may be pairs of UNIX sockets."""
    opened = {one.readlink().name.strip("socket:[]") for one in Path(f"/proc/{pid}/fd").iterdir()}
    lines = [line for kind in ("tcp", "tcp6", "udp", "udp6") for line in read(pid, f"net/{kind}").decode().splitlines()]
    return [line for line in lines if line.split()[9] in opened]


ATTEMPTS = {
    "a socket": "socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
    "a socket of IPv6": "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
    "a name": "socket.getaddrinfo('localhost', 80)[0] and socket.create_connection(('localhost', 80))",
    "a program": "os.execv('/bin/true', ['true'])",
    "a child's program": "subprocess.run(['/bin/true'], check=True)",
    "a file of the machine": "open('/etc/passwd').read()",
    "a file of somebody": "open('/root/.profile').read() if os.path.exists('/root/.profile') else open('/etc/hosts')",
    "a new file": "open('/tmp/emban-render-attempt', 'w')",
    "a process": "os.kill(os.getppid(), 0) or open(f'/proc/{os.getppid()}/environ', 'rb').read()",
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_what_a_confined_child_cannot_do(attempt: str) -> None:
    """The same confinement around code that tries: a child that was taken over could do no more."""
    program = textwrap.dedent(
        f"""
        import os, socket, subprocess, sys
        from emban.render.child import _confine
        _confine([])
        try:
            {attempt}
        except OSError as error:
            os.write(1, type(error).__name__.encode())
            os._exit(0)
        os._exit(1)
        """
    )
    run = [sys.executable, "-P", "-c", program]
    done = subprocess.run(run, env=_environment(), capture_output=True, cwd="/", check=False)
    assert done.returncode == 0, f"{attempt} worked"
    assert done.stdout in {b"OSError", b"PermissionError", b"gaierror", b"FileNotFoundError"}, done.stdout


async def test_fonts_of_the_operator_are_used(tmp_path: Path) -> None:
    """EMBAN_FONTS_DIR: without a font for them characters are boxes, and the file is no archive's."""
    arabic = next(path for path in font_directories(None)[1].glob("NotoSansArabic*"))
    one, answer = EVERY_CHART["list"]
    named = {**answer, "points": [{**answer["points"][0], "group": ["نموذج"]}]}
    archive = {}
    for name, fonts in (("without", [SHIPPED]), ("with", [SHIPPED, tmp_path])):
        if name == "with":
            (tmp_path / arabic.name).write_bytes(arabic.read_bytes())
        worker = RenderWorker(RenderLimits(), fonts)
        made = await worker.draw({"draw": "pdf"}, document_of((one, named)).encoded())
        archive[name] = "pdfaid" in metadata_of(made)
        await worker.stop()
    assert archive == {"without": False, "with": True}
