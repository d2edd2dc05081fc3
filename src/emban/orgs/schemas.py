"""Bodies and answers of the org, its people, its environments and its keys."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from emban.auth.key_limits import read_network
from emban.http.body import Body, Domain, Email, Name
from emban.kit.clock import utcnow

MAX_EMBED_ORIGINS = 50
MAX_RECIPIENT_DOMAINS = 50
MAX_CIDRS = 50
_ORIGIN = re.compile(r"https?://(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9-]+)*(?::[0-9]{1,5})?")
Role = Literal["viewer", "editor", "admin", "owner"]
EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
RetentionDays = Annotated[int, Field(ge=1, le=36_500)]


def _origin(value: str) -> str:
    text = value.lower().rstrip("/")
    if _ORIGIN.fullmatch(text) is None:
        raise PydanticCustomError(
            "origin", "must be an origin such as https://app.example.com or https://*.example.com"
        )
    return text


Origin = Annotated[str, StringConstraints(max_length=256), AfterValidator(_origin)]


class OrgOut(BaseModel):
    """An org; `embed_origins` are the sites that may frame its embeds, empty for any.

    `allowed_recipient_domains` are those that its alerts and reports may mail to, null for any.
    """

    id: str
    name: str
    plan: str
    embed_origins: list[str]
    allowed_recipient_domains: list[str] | None
    created_at: datetime


class OrgPatch(Body):
    """`PATCH /v1/org`: what is left out stays."""

    name: Name | None = None
    embed_origins: list[Origin] | None = Field(default=None, max_length=MAX_EMBED_ORIGINS)
    allowed_recipient_domains: list[Domain] | None = Field(
        default=None,
        max_length=MAX_RECIPIENT_DOMAINS,
        description="Domains that alerts and reports may mail to, when one is saved and when it is sent; an empty list "
        "lifts the limit.",
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.name is None and self.embed_origins is None and self.allowed_recipient_domains is None:
            raise PydanticCustomError(
                "nothing", "must name something to change: name, embed_origins or allowed_recipient_domains"
            )
        return self


class TransferBody(Body):
    """`POST /v1/org/transfer-ownership`."""

    user_id: str = Field(min_length=1, max_length=64)


class MemberOut(BaseModel):
    """A person in the org."""

    user_id: str
    email: str
    name: str
    role: Role
    joined_at: datetime


class MemberPage(BaseModel):
    """A page of members, the newest first."""

    items: list[MemberOut]
    next_cursor: str | None


class RoleBody(Body):
    """`PATCH /v1/members/{user_id}`."""

    role: Role


class InviteBody(Body):
    """`POST /v1/invites`."""

    email: Email
    role: Role


class InviteOut(BaseModel):
    """A pending invitation."""

    id: str
    email: str
    role: Role
    invited_by: str
    created_at: datetime
    expires_at: datetime
    expired: bool


class NewInviteOut(InviteOut):
    """A fresh invitation; `token` is shown here and never again. `notice` says whether it was mailed."""

    token: str
    accept_url: str
    emailed: bool
    notice: str


class InvitePage(BaseModel):
    """A page of invitations, the newest first."""

    items: list[InviteOut]
    next_cursor: str | None


class EnvironmentOut(BaseModel):
    """An environment; `retention_days` null keeps events for good."""

    name: str
    retention_days: int | None
    created_at: datetime


class EnvironmentPage(BaseModel):
    """A page of environments."""

    items: list[EnvironmentOut]
    next_cursor: str | None


class EnvironmentBody(Body):
    """`POST /v1/environments`."""

    name: EnvironmentName
    retention_days: RetentionDays | None = None


class EnvironmentPatch(Body):
    """`PATCH /v1/environments/{name}`; null keeps events for good."""

    retention_days: RetentionDays | None


def _network(value: str) -> str:
    try:
        return str(read_network(value.strip()))
    except ValueError:
        raise PydanticCustomError(
            "network", "must be an address or a network such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32"
        ) from None


CidrText = Annotated[str, StringConstraints(max_length=64), AfterValidator(_network)]


class KeyBody(Body):
    """`POST /v1/api-keys`; without `environment` the key is for the environment of the request."""

    label: Name
    scope: Literal["admin", "ingest"]
    environment: EnvironmentName | None = None
    environment_only: bool = Field(
        default=False,
        strict=True,
        description="Confines the key to its environment. An admin key that is not confined controls the whole org: "
        "members, keys and the data of every environment.",
    )
    expires_at: AwareDatetime | None = Field(
        default=None, description="When the key stops working; left out, it works until it is deleted."
    )
    allowed_cidrs: list[CidrText] | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_CIDRS,
        description="Addresses and networks that the key may be used from; left out, any.",
    )

    @field_validator("expires_at")
    @classmethod
    def _ahead(cls, value: datetime | None) -> datetime | None:
        if value is not None and value <= utcnow():
            raise PydanticCustomError("past", "must be in the future")
        return value


class KeyOut(BaseModel):
    """An API key without the key; `last_used_at` is at most a minute behind."""

    id: str
    prefix: str
    label: str
    scope: Literal["admin", "ingest"]
    environment: str
    created_at: datetime
    created_by: str | None
    last_used_at: datetime | None
    environment_only: bool
    expires_at: datetime | None
    allowed_cidrs: list[str] | None


class NewKeyOut(KeyOut):
    """A fresh API key; `key` is shown here and never again."""

    key: str


class KeyPage(BaseModel):
    """A page of API keys, the newest first."""

    items: list[KeyOut]
    next_cursor: str | None
