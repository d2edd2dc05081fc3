"""Which URLs may be saved as a receiver's: each spelling of an address that may not be asked is refused."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from emban.delivery.outbound.addresses import forbidden_kind
from emban.delivery.outbound.targets import UrlRefusedError, find_url_problem, read_target
from emban.kit.allowed_hosts import AllowedHosts, read_allowed_hosts

NOTHING = AllowedHosts()

GOOD = [
    "https://hooks.acme.example/in",
    "http://hooks.acme.example",
    "https://hooks.acme.example:443/in?token=a%20b",
    "http://hooks.acme.example:80/",
    "http://hooks.acme.example:1024/",
    "https://hooks.acme.example:65535/",
    "HTTPS://HOOKS.Acme.Example/In",
    "https://hooks.acme.example./in",
    "https://bücher.example/in",
    "https://xn--bcher-kva.example/in",
    "https://under_score.acme.example/",
    "https://8.8.8.8/in",
    "https://[2606:4700::1111]/in",
    "https://[2606:4700::1111]:8443/in",
    "https://localhost.acme.example/",
    "https://internal.acme.example/",
    "https://10.acme.example/",
]

# Every way that a system's resolver, a browser or a library is known to read as an address that is not public.
FORBIDDEN_HOSTS = {
    "loopback": [
        *("127.0.0.1", "127.255.255.254", "127.1", "127.0.1", "127.0.0.1.", "2130706433", "2130706433.", "0x7f000001"),
        *("0x7F.0.0.1", "0x7f.1", "0177.0.0.1", "017700000001", "0177.1", "00177.0.0.01", "127.0.0.01", "127.0x0.0.1"),
        *("[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::0.0.0.1]", "[::1]."),
        *("１２７.0.0.1", "①②⑦.0.0.1", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1"),  # noqa: RUF001
    ],
    "mapped or translated": [
        *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]", "[::FFFF:10.0.0.1]", "[::ffff:8.8.8.8]"),
        *("[::127.0.0.1]", "[::7f00:1]", "[::ffff:0:127.0.0.1]", "[::ffff:0:7f00:1]"),
        *(
            "[64:ff9b::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b::a00:1]",
            "[64:ff9b:1::7f00:1]",
            "[64:ff9b:1:ffff::1]",
        ),
        *("[2002:7f00:1::]", "[2002:a00:1::1]", "[2001::1]", "[2001:0:7f00:1::]"),
    ],
    "private": [
        *("10.0.0.1", "10.255.255.255", "10.1", "012.0.0.1", "0xa.0.0.1", "167772161", "172.16.0.1", "172.31.255.255"),
        *("192.168.0.1", "192.168.1", "0xc0a80001", "3232235521", "0300.0250.0.1"),
        *("[fc00::1]", "[fd00::1]", "[fd00:ec2::254]", "[fdff:ffff::]", "[fec0::1]"),
    ],
    "link-local": [
        *("169.254.169.254", "169.254.0.1", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518"),
        *("[fe80::1]", "[febf::1]", "[fe80::1%25eth0]", "[fe80::1%eth0]", "[::ffff:a9fe:a9fe]", "[2606:4700::1%25lo]"),
    ],
    "the rest": [
        *("0.0.0.0", "0", "0.0.0.1", "0x0", "00", "[::]", "[0:0:0:0:0:0:0:0]"),
        *("100.64.0.1", "100.100.100.200", "100.127.255.255", "168.63.129.16"),
        *("192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1"),
        *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "4294967295"),
        *(
            "[ff02::1]",
            "[2001:db8::1]",
            "[2001:2::1]",
            "[2001:10::1]",
            "[3fff::1]",
            "[100::1]",
            "[5f00::1]",
            "[4000::1]",
        ),
    ],
    "names": [
        *("localhost", "LOCALHOST", "localhost.", "app.localhost", "localhost.localdomain", "ｌocalhost", "ⓛocalhost"),  # noqa: RUF001
        *("printer.local", "printer.LOCAL.", "x.internal", "metadata.google.internal", "metadata", "instance-data"),
        *("metadata.tencentyun.com", "metadata.platformequinix.com", "intranet", "nas.lan", "box.home.arpa", "dc.corp"),
    ],
    "no host at all": [
        *(
            "",
            ".",
            "..",
            "a..example",
            "-a.example",
            "a-.example",
            "a b.example",
            "a%2e.example",
            "127.0.0.1%00.example",
        ),
        *("[", "[]", "[::1", "::1", "[1.2.3.4]", "[::g]", "1.2.3", "1.2.3.4.5", "256.1.1.1", "8.8.8.8.9", "0x08080808"),
        *("134744072", "010.8.8.8", "a\t.example", "a\n.example", "a\x00.example", "x" * 64 + ".example"),
        ".".join(["abcdefgh"] * 29) + ".example",
    ],
}


@pytest.mark.parametrize("url", GOOD)
def test_receivers_on_the_internet_are_taken(url: str) -> None:
    assert find_url_problem(url, NOTHING) is None


@pytest.mark.parametrize("host", [host for hosts in FORBIDDEN_HOSTS.values() for host in hosts])
def test_each_spelling_of_a_forbidden_host_is_refused(host: str) -> None:
    for url in (f"http://{host}/", f"https://{host}", f"http://{host}:8080/in?x=1#y"):
        problem = find_url_problem(url, NOTHING)
        assert problem is not None, url
        assert problem.startswith("must ")


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://hooks.acme.example/", "file:///etc/passwd", "gopher://hooks.acme.example", "unix:///run/x", "data:,x"),
        *("hooks.acme.example", "//hooks.acme.example", "/in", "", "http:", "http:hooks.acme.example", "http:///in"),
        *(
            "javascript:alert(1)",
            "httpx://hooks.acme.example",
            " https://hooks.acme.example",
            "https://hooks.acme.example\n",
        ),
        *("https://u@hooks.acme.example/", "https://u:p@hooks.acme.example/", "https://@hooks.acme.example/"),
        *(
            "https://hooks.acme.example\\@127.0.0.1/",
            "https://8.8.8.8@127.0.0.1/",
            "https://hooks.acme.example:x@127.0.0.1/",
        ),
        "https://hooks.acme.example/" + "x" * 2048,
    ],
)
def test_other_schemes_and_credentials_are_refused(url: str) -> None:
    problem = find_url_problem(url, NOTHING)
    assert problem is not None
    assert problem.startswith("must ")


@pytest.mark.parametrize(
    "port", ["0", "1", "22", "25", "79", "81", "442", "444", "993", "1023", "65536", "x", "-1", "8e3"]
)
def test_ports_of_other_services_are_refused(port: str) -> None:
    assert find_url_problem(f"http://hooks.acme.example:{port}/", NOTHING) is not None


def test_the_host_that_is_asked_is_the_one_that_was_checked() -> None:
    target = read_target("HTTPS://Bücher.EXAMPLE.:8443/In?q=1#part", NOTHING)

    assert (target.host, target.port, target.address) == ("xn--bcher-kva.example", 8443, None)
    assert str(target.url) == "https://xn--bcher-kva.example:8443/In?q=1"


@pytest.mark.parametrize(
    ("allow", "url", "taken"),
    [
        ("127.0.0.0/8", "http://127.0.0.1:9000/", True),
        ("127.0.0.0/8", "http://10.0.0.1/", False),
        ("127.0.0.0/8", "http://[::ffff:127.0.0.1]/", False),
        ("127.0.0.0/8", "http://2130706433/", False),
        ("127.0.0.0/8", "http://localhost/", False),
        ("localhost", "http://localhost:9000/", True),
        ("localhost", "http://LOCALHOST.:9000/", True),
        ("localhost", "http://app.localhost/", False),
        ("localhost", "http://127.0.0.1/", False),
        ("hooks.internal", "https://hooks.internal/", True),
        ("hooks.internal", "https://other.internal/", False),
        ("hooks.internal", "https://hooks.internal:22/", False),
        ("hooks.internal", "https://u:p@hooks.internal/", False),
        ("receiver", "http://receiver:8080/", True),
        ("::1", "http://[::1]:9000/", True),
        ("::1", "http://[::2]:9000/", False),
    ],
)
def test_an_operator_allows_exactly_what_is_named(allow: str, url: str, taken: bool) -> None:
    assert (find_url_problem(url, read_allowed_hosts(allow)) is None) is taken


@pytest.mark.parametrize(
    "text", ["1.1.1.1", "8.8.8.8", "100.63.255.255", "172.32.0.1", "2606:4700::1", "2a00:1450::1", "2001:4860::8888"]
)
def test_public_addresses_are_public(text: str) -> None:
    assert forbidden_kind(ip_address(text)) is None


@pytest.mark.parametrize(
    ("text", "kind"), [("127.0.0.1", "loopback"), ("fe80::1%eth0", "link-local"), ("::ffff:8.8.8.8", "IPv4-mapped")]
)
def test_the_kind_of_an_address_is_named(text: str, kind: str) -> None:
    assert forbidden_kind(ip_address(text)) == kind


def test_the_reason_does_not_repeat_the_url() -> None:
    with pytest.raises(UrlRefusedError) as caught:
        read_target("https://u:hunter2@hooks.acme.example/?key=hunter3", NOTHING)
    assert "hunter" not in str(caught.value)
