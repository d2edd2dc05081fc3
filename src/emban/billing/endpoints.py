"""`/v1/billing`: the plan, what is used of it, and its change."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from emban.authz.guards import Admin, Viewer
from emban.billing.schemas import BillingOut, PlanBody
from emban.billing.service import Billing
from emban.http.provide import provided

router = APIRouter(prefix="/v1/billing", tags=["Billing"])


@router.get("")
async def read_billing(caller: Viewer, billing: Annotated[Billing, provided(Billing)]) -> BillingOut:
    """Return the plan, this month's meters (at most five seconds behind), counts and features."""
    return await billing.read(caller)


@router.put("/plan")
async def change_plan(body: PlanBody, caller: Admin, billing: Annotated[Billing, provided(Billing)]) -> BillingOut:
    """Change the plan, where the operator lets orgs do so (EMBAN_SELF_SERVE_PLANS)."""
    return await billing.change_plan(caller, body)
