"""Tokens that this server did not sign for this browser: each is a 401, and no store is asked about any of them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import structlog
from fastapi import FastAPI

from emban.auth.embed_keys import EmbedKeys
from emban.kit.ids import new_id
from tests.isolation.browser import BODIES, World, watched
from tests.support.control import counted_statements, service

# What a request of a browser may lead to; everything else that is sent meanwhile runs in the background, for nobody.
FOR_A_REQUEST = ("emban_open", "emban_enter", "dashboards", "embed_sessions", "api_keys")
KIDS: tuple[Any, ...] = (
    "", " ", "k0", "K1", "k1 ", "k1\x00", "../../../../dev/null", "/dev/null", "file:///dev/null", "https://evil.example/k",
    "k1' OR '1'='1", "k1'; DROP TABLE embed_keys; --", "k1|| 'x'", "%00", "${jndi:ldap://x}", "k" * 8000, "none",
    "ü", "\ud83d", 0, 1, -1, 1.5, True, None, [], ["k1"], {}, {"kid": "k1"},
)  # fmt: skip

HEADERS: tuple[dict[str, Any], ...] = (
    {"crit": ["exp"], "exp": 1},
    {"b64": False, "crit": ["b64"]},
    {"b64": False},
    {"jwk": {"kty": "oct", "k": ""}},
    {"jku": "https://evil.example/keys"},
    {"x5u": "https://evil.example/certificate"},
    {"zip": "DEF"},
    {"cty": "JWT"},
)


@pytest.fixture(scope="module")
async def token(world: World) -> str:
    """A good token, to be altered."""
    return await world.token()


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def made(header: dict[str, Any], claims: dict[str, Any], secret: str, digest: str = "sha256") -> str:
    """Return a token with any header at all, signed by HMAC with any secret."""
    text = f"{part(header)}.{part(claims)}"
    return f"{text}.{part(hmac.new(secret.encode(), text.encode(), digest).digest())}"


def contents(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


def without_the_key(world: World, token: str) -> Iterator[str]:
    """Yield what somebody without the key can make of a good token."""
    header, claims = contents(token)
    head, body, signature = token.split(".")
    for alg in (
        "none",
        "None",
        "NONE",
        "nOnE",
        "",
        "HS256 ",
        "hs256",
        "HS384",
        "HS512",
        "RS256",
        "ES256",
        "EdDSA",
        None,
        0,
    ):
        yield f"{part({**header, 'alg': alg})}.{body}.{signature}"
        yield f"{part({**header, 'alg': alg})}.{body}."
        yield made({**header, "alg": alg}, claims, "guess" * 16)
    yield f"{part({'kid': 'k1'})}.{body}.{signature}"
    for guess in ("", "secret", "emban", "k1", world.org.raw_admin_key, hashlib.sha256(b"k1").hexdigest(), "0" * 64):
        yield made(header, {**claims, "tenant": "customer_2"}, guess)
    for swapped in altered_claims(world, claims):
        yield f"{head}.{part(swapped)}.{signature}"
    for extra in HEADERS:
        yield f"{part({**header, **extra})}.{body}.{signature}"
        yield made({**header, **extra}, claims, "guess" * 16)
    yield from broken(token)


def broken(token: str) -> Iterator[str]:
    """Yield a good token with parts repeated, missing, altered, or without an end."""
    header = contents(token)[0]
    head, body, signature = token.split(".")
    doubled = f'{{"alg":"none","alg":"HS256","kid":"{header["kid"]}","typ":"JWT"}}'
    yield f"{part(doubled.encode())}.{body}.{signature}"
    yield from (
        f"{head}.{body}",
        f"{head}.{body}.{signature}.{signature}",
        f"{head}..{signature}",
        f".{body}.{signature}",
    )
    yield from (
        f"{head}.{body}.{signature[:-4]}",
        f"{head}.{body}.{signature}AAAA",
        f"{head}.{body}.{signature}=",
        "...",
        ".",
    )
    yield from (
        f"{token}{token}",
        f"{token},{token}",
        f"{token} {token}",
        token.upper(),
        token[::-1],
        part(b"[" * 9000) + token,
    )
    yield f"{head}.{part(b'{' * 3000)}.{signature}"
    yield f"{part(b'[' * 9000)}.{body}.{signature}"
    yield "A" * 20_000
    for place in range(0, len(token), 9):
        yield token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    yield from (token[:-1] + other for other in last if other != token[-1])


def altered_claims(world: World, claims: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield claims for what the browser would like to be."""
    yield {**claims, "tenant": "customer_2"}
    yield {**claims, "tenant": "*"}
    yield {**claims, "org": world.other.id, "dashboard": world.other_dashboard_id}
    yield {**claims, "environment": "dev"}
    yield {**claims, "dashboard": world.org.made["second"]}
    yield {**claims, "exp": claims["exp"] + 86_400}
    yield {**claims, "jti": new_id("es")}
    yield {**claims, "permissions": {**claims["permissions"], "allow_drill_down": True}}
    yield {**claims, "permissions": {**claims["permissions"], "allow_export": True}}
    yield {**claims, "permissions": {}}
    yield {**claims, "role": "admin"}


