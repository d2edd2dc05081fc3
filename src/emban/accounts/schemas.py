"""Bodies of the account routes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

EMAIL_PATTERN = r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$"


class Body(BaseModel):
    """A request body: unknown keys are refused, surrounding space of strings is not silently cut."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RegisterBody(Body):
    """`POST /v1/auth/register`."""

    email: str = Field(max_length=254, pattern=EMAIL_PATTERN)
    password: str = Field(max_length=1024)
    org_name: str = Field(min_length=1, max_length=128)
    name: str = Field(default="", max_length=128)

    @field_validator("org_name")
    @classmethod
    def _named(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("must not be blank")
        return value.strip()


class LoginBody(Body):
    """`POST /v1/auth/login`."""

    email: str = Field(max_length=254)
    password: str = Field(max_length=1024)


class UserOut(BaseModel):
    """A person."""

    id: str
    email: str
    name: str


class OrgOut(BaseModel):
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


class RegisterOut(BaseModel):
    """The answer to a registration."""

    user: UserOut
    org: OrgOut
    api_key: FirstKeyOut


class SignedInOut(BaseModel):
    """The answer to a login."""

    user: UserOut
    org: OrgOut


class MeOut(BaseModel):
    """Who is calling; `user` is null and `role` is null for an API key, `scope` is null for a person."""

    user: UserOut | None
    org: OrgOut
    role: str | None
    scope: str | None
    environment: str
