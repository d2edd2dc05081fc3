"""The base of every request body."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, WithJsonSchema, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from emban.kit.text import text_problems

EMAIL_PATTERN = r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$"
_EMAIL = re.compile(EMAIL_PATTERN)


class Body(BaseModel):
    """A request body: unknown keys are refused, and so is text that no store can hold, wherever it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, data: Any) -> Any:
        problems = [
            InitErrorDetails(type=PydanticCustomError("text", "{why}", {"why": why}), loc=path, input=None)
            for path, why in text_problems(data)
        ]
        if problems:
            raise ValidationError.from_exception_data(cls.__name__, problems)
        return data


def _one_line(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("blank", "must not be blank")
    if any(unicodedata.category(character) == "Cc" for character in value):
        raise PydanticCustomError("control", "must not contain control characters")
    return value.strip()


def _email(value: str) -> str:
    if _EMAIL.fullmatch(value) is None or "\n" in value:
        raise PydanticCustomError("email", "must be an email address")
    return value.lower()


# A name that people read: one line of 1 to 128 characters, not only space; the space around it is taken off.
Name = Annotated[str, StringConstraints(min_length=1, max_length=128), AfterValidator(_one_line)]
# An address in lower case, which is how two spellings of one are found to be the same.
Email = Annotated[
    str,
    StringConstraints(max_length=254),
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "maxLength": 254, "pattern": EMAIL_PATTERN, "examples": ["ada@acme.example"]}),
]
