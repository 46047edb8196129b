"""Reads docker-compose.yaml as Compose does: variables filled in, merge keys and env files resolved."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docker-compose.yaml").read_text(encoding="utf-8")
_VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<text>[^}]*))?\}|(?P<other>.?))")


def interpolate(text: str, values: Mapping[str, str]) -> str:
    """Fill in `${NAME}`, `${NAME:-default}` and `${NAME:?message}`; raises KeyError for what is missing."""

    def fill(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        if match["name"] is None:
            raise ValueError(f"Compose would stumble over {match[0]!r}")
        if value := values.get(match["name"]):
            return value
        if match["kind"] == "-":
            return match["text"]
        raise KeyError(f"{match['name']}: {match['text']}")

    return _VARIABLE.sub(fill, text)


def variables() -> dict[str, set[tuple[str, str]]]:
    """Return each variable's name with the ways in which it is used: kind (`-`, `?` or nothing) and text."""
    found: dict[str, set[tuple[str, str]]] = {}
    for match in _VARIABLE.finditer(TEXT):
        if match["name"]:
            found.setdefault(match["name"], set()).add((match["kind"] or "", match["text"] or ""))
    return found


def load(values: Mapping[str, str]) -> dict[str, Any]:
    """Return the whole file, filled in."""
    return _filled(yaml.safe_load(TEXT), values)


def raw() -> dict[str, Any]:
    """Return the whole file with its variables as they stand."""
    return yaml.safe_load(TEXT)


def environment_of(service: Mapping[str, Any]) -> dict[str, str]:
    """Return what a service's process finds in its environment, its env file included."""
    shared = env_lines(ROOT / service["env_file"]) if "env_file" in service else {}
    return shared | service.get("environment", {})


def env_lines(file: Path) -> dict[str, str]:
    """Read NAME=value lines."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    return interpolate(value, values) if isinstance(value, str) else value
