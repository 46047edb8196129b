"""What `make dashboards` installs for types and pictures is pinned, with no address of a registry."""

import json
from pathlib import Path

import pytest

import grafana.build

GRAFANA = Path(grafana.build.__file__).parent
pytestmark = pytest.mark.parametrize("folder", [GRAFANA / "typing", GRAFANA / "drawing"], ids=lambda path: path.name)


def test_lock_file_pins_every_package_without_an_address(folder):
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    locked = {name: entry for name, entry in packages.items() if name}

    assert locked
    assert all(entry["integrity"].startswith("sha512-") and "resolved" not in entry for entry in locked.values())


def test_lock_file_holds_the_versions_that_are_asked_for(folder):
    asked = json.loads((folder / "package.json").read_text())["devDependencies"]
    locked = json.loads((folder / "package-lock.json").read_text())["packages"]

    assert asked == {name: locked[f"node_modules/{name}"]["version"] for name in asked}
