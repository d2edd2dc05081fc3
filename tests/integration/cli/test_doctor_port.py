"""What the doctor says of a port that another program has: the one of its checks that opens a socket."""

from __future__ import annotations

import socket
from pathlib import Path

from emban.cli import doctor_machine
from emban.cli.findings import Findings, Health
from emban.settings import load_settings


def test_port_that_something_else_has(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        findings = Findings()
        doctor_machine.check_port(load_settings(data_dir=tmp_path, port=port), findings)
    (found,) = [item for item in findings.items if item.subject == "Port"]
    assert found.health is Health.WARNING
    assert str(port) in found.text
    assert "--port" in found.remedy
