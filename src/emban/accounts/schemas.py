"""Bodies of the account routes."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from emban.http.body import Body, Email, Name
from emban.models import Org, User


class RegisterBody(Body):
    """`POST /v1/auth/register`."""

    email: Email
    password: str = Field(max_length=1024)
    org_name: Name
    name: str = Field(default="", max_length=128)


class LoginBody(Body):
    """`POST /v1/auth/login`."""

    email: str = Field(max_length=254)
    password: str = Field(max_length=1024)


class PasswordBody(Body):
    """`POST /v1/auth/password`."""

    current_password: str = Field(max_length=1024)
    new_password: str = Field(max_length=1024)


class SwitchOrgBody(Body):
    """`POST /v1/auth/switch-org`."""

    org_id: str = Field(min_length=1, max_length=64)


class AcceptBody(Body):
    """`POST /v1/invites/accept`; a person who has an account gives its password, a new one chooses it."""

    token: str = Field(min_length=1, max_length=256)
    password: str = Field(max_length=1024)
    name: str = Field(default="", max_length=128)


class UserOut(BaseModel):
    """A person."""

    id: str
    email: str
    name: str


class OwnOrgOut(BaseModel):
    """An org as its members see it."""

    id: str
    name: str
    plan: str


class FirstKeyOut(BaseModel):
    """The first admin key; `key` is shown here and never again."""

    id: str
    key: str
    prefix: str
    label: str
    scope: str
    environment: str


class RegistrationOut(BaseModel):
    """Whether anybody may register now (`open`), and whether there is no account yet (`first`)."""

    open: bool
    first: bool


class RegisterOut(BaseModel):
    """The answer to a registration."""

    user: UserOut
    org: OwnOrgOut
    api_key: FirstKeyOut


class SignedInOut(BaseModel):
    """The answer to a login."""

    user: UserOut
    org: OwnOrgOut


class MeOut(BaseModel):
    """Who is calling; `user` is null and `role` is null for an API key, `scope` is null for a person."""

    user: UserOut | None
    org: OwnOrgOut
    role: str | None
    scope: str | None
    environment: str


class MyOrgOut(BaseModel):
    """An org that the person belongs to; `current` is the one of this session."""

    id: str
    name: str
    plan: str
    role: str
    current: bool


class MyOrgs(BaseModel):
    """All orgs of a person."""

    items: list[MyOrgOut]
    next_cursor: str | None = None


class LoginSessionOut(BaseModel):
    """A login of the person; `current` is the one that asks."""

    id: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str | None
    user_agent: str | None
    current: bool


class LoginSessionPage(BaseModel):
    """A page of logins, the newest first."""

    items: list[LoginSessionOut]
    next_cursor: str | None


def user_out(user: User) -> UserOut:
    """Return a person as the API shows it."""
    return UserOut(id=user.id, email=user.email, name=user.name)


def org_out(org: Org) -> OwnOrgOut:
    """Return an org as the API shows it to somebody signing in."""
    return OwnOrgOut(id=org.id, name=org.name, plan=org.plan)
