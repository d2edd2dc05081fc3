"""`/v1/billing`: the plan, what is used of it, and its change."""

from __future__ import annotations

from fastapi import APIRouter, Request

from emban.app.services import services_of
from emban.authz.guards import Caller
from emban.billing.schemas import BillingOut, PlanBody

router = APIRouter(prefix="/v1/billing", tags=["Billing"])


@router.get("")
async def read_billing(request: Request, caller: Caller) -> BillingOut:
    """Return the plan, this month's meters (at most five seconds behind), counts and features."""
    return await services_of(request).billing.read(caller)


@router.put("/plan")
async def change_plan(body: PlanBody, request: Request, caller: Caller) -> BillingOut:
    """Change the plan, where the operator lets orgs do so (EMBAN_SELF_SERVE_PLANS)."""
    return await services_of(request).billing.change_plan(caller, body)
