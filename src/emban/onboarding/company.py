"""The company that the sample events are about: an LLM API with five customers of very different size. All invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A tenant. `share` of all traffic; local time is UTC plus `utc_offset` hours; `growth` over the 90 days."""

    id: str
    name: str
    plan: str
    share: float
    users: int
    utc_offset: int
    weekend: float
    growth: float
    regions: Mapping[str, float]
    models: Mapping[str, float]
    endpoints: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model: dollars for a million tokens in and out, milliseconds to the first token and for each further one."""

    usd_in: float
    usd_out: float
    first_ms: float
    per_token_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An endpoint: the median number of tokens in and out of a request."""

    tokens_in: int
    tokens_out: int


MODELS: Mapping[str, Model] = {
    "atlas-large": Model(usd_in=6.0, usd_out=18.0, first_ms=520, per_token_ms=14.0),
    "atlas-medium": Model(usd_in=1.2, usd_out=4.0, first_ms=280, per_token_ms=7.0),
    "atlas-mini": Model(usd_in=0.2, usd_out=0.8, first_ms=120, per_token_ms=2.6),
    "vector-2": Model(usd_in=0.05, usd_out=0.0, first_ms=45, per_token_ms=0.0),
}
# Launched within the 90 days: its share of the other models' traffic grows from the launch on.
NEW_MODEL, NEW_MODEL_DAYS_AGO = "atlas-mini", 55

ENDPOINTS: Mapping[str, Endpoint] = {
    "/v1/chat": Endpoint(tokens_in=900, tokens_out=260),
    "/v1/summarize": Endpoint(tokens_in=3200, tokens_out=180),
    "/v1/extract": Endpoint(tokens_in=1500, tokens_out=90),
    "/v1/embed": Endpoint(tokens_in=420, tokens_out=0),
}
EMBED_ENDPOINT, EMBED_MODEL = "/v1/embed", "vector-2"

JOBS: Mapping[str, float] = {"batch_inference": 0.6, "evaluation": 0.3, "fine_tuning": 0.1}

CUSTOMERS: tuple[Customer, ...] = (
    Customer(
        id="aurora-health",
        name="Aurora Health",
        plan="enterprise",
        share=0.50,
        users=64,
        utc_offset=-5,
        weekend=0.45,
        growth=0.6,
        regions={"us-east": 0.7, "eu-west": 0.3},
        models={"atlas-large": 0.55, "atlas-medium": 0.45},
        endpoints={"/v1/extract": 0.4, "/v1/summarize": 0.25, "/v1/chat": 0.2, "/v1/embed": 0.15},
    ),
    Customer(
        id="bluefin-logistics",
        name="Bluefin Logistics",
        plan="growth",
        share=0.27,
        users=31,
        utc_offset=1,
        weekend=0.25,
        growth=0.35,
        regions={"eu-west": 0.85, "us-east": 0.15},
        models={"atlas-medium": 0.7, "atlas-large": 0.3},
        endpoints={"/v1/extract": 0.55, "/v1/embed": 0.25, "/v1/chat": 0.2},
    ),
    Customer(
        id="copperleaf-bank",
        name="Copperleaf Bank",
        plan="growth",
        share=0.14,
        users=18,
        utc_offset=0,
        weekend=0.1,
        growth=-0.25,
        regions={"eu-west": 1.0},
        models={"atlas-large": 0.8, "atlas-medium": 0.2},
        endpoints={"/v1/summarize": 0.6, "/v1/chat": 0.4},
    ),
    Customer(
        id="dovetail-games",
        name="Dovetail Games",
        plan="starter",
        share=0.075,
        users=9,
        utc_offset=9,
        weekend=1.7,
        growth=1.6,
        regions={"ap-south": 0.9, "us-east": 0.1},
        models={"atlas-medium": 1.0},
        endpoints={"/v1/chat": 0.95, "/v1/embed": 0.05},
    ),
    Customer(
        id="ember-studio",
        name="Ember Studio",
        plan="free",
        share=0.015,
        users=3,
        utc_offset=-8,
        weekend=0.6,
        growth=0.2,
        regions={"us-east": 1.0},
        models={"atlas-medium": 1.0},
        endpoints={"/v1/chat": 0.7, "/v1/summarize": 0.3},
    ),
)

_FIRST = (
    "ava", "noah", "mia", "liam", "zoe", "omar", "ines", "kofi", "lena", "hugo", "priya", "mateo", "yuki", "sara",
    "tom", "aiko",
)  # fmt: skip
_LAST = (
    "chen", "ortiz", "novak", "silva", "khan", "berg", "rossi", "mensah", "weber", "dubois", "patel", "ito", "lopez",
    "larsen", "moore", "haas",
)  # fmt: skip


def user_id(customer: Customer, number: int) -> str:
    """Return the name of a customer's user, from 1 on; no two users of any customers share one."""
    index = number - 1 + sum(other.users for other in CUSTOMERS[: CUSTOMERS.index(customer)])
    return f"{_FIRST[index % 16]}.{_LAST[(index // 16 + index) % 16]}"
