"""Addresses of mail: one recipient each, and nothing that a mail server could read as more."""

from __future__ import annotations

import re
import unicodedata
from email.headerregistry import Address

MAX_ADDRESS, MAX_LOCAL = 254, 64
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+"
_ATOM = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class AddressRefusedError(ValueError):
    """The text is no address of one person; the message says what is wrong with it and not what it was."""


def read_address(text: str) -> Address:
    """Return an address for a header, its domain as DNS has it. Raises `AddressRefusedError`.

    Quoted local parts are refused: a comma, a bracket or a line break in one is an attempt at a second recipient.
    """
    local, at, domain = text.rpartition("@")
    if not at or len(text) > MAX_ADDRESS:
        raise AddressRefusedError("must be an email address")
    if not _is_local(local):
        raise AddressRefusedError("must be an email address without quotes, commas, brackets or spaces")
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise AddressRefusedError("must have a valid domain") from error
    if _DOMAIN.fullmatch(ascii_domain) is None:
        raise AddressRefusedError("must have a valid domain")
    return Address(username=local, domain=ascii_domain)


def find_address_problem(text: str) -> str | None:
    """Say what is wrong with a recipient, in words that go on after a field's name; None where nothing is."""
    try:
        read_address(text)
    except AddressRefusedError as error:
        return str(error)
    return None


def _is_local(text: str) -> bool:
    plain = not any(unicodedata.category(letter) in {"Cc", "Cf", "Zs", "Zl", "Zp", "Cs"} for letter in text)
    # An encoded word would be decoded by Python's own writer of headers, line breaks in it and all.
    return plain and "=?" not in text and len(text) <= MAX_LOCAL and _ATOM.fullmatch(text) is not None
