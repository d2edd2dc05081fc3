"""`/v1/deliveries`, `/v1/webhook-deliveries`, `/v1/org/webhook-secret`: what was sent, and what signs it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from emban.authz.guards import Admin, Viewer
from emban.delivery.attempt_log import DeliveryFilter, DeliveryLog
from emban.delivery.schemas import DeliveryOut, DeliveryPage, WebhookSecretBody, WebhookSecretOut
from emban.delivery.service import Delivery
from emban.delivery.webhook_secrets import WebhookSecrets
from emban.http.paging_params import Cursor, PageSize
from emban.http.provide import provided
from emban.kit.cursor import DEFAULT_LIMIT

router = APIRouter(prefix="/v1", tags=["Deliveries"])
SourceParam = Annotated[Literal["alert", "report"] | None, Query(description="What it was sent for.")]
SourceId = Annotated[int | None, Query(ge=1, le=2**63 - 1, description="The alert's or the report's id.")]


@router.get("/deliveries")
async def list_deliveries(
    caller: Viewer,
    deliveries: Annotated[DeliveryLog, provided(DeliveryLog)],
    channel: Annotated[Literal["webhook", "email"] | None, Query()] = None,
    source: SourceParam = None,
    source_id: SourceId = None,
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> DeliveryPage:
    """List every attempt to deliver a message of an alert or a report, the newest first."""
    wanted = DeliveryFilter(channel=channel, source=source, source_id=source_id)
    return await deliveries.page(caller, wanted, limit, cursor)


@router.get("/webhook-deliveries")
async def list_webhook_deliveries(
    caller: Viewer,
    deliveries: Annotated[DeliveryLog, provided(DeliveryLog)],
    source: SourceParam = None,
    source_id: SourceId = None,
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> DeliveryPage:
    """List every attempt to deliver a webhook, the newest first."""
    wanted = DeliveryFilter(channel="webhook", source=source, source_id=source_id)
    return await deliveries.page(caller, wanted, limit, cursor)


@router.post("/webhook-deliveries/{delivery_id}/redeliver")
async def redeliver_webhook(
    delivery_id: str, caller: Admin, delivery: Annotated[Delivery, provided(Delivery)]
) -> DeliveryOut:
    """Send the same body again, under the same `webhook-id`, now and once. The answer says what came of it."""
    return await delivery.send_again(caller, delivery_id)


@router.post("/org/webhook-secret", status_code=201)
async def rotate_webhook_secret(
    caller: Admin,
    secrets: Annotated[WebhookSecrets, provided(WebhookSecrets)],
    body: WebhookSecretBody | None = None,
) -> WebhookSecretOut:
    """Make the secret that signs the org's webhooks. It is in this answer and nowhere else.

    One that signed before goes on beside it for 24 hours.
    """
    del body
    return await secrets.rotate(caller)
