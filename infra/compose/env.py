"""`python3 -m infra.compose.env`: writes `.env` from `.env.example`, with a generated value for each secret.

Standard library only: a machine that only runs containers has no virtual environment.
"""

import base64
import os
import secrets
import sys
from argparse import ArgumentParser
from pathlib import Path

ROOT = Path(__file__).parents[2]


def filled(template: str) -> str:
    """Return the template with a fresh secret for each variable that has no value there."""
    return "".join(_filled_line(line) for line in template.splitlines(keepends=True))


def write_env(template: Path, target: Path) -> None:
    """Write the file so that only its owner can read it.

    :raises FileExistsError: there is one already; its secrets guard data and must not be lost.
    """
    text = filled(template.read_text(encoding="utf-8"))
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def main() -> int:
    """Write `.env` beside `docker-compose.yaml`."""
    ArgumentParser(prog="python3 -m infra.compose.env", description=__doc__).parse_args()
    target = ROOT / ".env"
    try:
        write_env(ROOT / ".env.example", target)
    except FileExistsError:
        print(f"{target} exists and is kept: its passwords are those of the data in the volumes.", file=sys.stderr)
        return 1
    print(f"{target} is written. Next: docker compose up --detach --build (with --profile demo for the demonstration)")
    return 0


def _filled_line(line: str) -> str:
    name, separator, value = line.rstrip("\n").partition("=")
    if line.startswith("#") or not separator or value:
        return line
    return f"{name}={_secret(name)}\n"


def _secret(name: str) -> str:
    # Only letters, digits, - and _ (and a key's =): these stand in addresses, and Compose gives $ a meaning.
    if name.endswith("_FERNET_KEY"):
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(24)


if __name__ == "__main__":
    sys.exit(main())
