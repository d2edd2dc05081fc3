"""The one way out: to checked addresses alone, within its time, with a bounded answer. Receivers and names are real."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from pathlib import Path

import pytest
import trustme

from emban.delivery.outbound.client import MAX_BODY, OutboundError, OutboundHttp
from emban.errors import EmbanError
from emban.kit.allowed_hosts import read_allowed_hosts
from tests.support.receivers import Conversation, answering, naming, receiving, unmoved

# Allowed as a public address would be; 127.0.0.2 then stands for one that is not.
ALLOWED = read_allowed_hosts("127.0.0.1,::1")
NAME = "hooks.acme.example"
PATIENT_S, SHORT_S = 30.0, 0.5


async def test_a_request_arrives_as_it_was_sent() -> None:
    async with receiving(answering(202, b"thanks", {"x-id": "7"})) as receiver:
        answer = await OutboundHttp(ALLOWED).request(
            "POST",
            f"http://127.0.0.1:{receiver.port}/in?token=a%20b#part",
            headers={"webhook-id": "msg_1", "content-type": "application/json"},
            content=b'{"a": 1}',
            timeout_s=PATIENT_S,
        )

    (request,) = receiver.requests
    assert (request.method, request.path, request.body) == ("POST", "/in?token=a%20b", b'{"a": 1}')
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert (request.headers["webhook-id"], request.headers["content-type"]) == ("msg_1", "application/json")
    assert request.headers["user-agent"].startswith("Emban/")
    assert (answer.status, answer.accepted, answer.body, answer.complete) == (202, True, b"thanks", True)
    assert answer.headers["x-id"] == "7"


async def test_a_name_that_changes_its_address_finds_nothing() -> None:
    async with (
        receiving(answering()) as public,
        receiving(answering(), host="127.0.0.2", port=public.port) as inside,
        naming({NAME: [["127.0.0.1"], ["127.0.0.2"]]}) as (server, resolver),
    ):
        outbound = OutboundHttp(ALLOWED, resolver=resolver)
        url = f"http://{NAME}:{public.port}/"
        first = await outbound.request("POST", url, timeout_s=PATIENT_S)
        looked_up = list(server.asked)
        with pytest.raises(OutboundError, match="must not resolve to a loopback address"):
            await outbound.request("POST", url, timeout_s=PATIENT_S)

    assert first.status == 200
    assert looked_up == [(NAME, "A"), (NAME, "AAAA")]  # Once, before the connection; never again for it.
    assert (public.connections, inside.connections) == (1, 0)


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1", "127.0.0.2"],
        ["127.0.0.2", "127.0.0.1"],
        ["127.0.0.1", "fe80::1"],
        ["127.0.0.1", "::ffff:127.0.0.1"],
        ["127.0.0.1", "64:ff9b::7f00:1"],
        ["::1", "10.0.0.1"],
        ["169.254.169.254"],
    ],
)
async def test_one_forbidden_address_among_others_refuses_the_name(addresses: list[str]) -> None:
    async with receiving(answering()) as receiver, naming({NAME: [addresses]}) as (_, resolver):
        with pytest.raises(OutboundError, match=r"^refused: the address must not resolve to "):
            await OutboundHttp(ALLOWED, resolver=resolver).request(
                "POST", f"http://{NAME}:{receiver.port}/", timeout_s=PATIENT_S
            )

    assert receiver.connections == 0


async def test_a_name_that_the_operator_allows_may_resolve_to_anything() -> None:
    allowed = read_allowed_hosts(NAME)
    async with (
        receiving(answering(), host="127.0.0.2") as receiver,
        naming({NAME: [["127.0.0.2"]]}) as (_, resolver),
    ):
        url = f"http://{NAME}:{receiver.port}/"
        answer = await OutboundHttp(allowed, resolver=resolver).request("POST", url, timeout_s=PATIENT_S)

    assert answer.accepted
    assert receiver.requests[0].headers["host"] == f"{NAME}:{receiver.port}"


async def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    async with receiving(answering()) as receiver, naming({NAME: [["::1", "127.0.0.1"]]}) as (_, resolver):
        answer = await OutboundHttp(ALLOWED, resolver=resolver).request(
            "POST", f"http://{NAME}:{receiver.port}/", timeout_s=PATIENT_S
        )

    assert answer.accepted


async def test_ipv6_receivers_are_reached() -> None:
    async with receiving(answering(), host="::1") as receiver, naming({NAME: [["::1"]]}) as (_, resolver):
        outbound = OutboundHttp(ALLOWED, resolver=resolver)
        by_name = await outbound.request("POST", f"http://{NAME}:{receiver.port}/", timeout_s=PATIENT_S)
        by_address = await outbound.request("POST", f"http://[::1]:{receiver.port}/", timeout_s=PATIENT_S)

    assert by_name.accepted
    assert by_address.accepted
    assert receiver.requests[1].headers["host"] == f"[::1]:{receiver.port}"


async def test_the_systems_own_resolver_is_asked_by_default() -> None:
    async with receiving(answering()) as receiver:
        url = f"http://localhost:{receiver.port}/"
        answer = await OutboundHttp(read_allowed_hosts("localhost")).request("GET", url, timeout_s=PATIENT_S)
        with pytest.raises(OutboundError, match="must not name a host of this machine"):
            await OutboundHttp(ALLOWED).request("GET", url, timeout_s=PATIENT_S)

    assert answer.accepted
    assert receiver.connections == 1


async def test_a_redirect_is_an_answer_and_no_more() -> None:
    async with receiving(answering(), host="127.0.0.2") as inside:
        to = {"location": f"http://127.0.0.2:{inside.port}/"}
        async with receiving(answering(307, headers=to)) as receiver:
            url = f"http://127.0.0.1:{receiver.port}/"
            answer = await OutboundHttp(ALLOWED).request("POST", url, timeout_s=PATIENT_S)

    assert (answer.status, answer.accepted) == (307, False)
    assert inside.connections == 0


async def test_proxies_and_netrc_of_the_environment_are_not_looked_at(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password hunter2\n")
    netrc.chmod(0o600)
    async with receiving(answering()) as receiver, receiving(answering()) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.delenv("NO_PROXY", raising=False)
        url = f"http://127.0.0.1:{receiver.port}/"
        assert (await OutboundHttp(ALLOWED).request("POST", url, timeout_s=PATIENT_S)).accepted

    assert proxy.connections == 0
    assert "authorization" not in receiver.requests[0].headers


async def test_cookies_are_not_kept_from_one_receiver_for_the_next() -> None:
    async with receiving(answering(headers={"set-cookie": "a=b; Path=/"})) as receiver:
        outbound = OutboundHttp(ALLOWED)
        for _ in range(2):
            await outbound.request("POST", f"http://127.0.0.1:{receiver.port}/", timeout_s=PATIENT_S)

    assert receiver.connections == 2
    assert all("cookie" not in request.headers for request in receiver.requests)


async def dribble_head(talk: Conversation) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\n")
    while True:
        await talk.say(b"x-a: b\r\n")
        await asyncio.sleep(0.05)


async def say_nothing(talk: Conversation) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("answer", [dribble_head, say_nothing])
async def test_a_receiver_that_does_not_come_to_the_point_ends_at_the_limit(answer: object) -> None:
    async with receiving(answer) as receiver:  # type: ignore[arg-type]
        url = f"http://127.0.0.1:{receiver.port}/"
        with pytest.raises(OutboundError, match=r"^no answer within 0\.5 s$"):
            await OutboundHttp(ALLOWED).request("POST", url, timeout_s=SHORT_S)

    assert len(receiver.requests) == 1


async def test_a_receiver_that_does_not_read_ends_at_the_limit() -> None:
    async with unmoved() as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        with pytest.raises(OutboundError, match="no answer within"):
            await OutboundHttp(ALLOWED).request("POST", url, content=b"x" * (64 << 20), timeout_s=SHORT_S)

    assert receiver.connections == 1


async def test_the_status_counts_although_the_body_never_ends() -> None:
    async def endless(talk: Conversation) -> None:
        await talk.say(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await talk.say(b"x" * 65_536)

    async with receiving(endless) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        answer = await OutboundHttp(ALLOWED).request("POST", url, timeout_s=PATIENT_S)
        await asyncio.wait_for(receiver.closed.wait(), PATIENT_S)

    assert (answer.status, answer.complete, len(answer.body)) == (200, False, MAX_BODY)


async def test_the_status_counts_although_the_body_is_slow() -> None:
    async def slow(talk: Conversation) -> None:
        await talk.say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            await talk.say(b"1\r\nx\r\n")
            await asyncio.sleep(0.05)

    async with receiving(slow) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        answer = await OutboundHttp(ALLOWED).request("POST", url, timeout_s=SHORT_S)

    assert (answer.status, answer.complete) == (200, False)
    assert answer.body.strip(b"x") == b""


async def many_headers(talk: Conversation) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\n")
    for number in range(100 * 1024):
        await talk.say(b"x-%d: " % number + b"y" * 1014 + b"\r\n")


async def one_header(talk: Conversation) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nx: ")
    for _ in range(100 * 16):
        await talk.say(b"y" * 65_536)


async def many_heads(talk: Conversation) -> None:
    for number in range(100 * 1024):
        await talk.say(b"HTTP/1.1 103 Wait\r\nx-%d: " % number + b"y" * 1000 + b"\r\n\r\n")


async def one_line(talk: Conversation) -> None:
    for _ in range(100 * 16):
        await talk.say(b"y" * 65_536)


@pytest.mark.parametrize("answer", [many_headers, one_header, many_heads, one_line])
async def test_a_hundred_mebibytes_of_headers_are_not_taken_in(answer: object) -> None:
    async with receiving(answer) as receiver:  # type: ignore[arg-type]
        url = f"http://127.0.0.1:{receiver.port}/"
        with pytest.raises(OutboundError, match=r"headers are too long|not HTTP"):
            await OutboundHttp(ALLOWED).request("POST", url, timeout_s=PATIENT_S)
        await asyncio.wait_for(receiver.closed.wait(), PATIENT_S)

    # At most 1 MiB is read; what the two ends' sockets hold comes to some MiB more.
    assert receiver.written < 20 << 20


async def test_a_packed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(b"\0" * (8 << 20))
    async with receiving(answering(200, bomb, {"content-encoding": "gzip"})) as receiver:
        url = f"http://127.0.0.1:{receiver.port}/"
        answer = await OutboundHttp(ALLOWED).request("POST", url, timeout_s=PATIENT_S)

    assert answer.body == bomb
    assert receiver.requests[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"", "closed before the answer|not HTTP"),
        (b"SSH-2.0-OpenSSH_9\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n", "not HTTP"),
    ],
)
async def test_what_is_no_answer_is_said(said: bytes, words: str) -> None:
    async with receiving(lambda talk: talk.say(said)) as receiver:
        with pytest.raises(OutboundError, match=words):
            await OutboundHttp(ALLOWED).request("POST", f"http://127.0.0.1:{receiver.port}/", timeout_s=PATIENT_S)


async def test_nobody_there_and_no_such_name_are_said() -> None:
    async with receiving(answering()) as receiver:
        port = receiver.port
    async with naming({}) as (_, resolver):
        outbound = OutboundHttp(ALLOWED, resolver=resolver)
        with pytest.raises(OutboundError, match="the connection was refused"):
            await outbound.request("POST", f"http://127.0.0.1:{port}/", timeout_s=PATIENT_S)
        with pytest.raises(OutboundError, match="the name does not resolve"):
            await outbound.request("POST", f"http://{NAME}/", timeout_s=PATIENT_S)


def _contexts(*names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a receiver's context with a certificate of these names, and a sender's that trusts its authority."""
    authority = trustme.CA()
    receiver = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(receiver)
    sender = ssl.create_default_context()
    authority.configure_trust(sender)
    return receiver, sender


