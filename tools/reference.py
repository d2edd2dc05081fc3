"""Write the reference pages that follow from the code: docs/reference/errors.md and settings.md.

`python tools/reference.py` writes them; tests/unit/test_reference_pages.py fails where they are out of date.
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from emban.errors import CODES
from emban.settings import Settings

FOLDER = Path(__file__).parent.parent / "docs" / "reference"


def errors_page() -> str:
    """Return the page of error codes."""
    rows = "\n".join(f"| `{code}` | {status} | {meaning} |" for code, (status, meaning) in sorted(CODES.items()))
    return f"""# Errors

Every error has one shape: a sentence for a person, a code for a program, and what the code needs besides.

```json
{{"error": "events[3].tenant_id: is required", "code": "invalid_request",
 "fields": [{{"path": "events[3].tenant_id", "message": "is required"}}]}}
```

`fields` names every place in the request that is wrong. 402 bodies carry `plan`, `upgrade_to`, `limit` and `used`;
429 and 503 carry a `Retry-After` header in seconds. A row of another org is a 404, as if it did not exist. The
`X-Request-Id` of an answer finds its line in the log.

| code | status | meaning |
|---|---|---|
{rows}
"""


def settings_page() -> str:
    """Return the page of settings."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        choices = [str(choice) for choice in get_args(field.annotation) if isinstance(choice, str)]
        described = (field.description or "") + (f" One of {', '.join(choices)}." if choices else "")
        rows.append(f"| `EMBAN_{name.upper()}` | {default} | {described} |")
    table = "\n".join(rows)
    return f"""# Settings

Environment variables, read once at the start. `emban settings` prints them with their present values (secrets masked).
A value that cannot be, or a secret that is too weak, is refused at the start with the reason.

| setting | default | what it is |
|---|---|---|
{table}
"""


PAGES = {"errors.md": errors_page, "settings.md": settings_page}


def main() -> None:
    """Write every page."""
    for name, made in PAGES.items():
        (FOLDER / name).write_text(made())


if __name__ == "__main__":
    main()
