"""Embed tokens: HS256 JWTs that name everything a customer's browser may see. Verified before any store is asked.

The order is fixed: shape, `alg` and `kid` from the header, signature, every claim with its type, then time. Locked
filters are not in the token, because whoever holds it can read it: they stay in the session's row, found by `jti`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import jwt

from emban.auth.principal import EmbedPrincipal
from emban.errors import EmbanError, unauthorized
from emban.kit.ids import is_id
from emban.settings import Settings

ALGORITHM = "HS256"
ISSUER = "emban"
IAT_SKEW_S = 60
MAX_TOKEN_CHARACTERS = 16_384
CLAIMS = ("iss", "iat", "exp", "jti", "org", "environment", "tenant", "dashboard", "permissions")
FIRST_KID = "k1"
# Three parts in base64url without padding; a signature of 32 bytes has 43 characters, the last of which holds 4 bits.
_SPELLING = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_KEY_PURPOSE = "embed token signing key"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One HMAC key and the `kid` by which a token names it. `kid` is public, `secret` never leaves the process."""

    kid: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The key that signs, and every key whose tokens are still accepted: rotation adds one before it drops one."""

    signing: SigningKey
    accepted: tuple[SigningKey, ...]

    def find(self, kid: str) -> SigningKey | None:
        """Return the accepted key of that name."""
        return next((key for key in self.accepted if key.kid == kid), None)


class KeySource(Protocol):
    """Where keys come from: a `Keyring`, or `EmbedKeys`, which follows rotations. Neither asks a store here."""

    @property
    def signing(self) -> SigningKey:
        """The key that signs now."""

    def find(self, kid: str) -> SigningKey | None:
        """Return the accepted key of that name."""


def signing_key(settings: Settings, kid: str) -> SigningKey:
    """Return the key of that name, which follows from the secret key: no store holds it."""
    return SigningKey(kid, settings.derived_secret(f"{_KEY_PURPOSE} {kid}"))


def keyring(settings: Settings) -> Keyring:
    """Return the keys of an installation that never rotated them: the first one."""
    first = signing_key(settings, FIRST_KID)
    return Keyring(first, (first,))


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedClaims:
    """What a token says. Instants are whole seconds in UTC; `permissions` are those that the browser may know of."""

    session_id: str
    org_id: str
    environment: str
    tenant_id: str
    dashboard_id: str
    issued_at: datetime
    expires_at: datetime
    permissions: dict[str, Any]


class EmbedTokens:
    """Signs and verifies embed tokens. One per API process; asks no store."""

    def __init__(self, keys: KeySource) -> None:
        self._keys = keys

    def mint(self, claims: EmbedClaims) -> str:
        """Return the signed token of a session."""
        payload = {
            "iss": ISSUER,
            "iat": int(claims.issued_at.timestamp()),
            "exp": int(claims.expires_at.timestamp()),
            "jti": claims.session_id,
            "org": claims.org_id,
            "environment": claims.environment,
            "tenant": claims.tenant_id,
            "dashboard": claims.dashboard_id,
            "permissions": claims.permissions,
        }
        key = self._keys.signing
        return jwt.encode(payload, key.secret, ALGORITHM, headers={"kid": key.kid})

    def verify(self, token: str, now: datetime) -> EmbedPrincipal:
        """Return the browser behind a token; raises 401 `token_expired`, or `token_invalid` for anything else.

        Raises 503 for a key that is not known while `KeySource` cannot tell whether there is one of that name.
        """
        payload = self._signed_payload(token)
        claims = _checked_claims(payload)
        seconds = now.timestamp()
        if claims.issued_at.timestamp() > seconds + IAT_SKEW_S:
            raise _invalid("it was issued in the future")
        if seconds >= claims.expires_at.timestamp():
            raise unauthorized("the embed session has ended; ask for a new one", "token_expired")
        return EmbedPrincipal(
            session_id=claims.session_id,
            org_id=claims.org_id,
            environment=claims.environment,
            tenant_id=claims.tenant_id,
            dashboard_id=claims.dashboard_id,
            expires_at=claims.expires_at,
            permissions=claims.permissions,
        )

    def _signed_payload(self, token: str) -> dict[str, Any]:
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise _invalid("it is too long")
        # One spelling each: the decoder would pass over other characters, and over the last bits of a signature.
        if _SPELLING.fullmatch(token) is None:
            raise _invalid("it is not a JWT")
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.InvalidTokenError, RecursionError) as error:
            raise _invalid("it is not a JWT") from error
        kid = header.get("kid")
        key = self._keys.find(kid) if isinstance(kid, str) else None
        if header.get("alg") != ALGORITHM or key is None or "crit" in header:
            raise _invalid("it was not signed by this server")
        # Times are checked below, without leeway on `exp`; everything else that PyJWT checks stays on.
        options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "require": list(CLAIMS)}
        try:
            return jwt.decode(token, key.secret, algorithms=[ALGORITHM], issuer=ISSUER, options=options)
        except (jwt.InvalidTokenError, RecursionError) as error:
            raise _invalid("its signature or a claim is wrong") from error


def _checked_claims(payload: dict[str, Any]) -> EmbedClaims:
    """Check the presence and type of every claim; a claim that nobody knows is refused as well."""
    if set(payload) != set(CLAIMS):
        raise _invalid("it has other claims than an embed token")
    texts = [payload[name] for name in ("jti", "org", "environment", "tenant", "dashboard")]
    if not all(isinstance(text, str) and text for text in texts):
        raise _invalid("a claim has the wrong type")
    if not (is_id(payload["jti"], "es") and is_id(payload["org"], "org") and is_id(payload["dashboard"], "dash")):
        raise _invalid("an id in it is malformed")
    if not isinstance(payload["permissions"], dict):
        raise _invalid("a claim has the wrong type")
    return EmbedClaims(
        session_id=payload["jti"],
        org_id=payload["org"],
        environment=payload["environment"],
        tenant_id=payload["tenant"],
        dashboard_id=payload["dashboard"],
        issued_at=_instant(payload["iat"]),
        expires_at=_instant(payload["exp"]),
        permissions=payload["permissions"],
    )


def _instant(value: object) -> datetime:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _invalid("a claim has the wrong type")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise _invalid("a time in it is out of range") from error


def _invalid(why: str) -> EmbanError:
    return unauthorized(f"the embed token is not valid: {why}", "token_invalid")