async def test_tls_is_checked_by_the_name_although_the_address_was_chosen() -> None:
    asked: list[str | None] = []
    tls, trusting = _contexts(NAME)
    tls.sni_callback = lambda _socket, name, _context: asked.append(name)
    async with receiving(answering(), tls=tls) as receiver, naming({NAME: [["127.0.0.1"]]}) as (_, resolver):
        outbound = OutboundHttp(ALLOWED, resolver=resolver, ssl_context=trusting)
        for host in (NAME, f"{NAME}.", NAME.upper()):
            answer = await outbound.request("POST", f"https://{host}:{receiver.port}/", timeout_s=PATIENT_S)
            assert answer.accepted

    assert asked == [NAME] * 3


@pytest.mark.parametrize(("certified", "trusted"), [("other.acme.example", True), (NAME, False)])
async def test_a_certificate_of_another_name_or_authority_is_refused(certified: str, trusted: bool) -> None:
    tls, trusting = _contexts(certified)
    async with receiving(answering(), tls=tls) as receiver, naming({NAME: [["127.0.0.1"]]}) as (_, resolver):
        outbound = OutboundHttp(ALLOWED, resolver=resolver, ssl_context=trusting if trusted else None)
        with pytest.raises(OutboundError, match="the certificate is not valid: "):
            await outbound.request("POST", f"https://{NAME}:{receiver.port}/", timeout_s=PATIENT_S)

    assert receiver.requests == []


