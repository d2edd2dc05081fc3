"""Addresses of mail: one person each, whatever is written."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from emban.mail.addresses import AddressRefusedError, find_address_problem, read_address


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("ada@acme.example", "ada@acme.example"),
        ("ada+emban@mail.acme.example", "ada+emban@mail.acme.example"),
        ("o'hara@acme.example", "o'hara@acme.example"),
        ("jürgen@bücher.example", "jürgen@xn--bcher-kva.example"),
        ("ada@ACME.Example", "ada@acme.example"),
    ],
)
def test_addresses_of_people(text: str, written: str) -> None:
    assert read_address(text).addr_spec == written
    assert find_address_problem(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "ada", "@acme.example", "ada@", "ada@acme", "ada@localhost", "ada@.example", "ada@acme..example"),
        *("ada@acme.example\nBcc: eve@evil.example", "ada\r\n@acme.example", "ada@acme.example\r\n"),
        *("a\x00b@acme.example", "<ada@acme.example>", "ada@acme.example>"),
        *("=?utf-8?q?a=0D=0ABcc=3A_eve=40evil.example?=@acme.example", "=?utf-8?q?a=0Ab?=@acme.example"),
        *("ada,eve@acme.example", "ada;eve@acme.example", "ada eve@acme.example"),
        *('"ada@acme.example, eve"@acme.example', "ada(x)@acme.example", "a:b@acme.example", "a\\b@acme.example"),
        *("eve@evil.example,ada@acme.example", "ada@[127.0.0.1]", "ada@acme.example,evil.example", "ada@acme,example"),
        *(".ada@acme.example", "ada.@acme.example", "a..b@acme.example", "ada@-acme.example", "ada@acme_x.example"),
        *("a\u202eda@acme.example", "ada\u2028@acme.example", "a" * 65 + "@acme.example"),
        "a@" + "b" * 260 + ".example",
    ],
)
def test_what_is_no_address_of_one_person(text: str) -> None:
    with pytest.raises(AddressRefusedError) as caught:
        read_address(text)
    assert not text or text not in str(caught.value)


def test_every_character_that_is_taken_stays_in_its_header() -> None:
    for code in (*range(0x21, 0x250), 0x2028, 0x202E, 0xFF0C, 0xFF20, 0x1F4C8):
        text = f"a{chr(code)}b@acme.example"
        if find_address_problem(text) is None:
            message = EmailMessage()
            message["To"] = read_address(text)
            assert [address.addr_spec for address in message["To"].addresses] == [text]
