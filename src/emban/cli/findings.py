"""What `emban doctor` finds: one sentence on how things are, and one on what to do where they are not well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum


class Health(StrEnum):
    """How a check came out. Only `FAILED` makes the doctor's exit code 1."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One checked thing. `remedy` is empty where all is well."""

    subject: str
    health: Health
    text: str
    remedy: str = ""


@dataclass(slots=True)
class Findings:
    """Collects findings; a check that breaks becomes one itself instead of hiding the others."""

    items: list[Finding] = field(default_factory=list)

    def ok(self, subject: str, text: str) -> None:
        """Note that something is as it should be."""
        self.items.append(Finding(subject, Health.OK, text))

    def warn(self, subject: str, text: str, remedy: str) -> None:
        """Note something that works now and may not later."""
        self.items.append(Finding(subject, Health.WARNING, text, remedy))

    def fail(self, subject: str, text: str, remedy: str) -> None:
        """Note something that keeps Emban from working, or from being safe."""
        self.items.append(Finding(subject, Health.FAILED, text, remedy))

    @contextmanager
    def check(self, subject: str, remedy: str, errors: tuple[type[Exception], ...]) -> Iterator[None]:
        """Turn these errors inside the block into a failed finding with this remedy."""
        try:
            yield
        except errors as error:
            self.fail(subject, _sentence(error), remedy)

    @property
    def failed(self) -> Sequence[Finding]:
        """The failures."""
        return [item for item in self.items if item.health is Health.FAILED]


def _sentence(error: Exception) -> str:
    """Return an error's first line, with what it says about credentials left out."""
    return (str(error).strip() or type(error).__name__).partition("\n")[0][:300]
