"""How ad-hoc SQL is turned down: with the construct, the reason, and `sql` as the place."""

from __future__ import annotations

from typing import Any

from emban.errors import EmbanError, FieldError


def refused(message: str, *, construct: str | None = None) -> EmbanError:
    """400 `sql_refused`: the statement is not one that ad-hoc SQL runs. `construct` names what is in the way."""
    details: dict[str, Any] = {} if construct is None else {"construct": construct}
    return EmbanError("sql_refused", message, fields=(FieldError("sql", message),), details=details)


def mistaken(message: str, **index: int) -> EmbanError:
    """400 `sql_error`: the engine cannot run the statement; `line`, `column` and `position` where they are known."""
    return EmbanError("sql_error", message, fields=(FieldError("sql", message),), details=index)