async def test_a_receiver_without_tls_and_one_that_hangs_in_it_are_said() -> None:
    async with unmoved(b"HTTP/1.1 400 Bad Request\r\n\r\n") as plain:
        with pytest.raises(OutboundError, match="TLS failed"):
            await OutboundHttp(ALLOWED).request("POST", f"https://127.0.0.1:{plain.port}/", timeout_s=PATIENT_S)
    async with unmoved() as silent:
        with pytest.raises(OutboundError, match="no answer within"):
            await OutboundHttp(ALLOWED).request("POST", f"https://127.0.0.1:{silent.port}/", timeout_s=SHORT_S)

    assert (plain.connections, silent.connections) == (1, 1)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.2/", "must not be a loopback address"),
        ("http://localhost/", "must not name a host of this machine or its own network"),
        (f"https://{NAME}/", "must not resolve to a private address"),
        ("https://u:p@hooks.acme.example/", "must not contain a user name or a password"),
    ],
)
async def test_what_is_refused_when_saved_names_its_field(url: str, message: str) -> None:
    async with naming({NAME: [["10.0.0.1"]]}) as (_, resolver):
        with pytest.raises(EmbanError) as caught:
            await OutboundHttp(ALLOWED, resolver=resolver).require("webhook_url", url)

    assert (caught.value.status, caught.value.code) == (400, "invalid_request")
    assert [(field.path, field.message) for field in caught.value.fields] == [("webhook_url", message)]


async def test_a_name_without_an_address_may_be_saved() -> None:
    async with naming({}) as (server, resolver):
        await OutboundHttp(ALLOWED, resolver=resolver).require("webhook_url", f"https://{NAME}/")

    assert server.asked
