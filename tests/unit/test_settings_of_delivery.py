"""Settings of what leaves Emban: a mistake is found at the start, and names its variable."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from emban.settings import load_settings


def test_defaults() -> None:
    settings = load_settings()
    assert settings.webhook_waits == (0.0, 30.0, 120.0)
    assert settings.webhook_allowed.names == frozenset()
    assert settings.mail_max_mb == 10


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("webhook_waits_s", value) for value in ("", "x", "-1", "0,,1", "nan", "inf", "0,86401", ",".join("0" * 11))),
        *(("webhook_allow", value) for value in ("10.0.0.1/8", "a b", "http://a.example")),
        *(("smtp_from", value) for value in ("nobody", "a@", "@b.example", "A <a@b.example>\r\nBcc: c@d.example")),
    ],
)
def test_mistakes(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as caught:
        load_settings(**{name: value})
    assert caught.value.errors()[0]["loc"] == (name,)