async def refused_everywhere(app: FastAPI, forged: str) -> list[str]:
    """Return what went wrong with a token that is to be refused on every route, an empty list if nothing."""
    wrong = []
    async with watched(app, "") as browser:
        try:
            browser.headers["authorization"] = f"Bearer {forged}"
        except UnicodeEncodeError:
            return []  # No HTTP client can send it.
        for path, body in [("/v1/embed/dashboard", None), *BODIES.items()]:
            method = "GET" if body is None else "POST"
            answer = await browser.request(method, path, json=body)
            await asyncio.sleep(0)  # Nothing here waits for anything; what runs in the background must have its turn.
            code = answer.json()["code"]
            if answer.status_code != 401 or code not in {"token_invalid", "unauthorized"}:
                wrong.append(f"{forged[:300]} {path}: {answer.status_code} {answer.text[:200]}")
            if forged and len(forged) > 40 and forged in answer.text:
                wrong.append(f"{path} answers with the token")
    return wrong


def stores_asked(sent: list[str]) -> list[str]:
    return [statement for statement in sent if any(one in statement for one in FOR_A_REQUEST)]


async def test_a_token_made_without_the_key_is_refused_before_any_store_is_asked(world: World, token: str) -> None:
    with counted_statements(world.app) as sent, structlog.testing.capture_logs() as logged:
        wrong = [
            problem
            for forged in without_the_key(world, token)
            for problem in await refused_everywhere(world.app, forged)
        ]
        assert wrong == []
        assert stores_asked(sent) == []
        async with watched(world.app, await world.token()) as browser:
            assert (await browser.get("/v1/embed/dashboard")).status_code == 200
        assert stores_asked(sent) != []  # A good one does ask.
    assert len(logged) > 100
    lines = repr(logged)
    assert token.rsplit(".", 1)[1] not in lines
    assert "eyJ" not in lines


async def test_no_name_of_a_key_leads_anywhere(world: World, token: str) -> None:
    header, claims = contents(token)
    secret = service(world.app, EmbedKeys).signing.secret
    with counted_statements(world.app) as sent:
        for kid, key in itertools.product(KIDS, ("", secret)):
            forged = made({**header, "kid": kid}, claims, key)
            assert await refused_everywhere(world.app, forged) == [], kid
        forged = made({name: value for name, value in header.items() if name != "kid"}, claims, secret)
        assert await refused_everywhere(world.app, forged) == []
    assert stores_asked(sent) == []


WRONG: dict[str, tuple[Any, ...]] = {
    "iss": ("other", "", None, 1, ["emban"]),
    "iat": (None, "now", 1.5, True, -(10**30), 10**30, [0]),
    "exp": (None, "never", 1.5, True, 10**30, -(10**30), {}, "9999999999"),
    "jti": (None, "", 5, "es_1", "dash_00000000000000000000000000", ["es_1"]),
    "org": (None, "", 5, "*", "org_1", "es_00000000000000000000000000"),
    "environment": (None, "", 5, ["prod"], {}),
    "tenant": (None, "", 5, ["customer_1", "customer_2"], {"in": ["customer_2"]}, True),
    "dashboard": (None, "", 5, "*", "../dash"),
    "permissions": (None, "", [], "all", 5),
}


