from __future__ import annotations

import stat
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from emban.engines.clickhouse.config import PROBE_TABLE, EngineConfig, write_config
from emban.store.policies import DATABASE, ENGINE_ROLE, readable_tables


@pytest.fixture
def written(tmp_path: Path) -> EngineConfig:
    data = tmp_path / "da & ta"
    return write_config(tmp_path, data=data, memory_bytes=1 << 30)


def users(config: EngineConfig) -> ET.Element:
    return ET.parse(config.config_file.with_name("users.xml")).getroot()


def test_files_are_for_the_engine_alone(written: EngineConfig) -> None:
    for path in written.config_file.parent.glob("*.xml"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o400


def test_written_again_over_its_read_only_self(written: EngineConfig) -> None:
    before = written.config_file.read_text()
    write_config(written.config_file.parent, data=Path("/elsewhere"), memory_bytes=1 << 30)
    assert "/elsewhere" not in before
    assert "/elsewhere" in written.config_file.read_text()


def test_every_path_is_absolute_and_below_the_data(written: EngineConfig) -> None:
    root = ET.parse(written.config_file).getroot()
    paths = {item.tag: item.text or "" for item in root if item.tag.endswith("_path")}
    assert set(paths) == {
        "user_files_path",
        "user_scripts_path",
        "dictionaries_lib_path",
        "format_schema_path",
        "tmp_path",
    }
    assert all(path.startswith(f"{written.config_file.parent}/da & ta/") for path in paths.values())
    assert root.findtext("users_config") == str(written.config_file.with_name("users.xml"))


def test_the_one_user_has_roles_and_no_grants_of_its_own(written: EngineConfig) -> None:
    grants = [item.text for item in users(written).findall("users/default/grants/query")]
    assert all(grant and grant.startswith("GRANT emban_") and " ON " not in grant for grant in grants)
    roles = users(written).find("roles")
    assert roles is not None
    all_powerful = [role.tag for role in roles if "ALL ON *.*" in str(role.findtext("grants/query"))]
    assert all_powerful == [ENGINE_ROLE]


def test_every_table_that_readers_see_has_its_policy(written: EngineConfig) -> None:
    policies = users(written).find(f"users/default/databases/{DATABASE}")
    assert policies is not None
    found = {table.tag: table.findtext("filter") for table in policies}
    assert found == written.policies
    assert set(found) == {*(table.name for table in readable_tables()), PROBE_TABLE}
