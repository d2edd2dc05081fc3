"""Bad input over HTTP: each with its status and the path of its fault, and the good events beside it stored."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from emban.ingest.schemas import MAX_BODY_BYTES
from tests.integration.ingest.conftest import metered, numbered, rows
from tests.support.bad_events import BODIES, GOOD, refused_events
from tests.support.control import TestOrg, make_org

JSON = {"content-type": "application/json"}
GZIP = {**JSON, "content-encoding": "gzip"}
KEYS = ",".join(f'"k{n}":1' for n in range(1_000_000))


@pytest.fixture(scope="module")
async def sender(app: FastAPI) -> AsyncIterator[TestOrg]:
    """An org for all that is refused."""
    made = await make_org(app, roles=("owner",))
    yield made
    await made.close()


async def post(org: TestOrg, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    return await org["ingest_key"].post("/v1/events", content=body, headers=headers or JSON)


def paths(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(field["path"], field["message"]) for field in answer.json()["fields"]]


async def test_every_rule_of_a_field(app: FastAPI, sender: TestOrg) -> None:
    """The whole table, one request each with the bad event alone and one with a good one at each side of it."""
    kept = []
    for place, (fields, path, message) in enumerate(refused_events(datetime.now(UTC))):
        bad = GOOD | fields
        alone = await post(sender, json.dumps({"events": [bad]}).encode())
        assert (alone.status_code, alone.json()["code"]) == (400, "invalid_request"), fields
        assert paths(alone) == [(f"events[0].{path}", message)]
        before, after = (GOOD | {"event_id": f"{place:03}{side}"} for side in "ab")
        beside = await post(sender, json.dumps({"events": [before, bad, after]}).encode())
        assert (beside.status_code, beside.json()) == (
            200,
            {
                "accepted": 2,
                "rejected": 1,
                "errors": [{"index": 1, "path": path, "message": message}],
                "status": "partial",
            },
        ), fields
        kept += [before["event_id"], after["event_id"]]
    assert await rows(app, sender.id) == [[event_id] for event_id in kept]
    assert await metered(app, sender) == len(kept)


@pytest.mark.parametrize("missing", ["tenant_id", "event_name"])
async def test_what_is_missing_is_named(sender: TestOrg, missing: str) -> None:
    event = {name: value for name, value in GOOD.items() if name != missing}
    answer = await post(sender, json.dumps({"events": [event]}).encode())
    assert (answer.status_code, paths(answer)) == (400, [(f"events[0].{missing}", "is required")])


@pytest.mark.parametrize(("body", "code", "words"), BODIES, ids=lambda part: str(part)[:30])
async def test_a_bad_body(sender: TestOrg, body: bytes, code: str, words: str) -> None:
    answer = await post(sender, body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert words in answer.json()["error"]


def _bomb() -> bytes:
    """Return 1 MiB of gzip that unfolds to 1 GiB."""
    packer = zlib.compressobj(9, wbits=31)
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(1024)) + packer.flush()


REFUSALS: dict[str, tuple[bytes, dict[str, str], int, str]] = {
    "one byte too many": (b" " * (MAX_BODY_BYTES + 1), JSON, 413, "payload_too_large"),
    "too many when unpacked": (gzip.compress(b" " * (MAX_BODY_BYTES + 1)), GZIP, 413, "payload_too_large"),
    "a bomb": (_bomb(), GZIP, 413, "payload_too_large"),
    "not gzip": (b"{}", GZIP, 400, "invalid_request"),
    "gzip cut short": (gzip.compress(b'{"events": []}')[:-4], GZIP, 400, "invalid_request"),
    "an encoding nobody offered": (b"{}", {**JSON, "content-encoding": "br"}, 400, "invalid_request"),
    "text": (b"{}", {"content-type": "text/plain"}, 400, "unsupported_content_type"),
    "a form": (b"a=1", {"content-type": "application/x-www-form-urlencoded"}, 400, "unsupported_content_type"),
    "nothing said": (b"{}", {"content-type": ""}, 400, "unsupported_content_type"),
    "another charset": (b"{}", {"content-type": "application/json; charset=latin-1"}, 400, "unsupported_content_type"),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_what_cannot_be_read(sender: TestOrg, name: str) -> None:
    body, headers, status, code = REFUSALS[name]
    answer = await post(sender, body, headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_too_many_events_are_refused_whole(app: FastAPI, sender: TestOrg) -> None:
    answer = await post(sender, json.dumps({"events": numbered(1001, start=9000)}).encode())
    assert (answer.status_code, paths(answer)) == (400, [("events", "must have 1 to 1000 events, has 1001")])
    assert ["e9000"] not in await rows(app, sender.id)


@pytest.mark.parametrize("place", ["", "string_props", "numeric_props"])
async def test_a_million_keys(app: FastAPI, sender: TestOrg, place: str) -> None:
    """Over the limit as it is; packed into 5 MiB, as many as fit are one bad event, and the good one is stored."""
    for keys, status in ((KEYS, 413), (KEYS[:4_900_000].rpartition(",")[0], 200)):
        fields = f'"{place}":{{{keys}}}' if place else keys
        good = json.dumps(GOOD | {"event_id": f"beside a million {place}"})
        body = f'{{"events":[{{"tenant_id":"t","event_name":"e",{fields}}},{good}]}}'.encode()
        for packed in (False, True):
            answer = await post(sender, gzip.compress(body, 1) if packed else body, GZIP if packed else JSON)
            assert answer.status_code == status
    told: dict[str, Any] = answer.json()
    assert (told["accepted"], told["duplicates"], told["rejected"]) == (0, 1, 1)
    assert {error["path"].partition(".")[0] for error in told["errors"]} == ({place} if place else {*_first_keys()})
    assert [f"beside a million {place}"] in await rows(app, sender.id)


def _first_keys() -> list[str]:
    return [f"k{n}" for n in range(8)]