async def test_even_the_right_key_signs_no_other_claims(world: World, token: str) -> None:
    header, claims = contents(token)
    secret = service(world.app, EmbedKeys).signing.secret
    async with watched(world.app, made(header, claims, secret)) as browser:
        assert (await browser.get("/v1/embed/dashboard")).status_code == 200  # As it is, it is good.
    with counted_statements(world.app) as sent:
        for name, values in WRONG.items():
            for value in values:
                assert await refused_everywhere(world.app, made(header, {**claims, name: value}, secret)) == [], name
            left_out = {other: value for other, value in claims.items() if other != name}
            assert await refused_everywhere(world.app, made(header, left_out, secret)) == [], name
        more: tuple[dict[str, Any], ...] = (
            {"nbf": 1},
            {"sub": "x"},
            {"aud": "emban"},
            {"locks": {}},
            {"role": "owner"},
        )
        for extra in more:
            assert await refused_everywhere(world.app, made(header, {**claims, **extra}, secret)) == []
        for alg, digest in (("HS384", "sha384"), ("HS512", "sha512"), ("RS256", "sha256"), ("none", "sha256")):
            assert await refused_everywhere(world.app, made({**header, "alg": alg}, claims, secret, digest)) == [], alg
        for payload in ([], "text", 5, None, [claims]):
            text = f"{part(header)}.{part(payload)}"
            signature = part(hmac.new(secret.encode(), text.encode(), "sha256").digest())
            assert await refused_everywhere(world.app, f"{text}.{signature}") == []
    assert stores_asked(sent) == []


async def test_a_signed_token_shows_nothing_but_what_its_session_was_minted_for(world: World, token: str) -> None:
    """Somebody with the key who changes a claim of a live session: each is compared with the session's row."""
    header, claims = contents(token)
    secret = service(world.app, EmbedKeys).signing.secret
    others = {
        "tenant": "customer_2",
        "environment": "dev",
        "dashboard": world.org.made["second"],
        "org": world.other.id,
        "jti": new_id("es"),
        "permissions": {**claims["permissions"], "max_date_range_days": 7},
    }
    assert set(others) == set(claims) - {"iss", "iat", "exp"}
    for name, value in others.items():
        async with watched(world.app, made(header, {**claims, name: value}, secret)) as browser:
            answers = [await browser.get("/v1/embed/dashboard"), await browser.post("/v1/embed/data", json={})]
        assert {answer.status_code for answer in answers} <= {401, 404}, name
        if name == "tenant":
            assert [answer.json()["code"] for answer in answers] == ["token_invalid"] * 2
    async with watched(world.app, token) as browser:
        assert (await browser.get("/v1/embed/dashboard")).status_code == 200


@pytest.mark.parametrize(
    ("iat", "exp", "code"),
    [
        (61, 3600, "token_invalid"),
        (55, 3600, None),
        (-3600, 0, "token_expired"),
        (-3600, 2, None),
        (-86400, -1, "token_expired"),
    ],
)
async def test_a_clock_may_be_a_minute_off_at_the_start_and_not_at_the_end(
    world: World, token: str, iat: int, exp: int, code: str | None
) -> None:
    header, claims = contents(token)
    now = int(time.time())
    forged = made(header, {**claims, "iat": now + iat, "exp": now + exp}, service(world.app, EmbedKeys).signing.secret)
    async with watched(world.app, forged) as browser:
        answer = await browser.get("/v1/embed/dashboard")
    assert (answer.status_code, answer.json().get("code")) == ((200, None) if code is None else (401, code))


async def test_claims_of_two_good_tokens_do_not_mix(world: World, token: str) -> None:
    """Parts of good tokens, put together by somebody who has several: another session's body or signature."""
    second = await world.token("customer_2")
    parts = [token.split("."), second.split(".")]
    for choice in itertools.product((0, 1), repeat=3):
        mixed = ".".join(parts[which][place] for place, which in enumerate(choice))
        if mixed not in {token, second}:
            assert await refused_everywhere(world.app, mixed) == []


async def test_a_token_counts_in_its_header_alone(world: World, token: str) -> None:
    async with watched(world.app, "") as browser:
        del browser.headers["authorization"]
        for attempt in (
            {"params": {"token": token}},
            {"params": {"access_token": token}},
            {"headers": {"x-embed-token": token}},
            {"headers": {"cookie": f"token={token}; emban_session={token}"}},
            {"headers": {"authorization": f"Basic {token}"}},
            {"headers": {"authorization": f"Token {token}"}},
            {"headers": {"authorization": "Bearer"}},
            {"headers": {"authorization": token}},
            {"headers": {"proxy-authorization": f"Bearer {token}"}},
        ):
            answer = await browser.get("/v1/embed/dashboard", **attempt)  # type: ignore[arg-type]
            assert answer.status_code == 401, attempt
        answer = await browser.post("/v1/embed/data", json={"token": token})
        assert answer.status_code == 401
