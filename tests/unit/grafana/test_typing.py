"""What `make dashboards` installs is pinned, with no address of a registry."""

import json
from pathlib import Path

import grafana.build

TYPING = Path(grafana.build.__file__).parent / "typing"


def test_lock_file_pins_every_package_without_an_address():
    locked = {
        name: entry
        for name, entry in json.loads((TYPING / "package-lock.json").read_text())["packages"].items()
        if name
    }

    assert locked
    assert all(entry["integrity"].startswith("sha512-") and "resolved" not in entry for entry in locked.values())


def test_lock_file_holds_the_versions_that_are_asked_for():
    asked = json.loads((TYPING / "package.json").read_text())["devDependencies"]
    locked = json.loads((TYPING / "package-lock.json").read_text())["packages"]

    assert asked == {name: locked[f"node_modules/{name}"]["version"] for name in asked}
