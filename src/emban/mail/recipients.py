"""Whom alerts and reports may be mailed to: the addresses of a rule, and the domains that their org allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from emban.errors import FieldError
from emban.http.body import Email
from emban.mail.addresses import find_address_problem
from emban.models import Org


def _mailable(value: str) -> str:
    problem = find_address_problem(value)
    if problem is not None:
        raise PydanticCustomError("email", "{problem}", {"problem": problem})
    return value


# A field of a body that mail is sent to, in lower case: what is saved can be put into a mail's head.
Recipient = Annotated[Email, AfterValidator(_mailable)]


def is_allowed(address: str, domains: Sequence[str] | None) -> bool:
    """Tell whether an org lets an address be mailed to; without a list of domains, any."""
    return not domains or address.rpartition("@")[2].lower() in domains


async def allowed_domains(session: AsyncSession, org_id: str) -> list[str] | None:
    """Return the domains that the org's rules may mail to, None for any."""
    found = (await session.execute(select(Org.allowed_recipient_domains).where(Org.id == org_id))).scalar_one_or_none()
    return None if found is None else [str(domain) for domain in found]


def recipient_problems(addresses: Sequence[str], domains: Sequence[str] | None) -> Iterator[FieldError]:
    """Yield what is wrong with a rule's `email_to`: an address that is there twice, or that the org does not allow."""
    seen: set[str] = set()
    for index, address in enumerate(addresses):
        if address in seen:
            yield FieldError(f"email_to[{index}]", "is there twice")
        elif not is_allowed(address, domains):
            yield FieldError(f"email_to[{index}]", f"the org allows mail to {', '.join(domains or ())} alone")
        seen.add(address)


def masked(address: str) -> str:
    """Return an address as logs and audit rows may have it: its domain, and of the rest the first letter."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"
