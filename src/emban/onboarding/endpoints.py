"""`/v1/onboarding/…`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from emban.authz.guards import Admin
from emban.http.body import Body
from emban.http.provide import provided
from emban.onboarding.service import Onboarding, SeedOut

router = APIRouter(prefix="/v1/onboarding", tags=["Onboarding"])


class SeedBody(Body):
    """`POST /v1/onboarding/seed`: nothing to say."""


@router.post("/seed", status_code=201)
async def seed(body: SeedBody, caller: Admin, onboarding: Annotated[Onboarding, provided(Onboarding)]) -> SeedOut:
    """Fill the environment with 90 days of sample events of five tenants, and make a dashboard for them.

    Asking again adds nothing and answers the same.
    """
    del body  # It has no fields; unknown ones were refused.
    return await onboarding.seed(caller)
