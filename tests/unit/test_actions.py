"""The table of audit actions and the table of routes name the same ones."""

from __future__ import annotations

from emban.audit.actions import ACTIONS
from emban.authz.table import ROUTES


def test_every_action_is_documented_and_every_documented_one_is_some_routes() -> None:
    written = {access.audit for access in ROUTES.values() if access.audit is not None}
    assert written == set(ACTIONS)
