"""Embed tokens: one way to be right, many ways to be refused, and no store is ever asked."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from emban.auth.embed_tokens import CLAIMS, EmbedClaims, EmbedTokens, Keyring, SigningKey, keyring
from emban.auth.principal import EmbedPrincipal
from emban.errors import EmbanError
from emban.kit.ids import new_id
from emban.scope import Tenant
from emban.settings import load_settings

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEY = SigningKey("k1", "0" * 64)
TOKENS = EmbedTokens(Keyring(KEY, (KEY,)))
CLAIMS_OF_ONE = EmbedClaims(
    session_id=new_id("es"),
    org_id=new_id("org"),
    environment="prod",
    tenant_id="customer_1",
    dashboard_id=new_id("dash"),
    issued_at=NOW,
    expires_at=NOW + timedelta(hours=1),
    permissions={"allow_drill_down": True},
)
TOKEN = TOKENS.mint(CLAIMS_OF_ONE)
PAYLOAD: dict[str, Any] = jwt.decode(TOKEN, options={"verify_signature": False})


def signed(payload: dict[str, Any], headers: dict[str, Any] | None = None, key: str = KEY.secret) -> str:
    return jwt.encode(payload, key, "HS256", headers={"kid": "k1", **(headers or {})})


def handmade(header: dict[str, Any], payload: dict[str, Any], signature: str = "") -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, payload))
    return ".".join((*parts, signature))


def refusal(token: str, now: datetime = NOW) -> str:
    with pytest.raises(EmbanError) as caught:
        TOKENS.verify(token, now)
    assert caught.value.status == 401
    return caught.value.code


def test_a_minted_token_becomes_its_principal() -> None:
    principal = TOKENS.verify(TOKEN, NOW)
    assert principal == EmbedPrincipal(
        session_id=CLAIMS_OF_ONE.session_id,
        org_id=CLAIMS_OF_ONE.org_id,
        environment="prod",
        tenant_id="customer_1",
        dashboard_id=CLAIMS_OF_ONE.dashboard_id,
        expires_at=NOW + timedelta(hours=1),
        permissions={"allow_drill_down": True},
    )
    assert principal.scope().tenant == Tenant("customer_1")


def test_a_token_has_exactly_the_documented_claims_and_names_its_key() -> None:
    assert set(PAYLOAD) == set(CLAIMS)
    assert jwt.get_unverified_header(TOKEN) == {"alg": "HS256", "typ": "JWT", "kid": "k1"}


@pytest.mark.parametrize("missing", CLAIMS)
def test_a_missing_claim_is_refused(missing: str) -> None:
    assert refusal(signed({name: value for name, value in PAYLOAD.items() if name != missing})) == "token_invalid"


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "somebody"),
        ("iss", None),
        ("iat", "1700000000"),
        ("iat", 1.5),
        ("iat", True),
        ("exp", None),
        ("exp", "never"),
        ("exp", 10**30),
        ("exp", -(10**30)),
        ("jti", "es_1"),
        ("jti", 5),
        ("org", ""),
        ("org", "dash_00000000000000000000000000"),
        ("environment", ""),
        ("environment", None),
        ("tenant", ""),
        ("tenant", None),
        ("tenant", ["customer_1"]),
        ("dashboard", "*"),
        ("permissions", None),
        ("permissions", []),
        ("permissions", "all"),
    ],
)
def test_a_claim_of_another_type_is_refused(claim: str, value: Any) -> None:
    body = {**PAYLOAD, claim: value}
    raw = jwt.api_jws.encode(json.dumps(body).encode(), KEY.secret, "HS256", headers={"kid": "k1", "typ": "JWT"})
    assert refusal(raw) == "token_invalid"


def test_a_claim_that_nobody_knows_is_refused() -> None:
    assert refusal(signed({**PAYLOAD, "role": "admin"})) == "token_invalid"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a",
        "a.b.c",
        "eb_adm_" + "a" * 40,
        TOKEN[:-2],
        TOKEN + "x",
        TOKEN.rsplit(".", 1)[0] + ".",
        TOKEN * 40,
        handmade({"alg": "none", "typ": "JWT", "kid": "k1"}, PAYLOAD),
        handmade({"alg": "None", "kid": "k1"}, PAYLOAD),
        handmade({"alg": "HS256", "kid": "k1"}, PAYLOAD, TOKEN.rsplit(".", 1)[1]),
        handmade({"kid": "k1"}, PAYLOAD, TOKEN.rsplit(".", 1)[1]),
        jwt.encode(PAYLOAD, KEY.secret, "HS512", headers={"kid": "k1"}),
        jwt.encode(PAYLOAD, KEY.secret, "HS256"),
        signed(PAYLOAD, {"kid": "k2"}),
        signed(PAYLOAD, {"kid": "../../dev/null"}),
        signed(PAYLOAD, {"crit": ["exp"], "exp": 1}),
        signed(PAYLOAD, key="1" * 64),
    ],
)
def test_a_token_that_was_not_signed_here_is_refused(token: str) -> None:
    assert refusal(token) == "token_invalid"


def test_a_signature_has_one_spelling() -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(TOKEN[-1])
    same_bits = [alphabet[last + spare] for spare in (1, 2, 3)]  # The decoder passes over two bits of the last one.
    for other in [*same_bits, f"{TOKEN[-1]}=", f"!{TOKEN[-1]}", f"{TOKEN[-1]}\n", f"{TOKEN[-1]} "]:
        assert refusal(TOKEN[:-1] + other) == "token_invalid"


def test_a_header_without_a_bottom_is_refused() -> None:
    deep = base64.urlsafe_b64encode(b"[" * 9000).decode().rstrip("=")
    assert refusal(f"{deep}.{TOKEN.partition('.')[2]}") == "token_invalid"


def test_altering_any_character_of_the_payload_breaks_it() -> None:
    header, payload, signature = TOKEN.split(".")
    for place in range(0, len(payload), 7):
        other = "A" if payload[place] != "A" else "B"
        assert refusal(f"{header}.{payload[:place]}{other}{payload[place + 1 :]}.{signature}") == "token_invalid"


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (NOW + timedelta(hours=1), "token_expired"),
        (NOW + timedelta(hours=1, seconds=1), "token_expired"),
        (NOW - timedelta(seconds=61), "token_invalid"),
    ],
)
def test_time_is_checked_without_leeway_on_the_end(now: datetime, code: str) -> None:
    assert refusal(TOKEN, now) == code


@pytest.mark.parametrize("offset", [timedelta(minutes=59, seconds=59.9), timedelta(seconds=-60)])
def test_a_clock_that_is_a_minute_behind_is_tolerated(offset: timedelta) -> None:
    assert TOKENS.verify(TOKEN, NOW + offset).tenant_id == "customer_1"


def test_an_expired_token_with_a_bad_signature_is_invalid_and_not_expired() -> None:
    assert refusal(signed(PAYLOAD, key="1" * 64), NOW + timedelta(days=1)) == "token_invalid"


def test_a_key_may_be_added_and_the_old_one_still_accepted() -> None:
    newer = SigningKey("k2", "2" * 64)
    rotated = EmbedTokens(Keyring(newer, (newer, KEY)))
    assert rotated.verify(TOKEN, NOW).org_id == CLAIMS_OF_ONE.org_id
    fresh = rotated.mint(replace(CLAIMS_OF_ONE, tenant_id="customer_2"))
    assert jwt.get_unverified_header(fresh)["kid"] == "k2"
    assert rotated.verify(fresh, NOW).tenant_id == "customer_2"


def test_keys_follow_from_the_secret_and_never_show() -> None:
    first = keyring(load_settings(secret_key="an embed secret of enough characters 1"))
    second = keyring(load_settings(secret_key="an embed secret of enough characters 2"))
    assert first.signing.secret != second.signing.secret
    assert first.signing.secret not in repr(first)
