"""The base of every request body."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, ValidationError

from emban.kit.text import text_problems

EMAIL_PATTERN = r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$"
_EMAIL = re.compile(EMAIL_PATTERN)
_DOMAIN = re.compile(r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")


class RequestModel(BaseModel):
    """A request body or a part of one: null for an optional field is the same as leaving it out.

    Serializers write null for what their objects lack. A required field that may be null keeps it: there it means
    something (`PATCH /v1/environments/{name}`).
    """

    @model_validator(mode="before")
    @classmethod
    def _leave_out_null(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not any(value is None for value in data.values()):
            return data
        return {name: value for name, value in data.items() if value is not None or not cls._is_optional(name)}

    @classmethod
    def _is_optional(cls, name: object) -> bool:
        field = cls.model_fields.get(name) if isinstance(name, str) else None
        return field is not None and not field.is_required()

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the schema, which says of optional fields that they may be null."""
        made = handler(core)
        if handler.mode == "validation":
            schema = handler.resolve_ref_schema(made)
            required = schema.get("required", ())
            for name, field in schema.get("properties", {}).items():
                if name not in required and {"type": "null"} not in field.get("anyOf", ()):
                    schema["properties"][name] = _or_null(field)
        return made


_SAID = ("title", "description", "default", "examples")


def _or_null(field: JsonSchemaValue) -> JsonSchemaValue:
    """Return the schema of a field that may be null as well; what is said about the field stays on the outside."""
    about: JsonSchemaValue = {name: field[name] for name in _SAID if name in field}
    kind = {name: value for name, value in field.items() if name not in about}
    return {"anyOf": [*kind.pop("anyOf", [kind] if kind else []), {"type": "null"}], **about}


class Body(RequestModel):
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


def _domain(value: str) -> str:
    text = value.lower()
    if "_" in text or _DOMAIN.fullmatch(text) is None:
        raise PydanticCustomError("domain", "must be a domain such as acme.example, without an @")
    return text


# A name that people read: one line of 1 to 128 characters, not only space; the space around it is taken off.
Name = Annotated[str, StringConstraints(min_length=1, max_length=128), AfterValidator(_one_line)]
# An address in lower case, which is how two spellings of one are found to be the same.
Email = Annotated[
    str,
    StringConstraints(max_length=254),
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "maxLength": 254, "pattern": EMAIL_PATTERN, "examples": ["ada@acme.example"]}),
]
Domain = Annotated[str, StringConstraints(max_length=253), AfterValidator(_domain)]
