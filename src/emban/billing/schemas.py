"""What billing answers and takes."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from emban.http.body import Body

PlanName = Literal["free", "starter", "growth", "scale"]


class CountOut(BaseModel):
    """How many of something are in use, and how many the plan allows (null: any number)."""

    used: int
    limit: int | None


class BillingOut(BaseModel):
    """Plan, meters of this month (at most five seconds behind), counts and features."""

    plan: PlanName
    status: Literal["active"]
    events_used: int
    events_limit: int
    queries_used: int
    queries_limit: int
    published_dashboards: CountOut
    editor_seats: CountOut
    api_keys: CountOut
    period_start: datetime
    period_end: datetime
    features: dict[str, bool]
    self_serve: bool


class PlanBody(Body):
    """`PUT /v1/billing/plan`."""

    plan: PlanName
