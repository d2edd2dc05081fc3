"""An alert's mail, composed when it is sent: subject first, the number in it, a chart of the day, where to look."""

from __future__ import annotations

from email.message import EmailMessage

import msgspec

from emban.alerts.chart import AlertChart
from emban.alerts.words import AlertStory, Sentences, tell
from emban.db import Database
from emban.delivery.messages import BodyGoneError, WebhookContent
from emban.mail.html_page import page_html
from emban.mail.message import InlineImage, compose
from emban.mail.page import Block, Button, Facts, Lead, MailPage, Picture, Tone, page_text
from emban.mail.recipients import allowed_domains, is_allowed
from emban.models import OutboundMessage

_CID = "chart.alert"


class AlertComposer:
    """Composes the messages whose source is an alert."""

    def __init__(self, database: Database, chart: AlertChart) -> None:
        self._database = database
        self._chart = chart

    async def webhook(self, message: OutboundMessage) -> WebhookContent:
        """Return the body that was written when the alert fired; raises `BodyGoneError` where there is none."""
        if message.body is None:
            raise BodyGoneError
        return WebhookContent(message.body.encode(), "application/json")

    async def mail(self, message: OutboundMessage) -> EmailMessage:
        """Return the mail; raises `BodyGoneError` where the org does not allow mail to the address any more."""
        try:
            story = AlertStory.from_json(message.body or "")
        except msgspec.DecodeError as error:
            raise BodyGoneError from error
        await self._require_allowed(message)
        chart = await self._chart.draw(message.org_id, story)
        page = mail_page(story, with_chart=chart is not None)
        return compose(
            to=message.destination,
            subject=tell(story).subject,
            text=page_text(page),
            html=page_html(page),
            images=[] if chart is None else [InlineImage(_CID, chart)],
        )

    async def _require_allowed(self, message: OutboundMessage) -> None:
        async with self._database.for_org(message.org_id) as session:
            domains = await allowed_domains(session, message.org_id)
        if not is_allowed(message.destination, domains):
            raise BodyGoneError("the org does not allow mail to this domain")


def mail_page(story: AlertStory, *, with_chart: bool) -> MailPage:
    """Return the mail's page."""
    said = tell(story)
    blocks: list[Block] = []
    if story.test:
        blocks.append(Lead("This is a test. Nothing has happened; the figures are those of just now."))
    if with_chart:
        blocks.append(Picture(_CID, f"{story.widget}, hour by hour, over the 24 hours before"))
    blocks += [Facts(said.facts), Button("Open the alert", story.url)]
    return MailPage(
        headline=said.headline,
        preview=_preview(said),
        blocks=blocks,
        footer=[
            f"You get this because the alert {story.name} names your address.",
            f"Change it or switch it off: {story.url}",
        ],
        tone=_tone(story),
    )


def _preview(said: Sentences) -> str:
    facts = dict(said.facts)
    return f"{facts['Alert']} · {facts['Condition']} · {facts['Window']}"


def _tone(story: AlertStory) -> Tone:
    if story.test:
        return "plain"
    return "good" if story.state == "ok" else "bad"
